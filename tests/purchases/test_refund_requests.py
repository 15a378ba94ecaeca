"""Who asks for money back, who answers by when, and who decides."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from market.core.insert_only import Immutable
from market.jobs.testing import run_jobs
from market.payments.models import Payment
from market.purchases.errors import (
    AlreadyReversed,
    GroundRefused,
    RequestMoved,
    RequestOpen,
    WordsNeeded,
)
from market.purchases.models import Download, Purchase, RefundEvent, RefundLine, RefundRequest
from market.purchases.services import refund_requests as services
from market.purchases.services.refunds import Why, refund_lines
from market.purchases.services.reversals import reverse_payment
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(sites):
    return factories.make_item(
        site="themes", category="site-templates/creative", name="Quiet theme", price_cents=2900
    )


@pytest.fixture
def bought(buyer, theme):
    steps.buy(buyer, theme)
    return Purchase.objects.get()


@pytest.fixture
def staff(sites):
    return factories.make_user(username="stan", role="staff")


def ask(purchase, ground="not_working", words="It shows an empty page"):
    return services.ask_for_refund(
        purchase=purchase, buyer=purchase.buyer, ground=ground, words=words
    )


def states(request):
    return [event.to_state for event in request.events.order_by("pk")]


def test_the_author_is_asked_first_and_has_a_clock(bought):
    request = ask(bought)

    assert request.state == "requested"
    assert timedelta(days=13) < request.answer_due_at - timezone.now() <= timedelta(days=14)


def test_elsewhere_it_goes_straight_to_staff(buyer, item):
    steps.buy(buyer, item)

    request = ask(Purchase.objects.get())

    assert (request.state, request.answer_due_at) == ("disputed", None)


def test_the_author_accepts_and_the_money_goes_back(bought):
    request = ask(bought)

    services.accept(request=request, author=bought.author, words="Sorry")

    bought.refresh_from_db()
    assert not bought.is_valid
    assert RefundLine.objects.get().request == request
    assert states(request) == ["requested", "accepted"]


def test_a_decline_is_disputed_and_staff_decide_for_the_buyer(bought, staff):
    request = ask(bought)
    services.decline(request=request, author=bought.author, words="It works here")
    services.dispute(request=request, buyer=bought.buyer, words="Not here")

    services.rule(request=request, staff=staff, for_buyer=True, words="The screenshot shows it")

    assert states(request) == ["requested", "declined", "disputed", "ruled_for_buyer"]
    assert RefundLine.objects.get().actor == staff
    with pytest.raises(RequestMoved):
        services.rule(request=request, staff=staff, for_buyer=True, words="again")
    assert RefundLine.objects.count() == 1


def test_staff_decide_for_the_author_and_nothing_moves(bought, staff):
    request = ask(bought)
    services.decline(request=request, author=bought.author, words="It works here")
    services.dispute(request=request, buyer=bought.buyer, words="Not here")

    services.rule(request=request, staff=staff, for_buyer=False, words="It does work")

    bought.refresh_from_db()
    assert bought.is_valid
    assert not RefundLine.objects.exists()
    assert RefundRequest.objects.get().open_line_id is None


def test_an_author_who_does_not_answer_has_accepted(bought):
    request = ask(bought)
    RefundRequest.objects.update(answer_due_at=timezone.now() - timedelta(seconds=1))

    assert services.move_overdue_requests() == 1
    assert services.move_overdue_requests() == 0

    bought.refresh_from_db()
    assert not bought.is_valid
    assert request.events.order_by("-pk").first().actor is None


def test_a_decline_that_nobody_disputes_stands(bought):
    request = ask(bought)
    services.decline(request=request, author=bought.author, words="It works here")
    RefundRequest.objects.update(answer_due_at=timezone.now() - timedelta(seconds=1))

    services.move_overdue_requests()

    assert states(request)[-1] == "ruled_for_author"
    assert not RefundLine.objects.exists()


def test_before_its_time_the_clock_decides_nothing(bought):
    ask(bought)

    assert services.move_overdue_requests() == 0


def test_one_line_has_one_open_request(bought):
    request = ask(bought)
    with pytest.raises(RequestOpen):
        ask(bought)

    services.withdraw(request=request, buyer=bought.buyer)

    assert ask(bought).pk != request.pk


def test_nobody_acts_for_another_or_twice(bought, staff):
    request = ask(bought)
    stranger = factories.make_author()
    with pytest.raises(RequestMoved):
        services.accept(request=request, author=stranger)
    with pytest.raises(RequestMoved):
        services.decline(request=request, author=bought.buyer, words="no")
    with pytest.raises(RequestMoved):
        services.dispute(request=request, buyer=bought.buyer, words="not declined yet")
    with pytest.raises(RequestMoved):
        services.withdraw(request=request, buyer=stranger)
    with pytest.raises(RequestMoved):
        services.rule(request=request, staff=stranger, for_buyer=True, words="mine")
    with pytest.raises(RequestMoved):
        services.rule(request=request, staff=staff, for_buyer=True, words="not disputed yet")

    assert states(request) == ["requested"]


def test_staff_do_not_decide_about_their_own(buyer, item):
    steps.buy(buyer, item)
    request = ask(Purchase.objects.get())
    for person in (request.buyer, request.author):
        factories.users.grant_role(user=person, role="staff")
        with pytest.raises(RequestMoved):
            services.rule(request=request, staff=person, for_buyer=True, words="mine")


@pytest.mark.parametrize("words", ["", "  \n\t "])
def test_words_are_needed(bought, words):
    with pytest.raises(WordsNeeded):
        ask(bought, words=words)
    request = ask(bought)
    with pytest.raises(WordsNeeded):
        services.decline(request=request, author=bought.author, words=words)


def test_what_was_downloaded_was_not_left_alone(bought):
    file = bought.version.files.get()
    Download.objects.create(
        purchase=bought, user=bought.buyer, item=bought.item, file_id=file.pk, address="::1"
    )

    with pytest.raises(GroundRefused):
        ask(bought, ground="not_downloaded")

    assert not RefundRequest.objects.exists()


def test_after_three_months_it_is_too_late_for_that(bought):
    Purchase.objects.update(bought_at=timezone.now() - timedelta(days=93))
    bought.refresh_from_db()

    with pytest.raises(GroundRefused):
        ask(bought, ground="not_downloaded")


def test_support_that_nobody_paid_is_not_given_back(bought):
    with pytest.raises(GroundRefused):
        ask(bought, ground="unused_support")


def test_what_was_refunded_is_not_asked_for(bought):
    refund_lines(lines=[bought.order_line], why=Why(reason="test"))
    bought.refresh_from_db()

    with pytest.raises(AlreadyReversed):
        ask(bought)


def test_a_request_whose_money_the_bank_took_is_closed(bought):
    request = ask(bought)

    reverse_payment(payment=Payment.objects.get(), dispute_ref="dp_1", reason="fraudulent")
    run_jobs(["default"])

    assert states(request) == ["requested", "withdrawn"]
    with pytest.raises(RequestMoved):
        services.accept(request=request, author=bought.author)


def test_a_crash_while_the_money_moves_leaves_the_request_as_it_was(bought, monkeypatch):
    request = ask(bought)

    def dies(**_):
        raise OSError("gone")

    monkeypatch.setattr(services.refunds, "refund_lines", dies)
    with pytest.raises(OSError, match="gone"):
        services.accept(request=request, author=bought.author)

    request.refresh_from_db()
    assert request.state == "requested"
    assert states(request) == ["requested"]


def test_the_history_is_never_changed(bought):
    request = ask(bought)

    with pytest.raises(Immutable):
        RefundEvent.objects.filter(request=request).update(words="other")


def test_each_side_hears_of_each_step(bought, settings):
    request = ask(bought)
    services.decline(request=request, author=bought.author, words="It works <b>here</b>")
    services.dispute(request=request, buyer=bought.buyer, words="Not here")
    mail.outbox.clear()

    run_jobs(["mail"])

    refunds = [one for one in mail.outbox if one.subject == "Refund of Quiet theme"]
    told = [one.to[0] for one in refunds]
    assert told.count(bought.buyer.email) == 2  # asked, declined
    assert told.count(bought.author.email) == 2  # asked, disputed
    declined = next(one for one in refunds if "has declined" in one.body)
    assert "It works <b>here</b>" in declined.body
    assert "&lt;b&gt;here" in declined.alternatives[0].content
    assert f"/refunds/{request.pk}/" in declined.body


def test_the_pages_from_asking_to_the_ruling(client_for, bought, staff):
    buyer, author = client_for("account", bought.buyer), client_for("account", bought.author)
    desk = client_for("staff", staff)
    assert buyer.get(f"/library/{bought.code}/refund/").status_code == 200

    asked = buyer.post(
        f"/library/{bought.code}/refund/", {"ground": "not_working", "words": "Empty page"}
    )
    request = RefundRequest.objects.get()
    assert asked.url == f"/refunds/{request.pk}/"
    assert "Quiet theme" in author.get("/author/refunds/").content.decode()
    page = f"/author/refunds/{request.pk}/"
    empty = author.post(page, {"answer": "decline", "words": ""})
    assert empty.status_code == 422
    author.post(page, {"answer": "decline", "words": "It works here"})
    assert "It works here" in buyer.get(asked.url).content.decode()
    buyer.post(asked.url, {"words": "Not here"})
    assert "Quiet theme" in desk.get("/refunds/").content.decode()
    desk.post(f"/refunds/{request.pk}/", {"ruling": "buyer", "words": "It is empty"})

    assert "Decided for the buyer" in buyer.get(asked.url).content.decode()
    assert RefundLine.objects.get().purchase == bought
    assert buyer.get(f"/library/{bought.code}/refund/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"ground": "changed_my_mind", "words": "x"},
        {"ground": "not_working", "words": ""},
        {"ground": "not_working", "words": "x" * 2001},
        {"ground": "unused_support", "words": "x"},
    ],
)
def test_what_can_not_be_asked_is_said_on_the_page(client_for, bought, sent):
    response = client_for("account", bought.buyer).post(f"/library/{bought.code}/refund/", sent)

    assert response.status_code == 422
    assert not RefundRequest.objects.exists()


def test_others_find_nothing(client_for, bought):
    request = ask(bought)
    stranger = client_for("account", factories.make_author())
    for path in (
        f"/library/{bought.code}/refund/",
        f"/refunds/{request.pk}/",
        f"/refunds/{request.pk}/withdraw/",
        f"/author/refunds/{request.pk}/",
    ):
        assert stranger.post(path, {"words": "x", "answer": "accept"}).status_code == 404
    request.refresh_from_db()
    assert request.state == "requested"


@pytest.mark.parametrize("path", ["/refunds/", "/author/refunds/", "/author/refunds/?answered=1"])
def test_cursors_that_are_none_are_not_found(client_for, bought, path):
    client = client_for("account", bought.author)
    mark = "&" if "?" in path else "?"

    assert client.get(path).status_code == 200
    assert client.get(f"{path}{mark}after=nonsense").status_code == 404
