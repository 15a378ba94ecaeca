"""Own purchases, links to their files, and the bytes behind them; own sales."""

import hashlib
from io import BytesIO
from itertools import product
from uuid import uuid4

import pytest
from django.utils import timezone

from market.core import storage
from market.purchases.models import Download
from tests import factories
from tests.api.clients import ApiClient
from tests.conftest import host_client

pytestmark = pytest.mark.django_db

PURCHASES, SALES = "/rest/v1/purchases/", "/rest/v1/sales/"
NO_PURCHASE = "No purchase belonging to the current user found with that code"
NO_SALE = "No sale belonging to the current user found with that code"


@pytest.fixture
def purchase(buyer, author):
    item = factories.make_item(author=author, name="Weather icons", price_cents=1900)
    return factories.make_purchase(buyer=buyer, item=item)


def _reverse(purchase):
    purchase.reversed_at = timezone.now()
    purchase.save(update_fields=["reversed_at"])


def test_a_purchase_as_its_buyer_sees_it(purchase, buyer):
    client = ApiClient(buyer, "purchase:list")

    (found,) = client.get(PURCHASES).json()["results"]

    bought_at = found.pop("bought_at")
    assert found == {
        "code": str(purchase.code),
        "item_id": purchase.item_id,
        "item_name": "Weather icons",
        "author": "author",
        "marketplace": "graphics",
        "licence": "standard",
        "support_until": None,
        "total_cents": purchase.total_cents,
        "currency": "USD",
        "is_reversed": False,
    }
    assert bought_at.endswith("Z")
    single = client.get(f"{PURCHASES}{purchase.code}/").json()
    assert single == found | {"bought_at": bought_at}


def test_one_purchase_by_its_code_in_any_case(purchase, buyer):
    for scope in ("purchase:verify", "purchase:history", "purchase:list"):
        client = ApiClient(buyer, scope)

        assert client.get(f"{PURCHASES}{str(purchase.code).upper()}/").status_code == 200


def test_a_sale_as_its_author_sees_it(purchase, author):
    client = ApiClient(author, "sale:history")

    (found,) = client.get(SALES).json()["results"]

    assert (found["code"], found["buyer"]) == (str(purchase.code), "buyer")
    assert (found["item_price_cents"], found["author_fee_cents"]) == (1900, 712)
    assert found["earnings_cents"] == 1188
    assert "total_cents" not in found  # what the buyer paid on top is not the author's business
    assert client.get(f"{SALES}{purchase.code}/").json() == found


def test_somebody_elses_code_is_not_found(purchase, author):
    stranger = factories.make_author(username="stranger")
    buying = ApiClient(stranger, "purchase:list", "purchase:download")
    for client in (buying, ApiClient(author, "purchase:list", "purchase:download")):
        for path in (f"{PURCHASES}{purchase.code}/", f"{PURCHASES}{purchase.code}/downloads/"):
            response = client.get(path)
            assert response.status_code == 404
            assert response.json() == {"error": 404, "description": NO_PURCHASE}

    response = ApiClient(stranger, "sale:verify").get(f"{SALES}{purchase.code}/")

    assert (response.status_code, response.json()["description"]) == (404, NO_SALE)
    assert buying.get(PURCHASES).json()["results"] == []
    assert not Download.objects.exists()


def test_codes_that_lead_nowhere(buyer):
    client = ApiClient(buyer, "purchase:list", "purchase:download", "sale:verify")

    for path in (PURCHASES + "{}/", PURCHASES + "{}/downloads/", SALES + "{}/"):
        assert client.get(path.format(uuid4())).status_code == 404
        assert client.get(path.format("not-a-code")).status_code == 422


def test_a_reversed_purchase_says_so_and_is_no_sale(purchase, buyer, author):
    _reverse(purchase)
    buying = ApiClient(buyer, "purchase:list", "purchase:download")

    assert buying.get(f"{PURCHASES}{purchase.code}/").json()["is_reversed"] is True
    assert buying.get(f"{PURCHASES}{purchase.code}/downloads/").status_code == 403
    assert not Download.objects.exists()
    selling = ApiClient(author, "sale:history", "sale:verify")
    assert selling.get(SALES).json()["results"] == []
    assert selling.get(f"{SALES}{purchase.code}/").status_code == 404


def test_a_link_gives_the_very_bytes(folder_storage, purchase, buyer):
    content = b"PK\x03\x04 the very bytes"
    file = purchase.version.files.get()
    storage.save(file.key, BytesIO(content), content_type="application/zip")
    file.sha256, file.bytes = hashlib.sha256(content).hexdigest(), len(content)
    file.save(update_fields=["sha256", "bytes"])
    client = ApiClient(buyer, "purchase:download")

    (link,) = client.get(f"{PURCHASES}{purchase.code}/downloads/").json()["results"]
    url = link.pop("url")
    response = host_client("files").get(url.removeprefix("http://files.localhost"))

    assert link == {
        "name": "main.zip",
        "bytes": len(content),
        "sha256": file.sha256,
        "expires_in_seconds": 300,
    }
    assert b"".join(response.streaming_content) == content
    assert Download.objects.filter(purchase=purchase, user=buyer).count() == 1


def test_more_than_20_links_a_day_are_refused(purchase, buyer):
    client = ApiClient(buyer, "purchase:download")
    path = f"{PURCHASES}{purchase.code}/downloads/"
    answers = {client.get(path).status_code for _ in range(20)}

    refused = client.get(path)

    assert (answers, refused.status_code) == ({200}, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert "url" not in refused.content.decode()


def test_looking_is_not_downloading(purchase, buyer):
    client = ApiClient(buyer, "purchase:download")

    assert client.send("HEAD", f"{PURCHASES}{purchase.code}/downloads/").status_code == 405
    assert not Download.objects.exists()


@pytest.mark.parametrize("path", [PURCHASES, SALES])
def test_pages_follow_each_other_newest_first(buyer, author, path):
    item = factories.make_item(author=author)
    bought = [factories.make_purchase(buyer=buyer, item=item) for _ in range(7)]
    user = buyer if path == PURCHASES else author
    client = ApiClient(user, "purchase:list", "sale:history")
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        found = client.get(f"{path}?page_size=3&cursor={cursor}").json()
        seen += [one["code"] for one in found["results"]]
        cursor, pages = found["next_cursor"], pages + 1

    assert pages == 3
    assert seen == [str(one.code) for one in reversed(bought)]


WRONG = (
    "page_size=0", "page_size=101", "page_size=x", "page_size=1.5", "cursor=x", "cursor=WyJhIl0",
    "cursor=Wy0xXQ", "cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
)  # fmt: skip


def test_a_wrong_cursor_or_size_is_said_to_be(buyer):
    client = ApiClient(buyer, "purchase:list", "sale:history")
    for path, query in product((PURCHASES, SALES), WRONG):
        response = client.get(f"{path}?{query}")

        assert (response.status_code, response.json()["error"]) == (400, 400), query


@pytest.mark.parametrize("path", [PURCHASES, SALES])
def test_a_page_takes_two_queries_for_1_and_100_rows(
    buyer, author, path, django_assert_num_queries
):
    item = factories.make_item(author=author)
    client = ApiClient(buyer if path == PURCHASES else author, "purchase:list", "sale:history")
    for count in (1, 99):
        for _ in range(count):
            factories.make_purchase(buyer=buyer, item=item)
        with django_assert_num_queries(2):  # token, rows
            found = client.get(f"{path}?page_size=100").json()

    assert len(found["results"]) == 100


def test_one_purchase_and_one_sale_take_two_queries(
    purchase, buyer, author, django_assert_num_queries
):
    buying, selling = ApiClient(buyer, "purchase:list"), ApiClient(author, "sale:verify")

    with django_assert_num_queries(2):
        buying.get(f"{PURCHASES}{purchase.code}/")
    with django_assert_num_queries(2):
        selling.get(f"{SALES}{purchase.code}/")
