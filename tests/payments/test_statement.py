import pytest

from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def test_an_author_sees_each_line_with_the_balance_after_it(buyer, author, client_for):
    steps.buy(buyer, factories.make_item(author=author, name="Blue icons", price_cents=1000))

    page = client_for("account", author).get("/statement/").content.decode()

    assert "Blue icons" in page
    assert "−$3.75" in page
    assert "$6.25" in page


def test_nobody_sees_the_lines_of_others(buyer, author, client_for):
    steps.buy(buyer, factories.make_item(author=author, name="Blue icons"))

    page = client_for("account", factories.make_author()).get("/statement/").content.decode()

    assert "Blue icons" not in page
    assert "No sales yet" in page


def test_a_visitor_signs_in_first(sites, client_for):
    assert client_for("account").get("/statement/").status_code == 302


def test_a_forged_cursor_is_not_found(author, client_for):
    assert client_for("account", author).get("/statement/?after=x").status_code == 404


@pytest.mark.parametrize("sales", [1, 30])
def test_the_number_of_queries_does_not_grow(
    buyer, author, client_for, django_assert_num_queries, sales
):
    items = [factories.make_item(author=author) for _ in range(sales)]
    steps.buy(buyer, *items)
    client = client_for("account", author)
    client.get("/statement/")

    # session, user, the navigation's two for roles; lines, their order lines, accounts
    with django_assert_num_queries(7):
        client.get("/statement/")
