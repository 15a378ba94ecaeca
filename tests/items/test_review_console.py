"""The reviewer's pages on `staff.`."""

import re
from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains

from market.items.models import Item
from market.items.services import authoring
from tests import factories
from tests.items.conftest import version_of


@pytest.fixture
def console(client_for, reviewer):
    return client_for("staff", reviewer)


def path(item: Item) -> str:
    return f"/reviews/{version_of(item).pk}/"


def test_an_empty_queue_says_so(console):
    assert b"Nothing waits" in console.get("/").content


def test_the_queue_counts_each_marketplace(console, submitted):
    page = console.get("/").content.decode()

    assert "Calm Icons" in page
    assert "Graphics Shelf 1" in page
    assert "Photos Shelf 0" in page or " 0</a>" in page


def test_the_queue_of_one_marketplace(console, submitted):
    assert b"Calm Icons" in console.get("/?site=graphics").content
    assert b"Calm Icons" not in console.get("/?site=photos").content


def test_drafts_are_nobodys_business(console, complete):
    assert b"Calm Icons" not in console.get("/").content
    assert console.get(path(complete)).status_code == 404


def test_everything_a_decision_needs(console, submitted):
    page = console.get(path(submitted)).content.decode()

    for wanted in ("Icons for quiet pages.", "icons/a.svg", "README.md", "$19", "main.zip",
                   "previews/", "SVG", "calm"):  # fmt: skip
        assert wanted in page


def test_start_then_approve(console, submitted):
    assert console.post(path(submitted), {"decision": "start"}).url == path(submitted)
    response = console.post(path(submitted), {"decision": "approve"})

    assert response.url == "/"
    submitted.refresh_from_db()
    assert submitted.status == "approved"


def test_sending_back_needs_a_reason(console, submitted):
    response = console.post(path(submitted), {"decision": "soft_reject", "reason": "  "})

    assert response.status_code == 422
    assert b"Say why" in response.content
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


@pytest.mark.parametrize(
    ("decision", "status"), [("soft_reject", "soft_rejected"), ("hard_reject", "hard_rejected")]
)
def test_the_author_reads_the_reason(console, client_for, submitted, decision, status):
    console.post(path(submitted), {"decision": decision, "reason": "<b>Blurred</b>"})

    submitted.refresh_from_db()
    assert submitted.status == status
    page = client_for("account", submitted.author).get(f"/author/items/{submitted.pk}/")
    assert b"&lt;b&gt;Blurred&lt;/b&gt;" in page.content


def test_two_reviewers_decide_once(console, submitted):
    console.post(path(submitted), {"decision": "approve"})
    response = console.post(path(submitted), {"decision": "hard_reject", "reason": "No"})

    assert response.status_code == 422
    submitted.refresh_from_db()
    assert submitted.status == "approved"


def test_a_page_of_an_earlier_submission_decides_nothing(console, submitted):
    page = console.get(path(submitted)).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    version = submitted.versions.get()
    version.submitted_at += timedelta(minutes=1)
    version.save(update_fields=["submitted_at"])

    response = console.post(path(submitted), {"decision": "approve", "seen": seen})

    assertContains(response, "submitted it again since you opened", status_code=422)
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


@pytest.mark.parametrize("decision", ["", "delete", "APPROVE"])
def test_a_decision_nobody_offers(console, submitted, decision):
    assert console.post(path(submitted), {"decision": decision}).status_code == 422


def test_who_is_no_reviewer(client_for, submitted, buyer):
    for user in (buyer, submitted.author):
        client = client_for("staff", user)
        assert client.get("/").status_code == 403
        assert client.get(path(submitted)).status_code == 403
        assert client.post(path(submitted), {"decision": "approve"}).status_code == 403
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


def test_a_visitor_signs_in_first(client_for, submitted):
    assert client_for("staff").get(path(submitted)).status_code == 302


def test_previews_still_being_made(console, complete):
    authoring.submit(item=complete, author=complete.author)

    assert b"still being prepared" in console.get(path(complete)).content
    response = console.post(path(complete), {"decision": "approve"})
    assert response.status_code == 422
    assert b"still being prepared" in response.content


def test_the_queue_costs_the_same_for_one_and_for_many(console, django_assert_num_queries):
    def visit() -> int:
        with django_assert_num_queries(6):
            return console.get("/").content.count(b"/reviews/")

    make_waiting(1)
    assert visit() == 1
    make_waiting(9)
    assert visit() == 10


def make_waiting(count: int) -> None:
    for _ in range(count):
        item = factories.make_item(status=Item.Status.SUBMITTED)
        item.versions.update(status="submitted", submitted_at=item.published_at)
