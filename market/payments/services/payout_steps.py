"""A payout's steps after its cut-off: sent by the gateway or by hand, settled, come back, held.

The gateway is asked outside of transactions with the stored key, and asked again with it while its
answer is unknown. Lock order: the author's balance, then the payout's row.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from market.core.db.retries import retried
from market.payments import ledger
from market.payments.errors import GatewayRefused, PaymentRefused, PayoutMoved, WhyNeeded
from market.payments.gateways import gateway
from market.payments.gateways.base import GatewayPayout, PayoutRequest, PayoutState
from market.payments.ledger import Move, Side
from market.payments.models import (
    Account,
    Balance,
    Payout,
    PayoutAccount,
    PayoutEvent,
    PayoutMethod,
    Transfer,
)
from market.users.models import User

logger = structlog.get_logger(__name__)
State, Code = Payout.State, Transfer.Kind
RUN = "payments.run_payouts"  # the permission of staff
BY_HAND = "bank"  # the ledger's gateway for what a person transfers at the bank
BATCH = 200
IN_TRANSIT = Side(Account.Kind.PAYOUTS)


def send(*, payout: Payout) -> Payout:
    """Have the gateway pay, once, however often it is called. Raises GatewayUnavailable."""
    asked = _ask(payout)
    if asked is None:
        payout.refresh_from_db()
        return payout
    there = gateway(asked.gateway)
    try:
        if asked.gateway_ref:
            answer = there.retrieve_payout(asked.gateway_ref)
        else:
            answer = there.pay_out(_request(asked))
    except GatewayRefused as refusal:
        return _bounce(asked, str(refusal), None)
    return keep_answer(payout=asked, answer=answer)


def keep_answer(*, payout: Payout, answer: GatewayPayout) -> Payout:
    """What the gateway says of a payout, by whomever and in whatever order it is told."""
    sent = _mark_sent(payout, answer.ref)
    if answer.state == PayoutState.PAID:
        return _settle(sent, None)
    return _bounce(sent, answer.failure, None) if answer.state == PayoutState.FAILED else sent


def confirm(*, payout: Payout, staff: User, reference: str) -> Payout:
    """A person has transferred it at the bank. Raises PayoutMoved, WhyNeeded."""
    _check_staff(payout, staff)
    if payout.method != PayoutMethod.BANK:
        raise PayoutMoved
    if not reference.strip():
        raise WhyNeeded
    with transaction.atomic():
        locked = _lock(payout, (State.SCHEDULED,))
        locked.asked_at = timezone.now()
        locked.gateway_ref = f"{BY_HAND}:{locked.pk}:{reference.strip()[:50]}"
        move(locked, State.SENT, staff, reference, ["asked_at", "gateway_ref"])
        return _settle(locked, staff)


def send_back(*, payout: Payout, staff: User, reason: str) -> Payout:
    """The bank returned what a person had transferred. Raises PayoutMoved, WhyNeeded."""
    _check_staff(payout, staff)
    if payout.method != PayoutMethod.BANK or payout.state != State.SETTLED:
        raise PayoutMoved
    if not reason.strip():
        raise WhyNeeded
    return _bounce(payout, reason, staff)


@transaction.atomic
def hold(*, payout: Payout, staff: User, reason: str) -> Payout:
    """Stop one that was not sent yet. Raises PayoutMoved, WhyNeeded."""
    _check_staff(payout, staff)
    if not reason.strip():
        raise WhyNeeded
    locked = _lock(payout, (State.SCHEDULED, State.HELD))
    locked.held_for, locked.held_until = Payout.Held.STAFF, None
    move(locked, State.HELD, staff, reason, ["held_for", "held_until"])
    return locked


@transaction.atomic
def release(*, payout: Payout, staff: User, reason: str) -> Payout:
    """Let one be sent that was held. Raises PayoutMoved, WhyNeeded."""
    _check_staff(payout, staff)
    if not reason.strip():
        raise WhyNeeded
    return _release(payout, staff, reason)


def work_off(*, now: datetime) -> int:
    """End holds whose time is over, send what is due, ask about what is on its way.

    Returns how many it looked at. One that fails is looked at again, and keeps no other waiting.
    """
    over = Payout.objects.filter(state=State.HELD, held_until__lte=now).order_by("pk")
    for payout in list(over[:BATCH]):
        _release(payout, None, "")
    due = Payout.objects.filter(state=State.SCHEDULED, batch__pay_on__lte=now.date())
    on_way = Payout.objects.filter(state=State.SENT)
    found = [
        *due.exclude(method=PayoutMethod.BANK).order_by("updated_at")[:BATCH],
        *on_way.order_by("updated_at")[:BATCH],
    ]
    for payout in found:
        Payout.objects.filter(pk=payout.pk).update(updated_at=timezone.now())
        try:
            send(payout=payout)
        except PaymentRefused:
            logger.warning("payout_not_sent", payout=payout.pk, exc_info=True)
        except Exception:
            logger.exception("payout_not_sent", payout=payout.pk)
    return len(found)


def lock_balance(author_id: int, currency: str) -> Balance | None:
    side = ledger.earnings_of(author_id)
    account = Account.objects.filter(kind=side.kind, scope=side.scope, currency=currency).first()
    return ledger.lock_balances([account.pk]).get(account.pk) if account else None


def book(payout: Payout, parts: Sequence[tuple[str, int, Side, Side]]) -> None:
    moves = [
        Move(source=payout.source, code=code, cents=cents, payer=payer, receiver=receiver)
        for code, cents, payer, receiver in parts
        if cents
    ]
    sides = [side for move in moves for side in (move.payer, move.receiver)]
    ledger.open_accounts(sides=sides, currency=payout.currency)
    ledger.book(moves, currency=payout.currency)


def _request(payout: Payout) -> PayoutRequest:
    return PayoutRequest(
        key=payout.idempotency_key,
        cents=payout.cents,
        currency=payout.currency,
        destination=payout.destination,
        description=f"Seven Shelves payout {payout.batch.period}",
    )


@transaction.atomic(durable=True)
def _ask(payout: Payout) -> Payout | None:
    """Note that the gateway is about to be asked; None if there is nothing to ask."""
    locked = Payout.objects.select_for_update().select_related("batch").get(pk=payout.pk)
    if locked.state not in (State.SCHEDULED, State.SENT) or locked.gateway == BY_HAND:
        return None
    if locked.asked_at is None:
        locked.asked_at = timezone.now()
        locked.save(update_fields=["asked_at"])
    return locked


@transaction.atomic
def _mark_sent(payout: Payout, ref: str) -> Payout:
    locked = Payout.objects.select_for_update().get(pk=payout.pk)
    if locked.state == State.SCHEDULED:
        locked.gateway_ref = ref
        move(locked, State.SENT, None, "", ["gateway_ref"])
    return locked


@retried
def _settle(payout: Payout, actor: User | None) -> Payout:
    """It has arrived: the money has left the gateway."""
    locked = Payout.objects.select_for_update().get(pk=payout.pk)
    if locked.state != State.SENT:
        return locked
    move(locked, State.SETTLED, actor, "", [])
    there = Side(Account.Kind.GATEWAY, locked.gateway)
    book(locked, ((Code.PAYOUT_SETTLED, locked.cents, IN_TRANSIT, there),))
    return locked


@retried
def _bounce(payout: Payout, failure: str, actor: User | None) -> Payout:
    """It came back, or was refused: what was sent is the author's again, and paid next time.

    The bank's fee and what was withheld stay: the next payout withholds from later sales alone.
    """
    lock_balance(payout.author_id, payout.currency)
    locked = Payout.objects.select_for_update().get(pk=payout.pk)
    if locked.state not in (State.SCHEDULED, State.SENT, State.SETTLED):
        return locked
    was_settled = locked.state == State.SETTLED
    locked.failure = failure[:200]
    move(locked, State.BOUNCED, actor, failure, ["failure"])
    there, author = Side(Account.Kind.GATEWAY, locked.gateway), ledger.earnings_of(locked.author_id)
    book(
        locked,
        (
            (Code.PAYOUT_UNSETTLED, locked.cents if was_settled else 0, there, IN_TRANSIT),
            (Code.PAYOUT_RETURNED, locked.cents, IN_TRANSIT, author),
        ),
    )
    return locked


@transaction.atomic
def _release(payout: Payout, actor: User | None, words: str) -> Payout:
    """Sent to where the author's money goes now."""
    locked = _lock(payout, (State.HELD,))
    target = PayoutAccount.objects.get(author=locked.author_id)
    locked.held_for, locked.held_until = "", None
    if target.method == locked.method:
        locked.destination, locked.bic = target.destination, target.bic
    move(locked, State.SCHEDULED, actor, words, ["held_for", "held_until", "destination", "bic"])
    return locked


def _lock(payout: Payout, before: tuple[str, ...]) -> Payout:
    """Raises PayoutMoved for one that the gateway may know of, or that has gone on."""
    locked = Payout.objects.select_for_update().get(pk=payout.pk)
    if locked.state not in before or locked.asked_at is not None:
        raise PayoutMoved
    return locked


def move(payout: Payout, after: str, actor: User | None, words: str, changed: list[str]) -> None:
    payout.state, payout.updated_at = after, timezone.now()
    payout.save(update_fields=["state", "updated_at", *changed])
    note(payout, after, actor, words)


def note(payout: Payout, state: str, actor: User | None = None, words: str = "") -> None:
    PayoutEvent.objects.create(payout=payout, state=state, actor=actor, words=words.strip()[:500])


def _check_staff(payout: Payout, staff: User) -> None:
    """Nobody decides about money of his own."""
    if not staff.has_perm(RUN) or staff.pk == payout.author_id:
        raise PayoutMoved
