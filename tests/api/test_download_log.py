"""What is written down when a partner's program fetches a purchase's files."""

import pytest

from market.items.models import ItemFile
from market.purchases.models import Download
from market.purchases.selectors import library
from tests import factories
from tests.api.clients import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(buyer):
    return factories.make_purchase(buyer=buyer, item=factories.make_item())


def ask(buyer, purchase, **options):
    client = ApiClient(buyer, "purchase:download")
    return client.get(f"/rest/v1/purchases/{purchase.code}/downloads/", **options)


def test_the_programs_address_not_the_load_balancers(buyer, purchase, settings):
    settings.TRUSTED_PROXIES = 1

    ask(buyer, purchase, headers={"X-Forwarded-For": "10.0.0.9, 203.0.113.7"})

    assert Download.objects.get().address == "203.0.113.7"


def test_all_files_or_none(buyer, purchase, monkeypatch):
    """A refusal half-way counts nothing: no link was given."""
    monkeypatch.setattr(library, "DOWNLOAD_LIMIT", 1)
    file = purchase.version.files.get()
    file.pk, file.key = None, f"{file.key}2"
    file.position += 1
    file.save(force_insert=True)
    assert ItemFile.objects.count() == 2

    assert ask(buyer, purchase).status_code == 429

    assert not Download.objects.exists()
