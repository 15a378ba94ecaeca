import pytest

from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


def test_a_visitor_gets_a_token_and_no_session(sites, client_for):
    response = client_for("photos").get("/corner/")

    answer = response.json()
    assert answer.pop("csrf_token")
    assert answer == {"signed_in": False, "name": "", "cart_count": 0}
    assert set(response.cookies) == {"csrf"}
    assert response.headers["Cache-Control"] == "private, no-store"


def test_who_is_signed_in_sees_name_and_cart(buyer, item, client_for):
    steps.fill_cart(buyer, item)

    answer = client_for("photos", buyer).get("/corner/").json()

    assert (answer["signed_in"], answer["name"], answer["cart_count"]) == (True, "buyer", 1)


def test_it_tells_what_the_reader_holds_of_an_item(buyer, item, client_for):
    factories.make_purchase(buyer=buyer, item=item)

    answer = client_for("graphics", buyer).get(f"/corner/?item={item.pk}").json()
    assert (answer["owned"], answer["is_author"]) == (["standard"], False)
    author = client_for("graphics", item.author)
    assert author.get(f"/corner/?item={item.pk}").json()["is_author"] is True
    stranger = client_for("graphics", factories.make_user())
    assert stranger.get(f"/corner/?item={item.pk}").json()["owned"] == []


@pytest.mark.parametrize("asked", ["", "x", "-1", "1e3", "٣", "9" * 40])
def test_nonsense_is_ignored(buyer, client_for, asked):
    answer = client_for("graphics", buyer).get("/corner/", {"item": asked})

    assert answer.status_code == 200
    assert "owned" not in answer.json()


def test_its_queries_are_counted(buyer, item, client_for, django_assert_num_queries):
    steps.fill_cart(buyer, item)
    client = client_for("graphics", buyer)

    with django_assert_num_queries(3):  # session, user, what is in the cart
        client.get("/corner/")
    with django_assert_num_queries(4):  # and what the reader has of the item
        client.get(f"/corner/?item={item.pk}")
    with django_assert_num_queries(0):
        client_for("graphics").get("/corner/")
