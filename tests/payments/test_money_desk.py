"""Staff find money by exact names, edit nothing, and move none without a second person."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections, transaction

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.errors import AlreadyDecided, NotAllowed, OwnAdjustment, ReasonMissing
from market.payments.models import (
    Adjustment,
    AdjustmentDecision,
    Document,
    Line,
    Payment,
    PaymentCase,
    ReconciliationCase,
    StaffAct,
    Transfer,
)
from market.payments.selectors.ledger import trial_balance
from market.payments.services import adjustments, case_work
from market.payments.services import payments as payment_services
from market.purchases.models import Purchase
from market.purchases.selectors import money_desk
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
UP = Transfer.Kind.ADJUST_EARNINGS_UP


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.fixture
def staff(sites):
    return factories.make_user(username="stella", role="staff")


@pytest.fixture
def second(sites):
    return factories.make_user(username="sven", role="staff")


def ask(staff, user, *, kind=UP, cents=500, reason="Lost in the move"):
    return adjustments.request_adjustment(
        staff=staff, user=user, kind=kind, cents=cents, reason=reason
    )


def test_everything_is_found_by_its_exact_names(buyer, staff, client_for):
    order = steps.buy(buyer, factories.make_item(name="Blue icons"))
    run_jobs(["default"])
    payment, purchase, paper = Payment.objects.get(), Purchase.objects.get(), Document.objects.get()
    client = client_for("staff", staff)

    def leads_to(text):
        return client.get("/money/", {"q": text}).headers["Location"]

    for text in (str(order.key), order.key.hex, str(purchase.code), f" {purchase.code} "):
        assert leads_to(text).endswith(f"/money/orders/{order.key}/")
    for text in (payment.gateway_ref, payment.idempotency_key):
        assert leads_to(text).endswith(f"/money/payments/{payment.pk}/")
    for text in (buyer.email, buyer.email.upper(), buyer.username):
        assert leads_to(text).endswith(f"/money/people/{buyer.pk}/")
    assert leads_to(paper.code).endswith(f"/documents/{paper.code}/")


@pytest.mark.parametrize(
    "text", ["", " ", "%", "x' OR '1'='1", "a" * 200, "\x00", "🙂", "0" * 32, "INV-1-1", "a@b"]
)
def test_what_is_nobodys_name_finds_nothing(buyer, staff, client_for, text):
    steps.buy(buyer, factories.make_item())

    answer = client_for("staff", staff).get("/money/", {"q": text})

    assert answer.status_code == 200
    assert answer.context["hits"] == []


def test_an_orders_page_tells_all_of_it(buyer, author, staff, client_for):
    order = steps.buy(buyer, factories.make_item(author=author, name="Blue icons"))
    run_jobs(["default"])
    client = client_for("staff", staff)

    page = client.get(f"/money/orders/{order.key}/").content.decode()
    payment = client.get(f"/money/payments/{Payment.objects.get().pk}/").content.decode()
    person = client.get(f"/money/people/{author.pk}/").content.decode()

    code = str(Purchase.objects.get().code)
    for words in (buyer.email, "Blue icons", code, "INV-", f"user:{author.pk}", "Author fee"):
        assert words in page
    for words in ("Open</strong>. Placed", "Waits for its payment</strong>", "Paid</strong>. Paid"):
        assert words in page
    assert Payment.objects.get().gateway_ref in payment
    assert "Blue icons" in person


@pytest.mark.parametrize("role", ["", "reviewer"])
def test_money_is_not_for_other_roles(buyer, staff, client_for, role):
    order = steps.buy(buyer, factories.make_item())
    asked = ask(staff, buyer)
    client = client_for("staff", factories.make_user(role=role))

    for path in (
        "/money/",
        f"/money/orders/{order.key}/",
        f"/money/payments/{Payment.objects.get().pk}/",
        f"/money/people/{buyer.pk}/",
        f"/money/people/{buyer.pk}/adjust/",
        f"/money/adjustments/{asked.pk}/",
        "/money/cases/payment/1/",
    ):
        assert client.get(path).status_code == 403
        assert client.post(path, {"decision": "approve"}).status_code in (403, 405)
    assert not AdjustmentDecision.objects.exists()


def test_an_adjustment_moves_money_when_a_second_person_approves_it(
    author, staff, second, client_for
):
    form = {"kind": UP, "amount": "12.34", "reason": "Lost in the move"}
    asked = client_for("staff", staff).post(f"/money/people/{author.pk}/adjust/", form)
    assert not Line.objects.exists()

    answer = client_for("staff", second).post(asked["Location"], {"decision": "approve"})

    assert answer.status_code == 302
    assert ledger.balance(kind="author_earnings", scope=f"user:{author.pk}") == 1234
    assert ledger.balance(kind="adjustments") == -1234
    assert trial_balance().is_sound
    assert list(StaffAct.objects.order_by("pk").values_list("staff", "act", "reason")) == [
        (staff.pk, "request_adjustment", "Lost in the move"),
        (second.pk, "approve_adjustment", "Lost in the move"),
    ]
    statement = client_for("account", author).get("/statement/").content.decode()
    assert "Adjustment" in statement


def test_what_is_rejected_moves_nothing_and_needs_a_reason(author, staff, second):
    asked = ask(staff, author)

    with pytest.raises(ReasonMissing):
        adjustments.decide_adjustment(staff=second, adjustment=asked, is_approved=False)
    adjustments.decide_adjustment(staff=second, adjustment=asked, is_approved=False, note="No.")

    assert not Line.objects.exists()
    with pytest.raises(AlreadyDecided):
        adjustments.decide_adjustment(staff=second, adjustment=asked, is_approved=True)
    assert not Line.objects.exists()


def test_nobody_approves_what_they_asked_for_or_what_is_theirs(author, staff, second, client_for):
    asked = ask(staff, author)
    theirs = ask(staff, second)

    for person, one in ((staff, asked), (second, theirs)):
        with pytest.raises(OwnAdjustment):
            adjustments.decide_adjustment(staff=person, adjustment=one, is_approved=True)
        answer = client_for("staff", person).post(
            f"/money/adjustments/{one.pk}/", {"decision": "approve"}
        )
        assert answer.status_code == 422
    with pytest.raises(OwnAdjustment):
        ask(staff, staff)
    assert not AdjustmentDecision.objects.exists()
    assert not Line.objects.exists()


def test_credit_that_is_not_there_cannot_be_taken(buyer, staff, second, client_for):
    asked = ask(staff, buyer, kind=Transfer.Kind.ADJUST_CREDIT_DOWN, cents=1)

    answer = client_for("staff", second).post(
        f"/money/adjustments/{asked.pk}/", {"decision": "approve"}
    )

    assert answer.status_code == 422
    assert not AdjustmentDecision.objects.exists()
    assert not Line.objects.exists()
    assert StaffAct.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kind": "sale"}, NotAllowed),
        ({"kind": "payout"}, NotAllowed),
        ({"cents": 0}, NotAllowed),
        ({"cents": -1}, NotAllowed),
        ({"reason": " \u200b "}, ReasonMissing),
    ],
)
def test_only_adjustments_with_a_reason_are_asked_for(author, staff, wrong, why):
    with pytest.raises(why):
        ask(staff, author, **wrong)
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e9", "NaN", "", "100000.01"])
def test_an_amount_that_is_none_is_refused(author, staff, client_for, amount):
    form = {"kind": UP, "amount": amount, "reason": "x"}

    answer = client_for("staff", staff).post(f"/money/people/{author.pk}/adjust/", form)

    assert answer.status_code == 422
    assert not Adjustment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_move_the_money_once(author, staff):
    deciders = [factories.make_user(role="staff") for _ in range(6)]
    asked = ask(staff, author)
    barrier = threading.Barrier(len(deciders))

    def decide(person):
        barrier.wait()
        try:
            adjustments.decide_adjustment(staff=person, adjustment=asked, is_approved=True)
        except AlreadyDecided:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(len(deciders)) as pool:
        done = list(pool.map(decide, deciders))

    assert sum(done) == 1
    assert ledger.balance(kind="author_earnings", scope=f"user:{author.pk}") == 500
    assert StaffAct.objects.count() == 2


def test_the_record_cannot_be_changed(author, staff, second):
    adjustments.decide_adjustment(staff=second, adjustment=ask(staff, author), is_approved=True)

    for table in ("staffact", "adjustment", "adjustmentdecision"):
        for change in (f"UPDATE payments_{table} SET id = id + 1", f"DELETE FROM payments_{table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)


def test_a_case_is_closed_once_with_a_reason(buyer, staff, second, client_for):
    payment = steps.ask(steps.place(buyer, factories.make_item()))
    case = payment_services.open_case(
        payment=payment, reason=PaymentCase.Reason.UNEXPECTED, note="Paid twice"
    )
    address = f"/money/cases/payment/{case.pk}/"
    client = client_for("staff", staff)

    assert "Paid twice" in client.get(address).content.decode()
    assert address in client.get("/money/").content.decode()
    assert client.post(address, {"reason": "  "}).status_code == 422
    assert client.post(address, {"reason": "Given back by hand"}).status_code == 302

    case.refresh_from_db()
    assert case.resolution == "Given back by hand"
    with pytest.raises(AlreadyDecided):
        case_work.resolve_case(staff=second, case=case, reason="Again")
    assert StaffAct.objects.get().subject == f"payment_case:{case.pk}"


def test_a_difference_is_closed_the_same_way(staff, client_for):
    case = ReconciliationCase.objects.create(
        gateway="stripe", kind="charge_unknown", ref="pi_1", note="Not ours"
    )

    answer = client_for("staff", staff).post(
        f"/money/cases/difference/{case.pk}/", {"reason": "Test charge"}
    )

    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.resolution == "Test charge"


@pytest.mark.parametrize(
    "path",
    [
        "/money/orders/00000000-0000-0000-0000-000000000000/",
        "/money/payments/0/",
        "/money/people/999999999999999999999/",
        "/money/people/0/adjust/",
        "/money/adjustments/0/",
        "/money/cases/payment/0/",
        "/money/cases/other/1/",
    ],
)
def test_what_is_not_there_is_not_found(staff, client_for, path):
    assert client_for("staff", staff).get(path).status_code == 404


def test_looking_up_takes_a_known_number_of_statements(buyer, django_assert_num_queries):
    steps.buy(buyer, factories.make_item())

    with django_assert_num_queries(7):
        money_desk.look_up("pi_unknown")
    with django_assert_num_queries(3):
        money_desk.look_up("00000000-0000-0000-0000-000000000000")
