"""From draft to sale and off it again: who may do what when, and what is noted."""

import pytest

from market.discovery.selectors.search import search
from market.items.content.validation import ItemContent
from market.items.errors import (
    ItemIncomplete,
    ItemInvalid,
    NotAReviewer,
    NotYourItem,
    OwnItemReview,
    PreviewsNotReady,
    QueueFull,
    ReasonNeeded,
    WrongState,
)
from market.items.models import Item, ItemEvent, ItemListing, ItemVersion, NodeStats, author_node
from market.items.services import authoring, reviews
from market.jobs import services as jobs
from market.payments import pricing
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace, marketplace_by_id
from market.users import services as users
from tests import factories
from tests.items.conftest import give, give_all, prices, version_of
from tests.items.samples import archive


def status(row) -> str:
    row.refresh_from_db()
    return row.status


def approved(item: Item, reviewer) -> Item:
    reviews.approve(version=version_of(item), reviewer=reviewer)
    item.refresh_from_db()
    return item


class TestSubmitting:
    def test_all_that_is_missing_is_said_at_once(self, author):
        item = authoring.create_item(
            author=author, site_id=5, category_path="icons/line",
            content=ItemContent(name="Bare"),
        )  # fmt: skip

        with pytest.raises(ItemIncomplete) as caught:
            authoring.submit(item=item, author=author)

        text = str(caught.value)
        for wanted in ("summary", "description", "tags", "AI", "Main file", "Thumbnail",
                       "Preview image", "A price for each licence"):  # fmt: skip
            assert wanted in text
        assert status(item) == Item.Status.DRAFT

    def test_a_complete_one_goes_to_the_queue(self, complete, author):
        version = authoring.submit(item=complete, author=author, review_note="Be kind\0")

        assert (status(complete), status(version)) == ("submitted", "submitted")
        assert version.review_note == "Be kind"
        assert version.submitted_at is not None
        events = ItemEvent.objects.order_by("pk").values_list("from_status", "to_status", "actor")
        assert list(events) == [("draft", "submitted", author.pk)] * 2

    def test_twice_is_once(self, submitted, author):
        with pytest.raises(WrongState):
            authoring.submit(item=submitted, author=author)
        assert ItemEvent.objects.count() == 2

    def test_a_full_queue(self, author, complete):
        limit = marketplace("graphics").review.max_open_new
        for _ in range(limit):
            factories.make_item(author=author, status=Item.Status.SUBMITTED)

        with pytest.raises(QueueFull):
            authoring.submit(item=complete, author=author)

    def test_only_the_author(self, complete, buyer):
        with pytest.raises(NotYourItem):
            authoring.submit(item=complete, author=buyer)

    def test_from_the_desk(self, client_for, complete, author):
        client = client_for("account", author)

        assert client.get(f"/author/items/{complete.pk}/submit/").status_code == 405
        response = client.post(f"/author/items/{complete.pk}/submit/", {"review_note": "Hi"})

        assert response.url == "/author/items/"
        assert status(complete) == "submitted"

    def test_from_the_desk_too_early(self, client_for, draft, author):
        response = client_for("account", author).post(f"/author/items/{draft.pk}/submit/")

        assert response.status_code == 422
        assert b"Still missing: Main file" in response.content


class TestApproval:
    def test_puts_it_on_sale_at_once(self, submitted, reviewer):
        item = approved(submitted, reviewer)

        version = version_of(item)
        assert (item.status, version.status) == ("approved", "approved")
        assert item.live_version == version
        assert item.published_at is not None
        fee = pricing.buyer_fees(item.site_id)["standard"]
        assert item.card["price_cents"] == 1900 + fee
        assert item.card["thumbnail"].startswith("previews/")
        assert item.card["preview"]["width"] == 1180
        assert item.card["author_name"] == "Studio author"
        nodes = {0, item.category_id, item.category.parent_id, author_node(item.author_id)}
        rows = ItemListing.objects.filter(item=item)
        assert {row.node_id for row in rows} == nodes
        assert {row.price_cents for row in rows} == {1900 + fee}
        totals = NodeStats.objects.filter(site_id=item.site_id).values_list("node_id", "items")
        assert dict(totals) == dict.fromkeys(nodes, 1)

    def test_it_can_be_found_by_its_words(self, submitted, reviewer):
        approved(submitted, reviewer)
        jobs.run_ready(queues=["search"], raise_errors=True)

        found = search(marketplace_by_id(submitted.site_id), text="calm", sort=Sort.NEWEST)
        assert [item.pk for item in found.items.rows] == [submitted.pk]

    def test_waits_for_the_previews(self, complete, author, reviewer):
        authoring.submit(item=complete, author=author)

        with pytest.raises(PreviewsNotReady):
            reviews.approve(version=version_of(complete), reviewer=reviewer)
        assert status(complete) == "submitted"
        assert not ItemListing.objects.exists()

    def test_twice_is_once(self, submitted, reviewer):
        approved(submitted, reviewer)
        with pytest.raises(WrongState):
            reviews.approve(version=version_of(submitted), reviewer=reviewer)
        assert set(NodeStats.objects.values_list("items", flat=True)) == {1}

    def test_not_by_the_author_himself(self, submitted, author):
        users.grant_role(user=author, role="reviewer")
        himself = type(author).objects.get(pk=author.pk)

        with pytest.raises(OwnItemReview):
            reviews.approve(version=version_of(submitted), reviewer=himself)

    def test_not_by_anybody(self, submitted, buyer):
        for verb in (reviews.start_review, reviews.approve):
            with pytest.raises(NotAReviewer):
                verb(version=version_of(submitted), reviewer=buyer)

    def test_not_of_a_draft(self, complete, reviewer):
        jobs.run_ready(queues=["media"], raise_errors=True)
        with pytest.raises(WrongState):
            reviews.approve(version=version_of(complete), reviewer=reviewer)


class TestRejection:
    def test_softly_it_comes_back_and_may_return(self, submitted, author, reviewer):
        version = reviews.start_review(version=version_of(submitted), reviewer=reviewer)
        reviews.reject(version=version, reviewer=reviewer, reason="The preview is blurred.")

        assert (status(submitted), status(version)) == ("soft_rejected", "soft_rejected")
        assert ItemEvent.objects.order_by("-pk")[0].reason == "The preview is blurred."
        give(submitted, "main", "b.zip", archive({"b.svg": b"<svg/>"}))
        authoring.submit(item=submitted, author=author)
        jobs.run_ready(queues=["media"], raise_errors=True)
        assert approved(submitted, reviewer).status == "approved"

    def test_hard_is_for_good(self, submitted, author, reviewer):
        reviews.reject(
            version=version_of(submitted), reviewer=reviewer, reason="Stolen.", hard=True
        )

        assert status(submitted) == "hard_rejected"
        with pytest.raises(WrongState):
            authoring.submit(item=submitted, author=author)

    @pytest.mark.parametrize("reason", ["", "   ", "\0"])
    def test_needs_a_reason(self, submitted, reviewer, reason):
        with pytest.raises(ReasonNeeded):
            reviews.reject(version=version_of(submitted), reviewer=reviewer, reason=reason)
        assert status(submitted) == "submitted"


class TestOnSale:
    @pytest.fixture
    def live(self, submitted, reviewer) -> Item:
        return approved(submitted, reviewer)

    def test_pause_and_resume(self, live, author):
        authoring.pause(item=live, author=author)
        assert status(live) == "paused"
        assert not ItemListing.objects.exists()
        assert set(NodeStats.objects.values_list("items", flat=True)) == {0}
        with pytest.raises(WrongState):
            authoring.pause(item=live, author=author)

        authoring.resume(item=live, author=author)
        assert status(live) == "approved"
        assert ItemListing.objects.count() == 4
        assert set(NodeStats.objects.values_list("items", flat=True)) == {1}

    def test_retired_is_for_good(self, live, author):
        authoring.retire(item=live, author=author)

        assert status(live) == "retired"
        with pytest.raises(WrongState):
            authoring.resume(item=live, author=author)

    def test_what_staff_suspend_the_author_cannot_resume(self, live, author):
        staff = factories.make_user(role="staff")
        with pytest.raises(NotAReviewer):
            reviews.suspend(item=live, staff=author, reason="No")
        reviews.suspend(item=live, staff=staff, reason="A notice came.")

        assert status(live) == "suspended"
        assert not ItemListing.objects.exists()
        with pytest.raises(WrongState):
            authoring.resume(item=live, author=author)
        reviews.reinstate(item=live, staff=staff, reason="The notice was wrong.")
        assert status(live) == "approved"

    def test_a_new_price_shows_in_the_lists(self, live):
        authoring.set_prices(item=live, prices=prices(2500))

        live.refresh_from_db()
        fee = pricing.buyer_fees(live.site_id)["standard"]
        assert live.card["price_cents"] == 2500 + fee
        assert set(ItemListing.objects.values_list("price_cents", flat=True)) == {2500 + fee}

    def test_a_refused_price_changes_nothing(self, live):
        with pytest.raises(ItemInvalid):
            authoring.set_prices(item=live, prices={"standard": 100_000_000})
        with pytest.raises(ItemInvalid):
            authoring.set_prices(item=live, prices={**prices(), "broadcast-film": 100})
        live.refresh_from_db()
        assert live.card["price_cents"] > 1900

    def test_an_update_waits_while_the_live_version_sells(self, live, author, reviewer):
        first = live.live_version
        update = authoring.new_version(
            item=live, author=author, label="2.0", changelog="Twice as calm."
        )
        assert (update.number, status(live)) == (2, "approved")
        with pytest.raises(ItemIncomplete):
            authoring.submit(item=live, author=author)
        give_all(live)
        authoring.submit(item=live, author=author)
        jobs.run_ready(queues=["media"], raise_errors=True)
        live.refresh_from_db()
        assert (live.status, live.live_version) == ("approved", first)

        reviews.reject(version=update, reviewer=reviewer, reason="Blurred.")
        assert (status(live), status(update)) == ("approved", "soft_rejected")
        authoring.submit(item=live, author=author)
        approved(live, reviewer)
        assert live.live_version == update
        assert ItemListing.objects.count() == 4

    def test_one_update_at_a_time(self, live, author):
        authoring.new_version(item=live, author=author, label="2", changelog="More.")

        with pytest.raises(WrongState):
            authoring.new_version(item=live, author=author, label="3", changelog="Even more.")
        assert ItemVersion.objects.filter(item=live).count() == 2

    def test_an_update_says_what_is_new(self, live, author):
        with pytest.raises(ItemInvalid) as caught:
            authoring.new_version(item=live, author=author, label="2", changelog=" ")
        assert "changelog" in caught.value.problems

    def test_from_the_desk(self, client_for, live, author):
        client = client_for("account", author)
        base = f"/author/items/{live.pk}"

        assert client.post(f"{base}/pause/").status_code == 302
        assert client.post(f"{base}/pause/").status_code == 422
        assert client.post(f"{base}/resume/").status_code == 302
        assert client.post(f"{base}/retire/", {"confirm": "wrong"}).status_code == 422
        assert status(live) == "approved"
        response = client.post(f"{base}/versions/new/", {"label": "2", "changelog": "New"})
        assert response.status_code == 302
        changed = {f"price_{code}": str(cents // 100) for code, cents in prices(2500).items()}
        assert client.post(f"{base}/prices/", changed).status_code == 302
        assert client.post(f"{base}/prices/", {"price_standard": "12,50"}).status_code == 422
        assert client.post(f"{base}/retire/", {"confirm": live.name}).status_code == 302
        assert status(live) == "retired"
        for verb in ("pause", "resume", "retire", "submit", "prices", "versions/new"):
            assert client.get(f"{base}/{verb}/").status_code == 405

    def test_forms_with_a_nul_change_nothing(self, client_for, live, author):
        client = client_for("account", author)
        base = f"/author/items/{live.pk}"
        before = set(live.prices.filter(current=1).values_list("licence_code", "cents"))
        last = max(before)[0]
        changed = {f"price_{code}": "25" for code, _ in before} | {f"price_{last}": "2\0"}

        update = {"label": "2\0", "changelog": "New"}
        assert client.post(f"{base}/versions/new/", update).status_code == 422
        assert client.post(f"{base}/prices/", changed).status_code == 422
        assert set(live.prices.filter(current=1).values_list("licence_code", "cents")) == before
        assert live.versions.count() == 1
