import pytest

from tests import factories


@pytest.fixture
def lantern(author):
    """An item on sale that the search index holds."""
    made = factories.make_item(author=author, name="Lantern")
    factories.index()
    return made
