"""GET /v3/market/author/sale: what purchase-code verifiers call."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from tests import factories
from tests.api.clients import ApiClient

pytestmark = pytest.mark.django_db

SALE = "/v3/market/author/sale"
NO_SALE = "No sale belonging to the current user found with that code"


@pytest.fixture
def sale(buyer, author):
    item = factories.make_item(author=author, price_cents=1900)
    return factories.make_purchase(buyer=buyer, item=item)


@pytest.fixture
def verifier(author):
    return ApiClient(author, "sale:verify")


def test_a_sale_is_told_in_full(sale, verifier):
    sale.bought_at = datetime(2026, 3, 24, 8, 30, 16, 123456, tzinfo=UTC)
    sale.support_until = datetime(2026, 9, 24, 8, 30, 16, tzinfo=UTC)
    sale.save(update_fields=["bought_at", "support_until"])

    response = verifier.get(f"{SALE}?code={sale.code}")

    answer = response.json()
    assert answer.pop("item")["id"] == sale.item_id
    assert answer == {
        "amount": "11.88",  # 19.00 less the author fee of 37.5 %
        "sold_at": "2026-03-24T08:30:16+00:00",
        "license": "Regular License",
        "support_amount": "0.00",
        "supported_until": "2026-09-24T08:30:16+00:00",
        "buyer": "buyer",
        "purchase_count": 1,
    }


def test_no_support_is_null(sale, verifier):
    assert verifier.get(f"{SALE}?code={sale.code}").json()["supported_until"] is None


def test_the_extended_licence_has_the_name_that_clients_know(buyer, author, verifier):
    item = factories.make_item(author=author)
    sale = factories.make_purchase(buyer=buyer, item=item, licence_code="extended")

    assert verifier.get(f"{SALE}?code={sale.code}").json()["license"] == "Extended License"


def test_each_licence_that_the_buyer_holds_counts(sale, buyer, verifier):
    factories.make_purchase(buyer=buyer, item=sale.item)
    reversed_one = factories.make_purchase(buyer=buyer, item=sale.item)
    _reverse(reversed_one)

    assert verifier.get(f"{SALE}?code={sale.code}").json()["purchase_count"] == 2


def test_either_scope_is_enough(sale, author):
    for scope in ("sale:verify", "sale:history"):
        assert ApiClient(author, scope).get(f"{SALE}?code={sale.code}").status_code == 200


def test_doubled_and_trailing_slashes_are_the_same_address(sale, verifier):
    for path in (SALE, SALE + "/", "/v3//market/author/sale", "//v3/market//author/sale//"):
        assert verifier.get(f"{path}?code={sale.code}").status_code == 200, path


def test_a_code_may_be_sent_in_any_case_with_spaces(sale, verifier):
    for form in ("{}", "%20{}%20", "+{}", "{}%0A", "%C2%A0{}", "{}&unknown=1&item_id="):
        code = form.format(str(sale.code).upper())
        assert verifier.get(f"{SALE}?code={code}").status_code == 200, form


def test_a_missing_code_is_asked_for(verifier):
    for query in ("", "?", "?code=", "?code=%20", "?item_id=1&purchase_code="):
        response = verifier.get(SALE + query)

        assert (response.status_code, response.reason_phrase) == (400, "Bad Request")
        assert response.json() == {"error": 400, "description": "The parameter code is missing."}


def test_a_malformed_code_is_said_to_be(verifier):
    for code in ("x", "%00", "'", "1" * 3000, "{}", "86781236-23d0-4b3c-7dfa", "%FF", "%s"):
        response = verifier.get(f"{SALE}?code={code}")

        assert response.status_code == 422, code
        assert set(response.json()) == {"error", "description"}
        assert response.json()["error"] == 422


def _assert_not_found(response):
    assert (response.status_code, response.reason_phrase) == (404, "Not Found")
    assert response.json() == {"error": 404, "description": NO_SALE}


def test_an_unknown_code_is_not_found(verifier):
    _assert_not_found(verifier.get(f"{SALE}?code={uuid4()}"))


def test_a_code_of_another_author_is_not_found(sale, buyer):
    stranger = factories.make_author(username="stranger")

    _assert_not_found(ApiClient(stranger, "sale:verify").get(f"{SALE}?code={sale.code}"))
    # Nor is the buyer its author.
    _assert_not_found(ApiClient(buyer, "sale:verify").get(f"{SALE}?code={sale.code}"))


def test_a_refunded_sale_is_not_found(sale, verifier):
    _reverse(sale)

    _assert_not_found(verifier.get(f"{SALE}?code={sale.code}"))


def _reverse(purchase):
    purchase.reversed_at = timezone.now()
    purchase.save(update_fields=["reversed_at"])


def test_a_sale_outlives_its_items_page(sale, verifier):
    sale.item.status = "suspended"
    sale.item.save(update_fields=["status"])

    assert verifier.get(f"{SALE}?code={sale.code}").json()["item"]["id"] == sale.item_id


def test_a_verification_takes_five_queries(sale, verifier, django_assert_num_queries):
    with django_assert_num_queries(5):  # token, sale, item, previews, how many licences
        verifier.get(f"{SALE}?code={sale.code}")
