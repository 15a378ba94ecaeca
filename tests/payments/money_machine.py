"""Random lives of orders, payments, refunds, disputes and payouts, by the real services."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.errors import GatewayUnavailable, NothingToPayOut, PaymentRefused
from market.payments.gateways.base import GatewayPayout, PayoutState
from market.payments.gateways.sandbox import signing, store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import (
    Deposit,
    Payment,
    Payout,
    SandboxPayment,
    SandboxPayout,
    SandboxReport,
)
from market.payments.services import credit, events, payments, payout_steps, payouts
from market.purchases.errors import CartRefused, OrderRefused, RefundRefused
from market.purchases.models import Order, OrderLine, RefundScope, Reversal
from market.purchases.selectors.payout_facts import SALE_FACTS
from market.purchases.services import credit_notes, fulfilment, recovery, refunds, undoing
from market.purchases.services.billing import Billing
from market.purchases.services.refunds import Why
from market.purchases.services.reversals import restore_payment, reverse_payment
from tests.payments.money_world import Undone, World, check, check_quiet
from tests.purchases import steps

REFUSED = (PaymentRefused, OrderRefused, RefundRefused, CartRefused)
# Where a process may die: (module, function, before or after it has run).
POINTS: list[tuple[Any, str, bool]] = [
    (ledger, "book", False),
    (ledger, "book", True),
    (ledger, "_write_lines", True),
    (fulfilment, "_grant", True),
    (payments, "_keep", False),
    (payments, "mark_settled", False),
    (undoing, "take_back", True),
    (undoing, "left_of", True),
    (refunds, "owe_credit_note", False),
    (credit_notes, "sale_data", True),
    (payout_steps, "note", True),
    (payout_steps, "_request", False),
    (payout_steps, "_mark_sent", True),
    (payout_steps, "_settle", False),
]
Act = Callable[[], None]


class Crash(Exception):
    """The process is gone; what was not committed is too."""


class MoneyMachine(RuleBasedStateMachine):
    world: ClassVar[World]
    steps_taken: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.undone = Undone()
        self.world.disputed.clear()
        self.world.lifetime.clear()
        self.world.fees = 0
        self.months = 0
        for buyer, item in zip(self.world.buyers, self.world.items, strict=False):
            steps.buy(buyer, item)

    def teardown(self) -> None:
        try:
            self.quiet()
        finally:
            self.undone.end()

    @invariant()
    def all_is_in_order(self) -> None:
        type(self).steps_taken += 1
        check(self.world)

    # -- buying --------------------------------------------------------------------------------
    @rule(data=st.data(), several=st.booleans())
    def order(self, data, several) -> None:
        buyer = data.draw(st.sampled_from(self.world.buyers))
        items = data.draw(
            st.lists(st.sampled_from(self.world.items), min_size=1, max_size=3 if several else 1,
                     unique_by=lambda one: one.pk)
        )  # fmt: skip
        billing = Billing(country=data.draw(st.sampled_from(["US", "DE", "BR"])))
        use_credit = data.draw(st.booleans())
        placed = self.attempt(
            lambda: steps.place_cart(
                buyer, steps.fill_cart(buyer, *items), billing, use_credit=use_credit
            )
        )
        if placed is not None and placed.is_payable:
            self.attempt(lambda: steps.ask(placed))

    @rule(data=st.data(), outcome=st.sampled_from([Outcome.APPROVE] * 3 + [Outcome.DECLINE]))
    def decide(self, data, outcome) -> None:
        there = SandboxPayment.objects.filter(status__in=store.UNDECIDED)
        payment = self.one_of(data, there)
        if payment is not None:
            store.decide(payment.ref, outcome)

    @rule(data=st.data())
    def look(self, data) -> None:
        """The buyer's browser comes back, and asks how the order stands."""
        order = self.one_of(data, Order.objects.filter(status__in=Order.PAYABLE))
        if order is not None:
            self.attempt(lambda: recovery.refresh_order(order=order))

    @rule(data=st.data())
    def buy(self, data) -> None:
        """All of it at once: most of what follows needs something that was paid."""
        buyer = data.draw(st.sampled_from(self.world.buyers))
        item = data.draw(st.sampled_from(self.world.items))
        self.attempt(lambda: steps.buy(buyer, item))

    @rule(data=st.data(), cents=st.sampled_from([500, 2500]), pays=st.booleans())
    def deposit(self, data, cents, pays) -> None:
        buyer, key = data.draw(st.sampled_from(self.world.buyers)), uuid4()
        for _ in range(2):
            asked = credit.start_deposit(
                user=buyer, cents=cents, key=key, return_url=steps.RETURN_URL
            )
        if pays:
            store.decide(asked.gateway_ref or "", Outcome.APPROVE)
            kept = Deposit.objects.get(key=key)
            self.attempt(lambda: credit.refresh_deposit(deposit=kept, payment=asked))

    @rule(data=st.data())
    def expire(self, data) -> None:
        order = self.one_of(data, Order.objects.filter(status__in=Order.PAYABLE))
        if order is not None:
            self.attempt(lambda: recovery.close_order(order=order))

    @rule(data=st.data(), copies=st.integers(1, 3))
    def report(self, data, copies) -> None:
        """The gateway tells, in any order, of anything, again and again."""
        report = self.one_of(data, SandboxReport.objects.select_related("payment"))
        if report is not None:
            body = json.dumps(report.told).encode()
            for _ in range(copies):
                events.receive_event(
                    gateway_name="sandbox", body=body, signature=signing.sign(body)
                )

    @rule()
    def work(self) -> None:
        run_jobs(["default"])

    # -- undoing -------------------------------------------------------------------------------
    @rule(data=st.data(), scope=st.sampled_from(RefundScope))
    def refund(self, data, scope) -> None:
        line = self.one_of(data, OrderLine.objects.filter(order__status=Order.Status.PAID))
        if line is not None:
            self.attempt(self.refund_of(line, scope))

    @rule(data=st.data(), part=st.sampled_from([None, 1, 100]), fee=st.sampled_from([0, 1500]))
    def dispute(self, data, part, fee) -> None:
        payment = self.paid(data)
        if payment is None:
            return
        ref = f"dp_{payment.pk}_{data.draw(st.integers(1, 2))}"
        cents = min(part or payment.paid_cents, payment.paid_cents)
        is_new = not Reversal.objects.filter(dispute_ref=ref).exists()
        reverse_payment(
            payment=payment, dispute_ref=ref, reason="fraudulent", cents=cents, fee_cents=fee
        )
        if is_new:
            self.world.disputed[ref] = cents
            self.world.fees += fee

    @rule(data=st.data())
    def win(self, data) -> None:
        payment = self.paid(data)
        if payment is not None:
            ref = f"dp_{payment.pk}_{data.draw(st.integers(1, 2))}"
            restore_payment(payment=payment, dispute_ref=ref)
            self.world.disputed.pop(ref, None)

    # -- payouts -------------------------------------------------------------------------------
    @rule(next_month=st.booleans(), data=st.data())
    def cut_off(self, next_month, data) -> None:
        self.months += next_month
        author = data.draw(st.sampled_from(self.world.authors))
        self.attempt(self.cut_off_of(author))

    @rule(data=st.data(), settles=st.sampled_from([True, True, False]))
    def pay(self, data, settles) -> None:
        """Sent; the bank decides; perhaps we hear of it."""
        payout = self.one_of(data, Payout.objects.filter(state="scheduled"))
        if payout is not None:
            self.attempt(lambda: payout_steps.send(payout=payout))
            ended = SandboxPayout.Status.SETTLED if settles else SandboxPayout.Status.BOUNCED
            there = SandboxPayout.objects.filter(idempotency_key=payout.idempotency_key)
            there.filter(status=SandboxPayout.Status.SENT).update(status=ended)

    @rule(data=st.data(), stale=st.booleans(), comes_back=st.booleans())
    def hear(self, data, stale, comes_back) -> None:
        """An answer about a payout, also an old one, and one of money that came back late."""
        there = self.one_of(data, SandboxPayout.objects.all())
        if there is None:
            return
        if comes_back:
            SandboxPayout.objects.filter(pk=there.pk, status="settled").update(status="bounced")
            there.refresh_from_db()
        state = {"sent": PayoutState.PENDING, "settled": PayoutState.PAID}.get(
            there.status, PayoutState.FAILED
        )
        answer = GatewayPayout(
            ref=there.ref, key=there.idempotency_key,
            state=PayoutState.PENDING if stale else state, cents=there.cents,
        )  # fmt: skip
        payout = Payout.objects.get(idempotency_key=there.idempotency_key)
        payout_steps.keep_answer(payout=payout, answer=answer)

    # -- dying ---------------------------------------------------------------------------------
    @rule(data=st.data(), point=st.sampled_from(POINTS), repeats=st.booleans())
    def crash(self, data, point, repeats) -> None:
        """The process dies at a point; it may be tried again at once, or by a job later."""
        act = self.some_act(data)
        if act is None:
            return
        module, name, after = point
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, dying(getattr(module, name), after))
            try:
                self.attempt(act)
            except Crash:
                check(self.world)
        if repeats:
            self.attempt(act)

    @rule(data=st.data(), call=st.sampled_from(["create", "retrieve", "refund", "pay_out"]))
    def lose_an_answer(self, data, call) -> None:
        """The gateway acts, and its answer never comes."""
        act = self.some_act(data)
        if act is not None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(settings, "PAYMENTS_URL", f"sandbox://?fault={call}")
                self.attempt(act)

    # -- what the rules are made of ------------------------------------------------------------
    def quiet(self) -> None:
        """All that is still to come, comes: jobs, recovery, and the payouts' next run."""
        run_jobs(["default"])
        recovery.recover_payments(older_than_seconds=-1)
        for _ in range(2):
            payout_steps.work_off(now=timezone.now() + timedelta(days=4000))
            SandboxPayout.objects.filter(status="sent").update(status="settled")
        payout_steps.work_off(now=timezone.now() + timedelta(days=4000))
        for payout in Payout.objects.filter(state="settled"):
            if SandboxPayout.objects.filter(ref=payout.gateway_ref, status="bounced").exists():
                failed = GatewayPayout(
                    ref=payout.gateway_ref or "", key="", state=PayoutState.FAILED, cents=0
                )
                payout_steps.keep_answer(payout=payout, answer=failed)
        run_jobs(["default"])
        check(self.world)
        check_quiet(self.world)

    def some_act(self, data) -> Act | None:
        kind = data.draw(st.sampled_from(["buy", "look", "refund", "cut_off", "send"]))
        if kind == "buy":
            buyer = data.draw(st.sampled_from(self.world.buyers))
            item = data.draw(st.sampled_from(self.world.items))
            return lambda: steps.buy(buyer, item)
        if kind == "look":
            order = self.one_of(data, Order.objects.filter(status__in=Order.PAYABLE))
            return (lambda: recovery.refresh_order(order=order)) if order else None
        if kind == "refund":
            line = self.one_of(data, OrderLine.objects.filter(order__status=Order.Status.PAID))
            return self.refund_of(line, RefundScope.WHOLE) if line else None
        if kind == "cut_off":
            return self.cut_off_of(data.draw(st.sampled_from(self.world.authors)))
        payout = self.one_of(data, Payout.objects.filter(state__in=("scheduled", "sent")))
        return (lambda: payout_steps.send(payout=payout)) if payout else None

    def refund_of(self, line: OrderLine, scope: str) -> Act:
        return lambda: refunds.refund_lines(lines=[line], why=Why(reason="test"), scope=scope)

    def cut_off_of(self, author) -> Act:
        month = datetime(2027 + self.months // 12, self.months % 12 + 1, 20, tzinfo=UTC)
        batch = payouts.open_batch(now=month)
        assert batch is not None
        return lambda: payouts.cut_off(
            batch=batch, author_id=author.pk, currency="USD", facts=SALE_FACTS
        )

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What is refused has changed nothing; that is for the invariants to see."""
        try:
            return act()
        except (NothingToPayOut, GatewayUnavailable, *REFUSED):
            return None

    def paid(self, data) -> Payment | None:
        return self.one_of(
            data,
            Payment.objects.filter(
                gateway_ref__in=Order.objects.filter(status="paid").values("payment_ref")
            ),
        )

    def one_of(self, data, rows):
        """Drawn by its place, so that a run can be repeated."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return None
        return rows.get(pk=ids[data.draw(st.integers(0, len(ids) - 1))])


def dying(function: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def dies(*args: Any, **kwargs: Any) -> Any:
        if after:
            function(*args, **kwargs)
        raise Crash

    return dies
