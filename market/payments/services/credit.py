"""Credit: money that a person has put in, or earned and left here, to spend on orders.

It is never promised twice: an order only notes how much of it to take, and the ledger, which locks
the account and never lets it fall below 0, decides when the order is completed.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.core.db.retries import retried
from market.payments import ledger
from market.payments.errors import DepositRefused, KeyReused, NotEarned
from market.payments.gateways import gateway_name
from market.payments.ledger import Move, Side
from market.payments.models import Account, Deposit, Payment, PaymentCase, Transfer
from market.payments.selectors.credit import credit_cents
from market.payments.selectors.payouts import SaleFacts, available, clears_since
from market.payments.services import payments, withholding
from market.payments.undoing import moved
from market.users.models import User

PURPOSE = "deposit:"
CURRENCY = "USD"
MIN_DEPOSIT_CENTS, MAX_DEPOSIT_CENTS = 500, 100_000
# Together with what is there already.
MAX_CREDIT_CENTS = 500_000
Code = Transfer.Kind
CLEARING = Side(Account.Kind.CLEARING)


def start_deposit(
    *, user: User, cents: int, key: UUID, return_url: str, currency: str = CURRENCY
) -> Payment:
    """The payment to send somebody to; repeating the call with the key returns the same.

    Raises DepositRefused, KeyReused, GatewayUnavailable.
    """
    deposit = Deposit.objects.filter(key=key).first() or _open(user, cents, key, currency)
    if (deposit.user_id, deposit.cents, deposit.currency) != (user.pk, cents, currency):
        raise KeyReused
    sides = [Side(Account.Kind.GATEWAY, gateway_name()), ledger.credit_of(user.pk)]
    ledger.open_accounts(sides=sides, currency=currency)
    return payments.start_payment(
        purpose=deposit.purpose,
        cents=cents,
        currency=currency,
        description="Seven Shelves credit",
        return_url=return_url,
    )


def refresh_deposit(*, deposit: Deposit, payment: Payment) -> Payment:
    """Ask the gateway how its payment stands, and book it. Raises GatewayUnavailable."""
    if payment.settled_at is None:
        payment = payments.refresh_payment(payment=payment)
        settle_deposit(payment=payment)
    return payment


def settle_deposit(*, payment: Payment) -> None:
    """Book a deposit that arrived, however often it is reported; what does not fit is a case."""
    if payment.status != Payment.Status.SUCCEEDED or payment.settled_at is not None:
        return
    key = UUID(payment.purpose.removeprefix(PURPOSE))
    deposit = Deposit.objects.filter(key=key).first()
    came = (payment.paid_cents, payment.paid_currency)
    if deposit is None or came != (deposit.cents, deposit.currency):
        payments.open_case(
            payment=payment,
            reason=PaymentCase.Reason.UNEXPECTED,
            note=f"{payment.paid_cents} {payment.paid_currency} cents for {deposit}",
        )
        return
    _book_deposit(payment, deposit)


def recover_deposit(*, payment: Payment) -> None:
    """For the job that takes up what was left half-way. Raises GatewayUnavailable."""
    if payment.status != Payment.Status.SUCCEEDED:
        waited = timezone.now() - payment.created_at
        is_wanted = waited < timedelta(seconds=settings.ORDER_EXPIRY_SECONDS)
        ask = payments.refresh_payment if is_wanted else payments.cancel_payment
        payment = ask(payment=payment)
    settle_deposit(payment=payment)


def movable_cents(*, author: User, facts: SaleFacts, now: datetime | None = None) -> int:
    """What of an author's earnings can become credit: what cleared, less what a payout withholds.

    Else nothing would be left to withhold from: to be credited is to be paid.
    """
    until = clears_since(now)
    cleared = available(author_id=author.pk, since=until, facts=facts, currency=CURRENCY).cents
    today = (now or timezone.now()).date()
    due = withholding.due(author=author, currency=CURRENCY, until=until, on=today, facts=facts)
    return max(0, cleared - due.cents)


@retried
def move_earnings(
    *, author: User, cents: int, key: UUID, facts: SaleFacts, now: datetime | None = None
) -> None:
    """Turn cleared earnings into credit, once a key. Raises NotEarned."""
    earnings, credit = ledger.earnings_of(author.pk), ledger.credit_of(author.pk)
    source = f"credit:{author.pk}:{key.hex}"
    ledger.open_accounts(sides=[earnings, credit], currency=CURRENCY)
    # A payout takes from it under the same lock.
    account = Account.objects.get(kind=earnings.kind, scope=earnings.scope, currency=CURRENCY)
    ledger.lock_balances([account.pk])
    if Transfer.objects.filter(source=source).exists():
        return
    has = movable_cents(author=author, facts=facts, now=now)
    if not 0 < cents <= has:
        raise NotEarned(has)
    move = Move(
        source=source, code=Code.EARNINGS_TO_CREDIT, cents=cents, payer=earnings, receiver=credit
    )
    ledger.book([move], currency=CURRENCY)


@retried
def reverse_deposit(*, payment: Payment, dispute_ref: str, cents: int) -> None:
    """A bank took a deposit back: from the credit as far as it goes, the rest is our loss."""
    Payment.objects.select_for_update().get(pk=payment.pk)
    source = f"dispute:{dispute_ref}"
    if Transfer.objects.filter(source=source).exists():
        return
    gateway = Side(Account.Kind.GATEWAY, payment.gateway)
    credit = ledger.credit_of(_deposit_of(payment).user_id)
    has = ledger.balance(kind=credit.kind, scope=credit.scope, currency=payment.paid_currency)
    there = min(max(0, has), cents)
    parts = (
        (Code.DEPOSIT_REVERSED, there, credit, gateway),
        (Code.DISPUTE_LOSS, cents - there, Side(Account.Kind.DISPUTE_LOSSES), CLEARING),
        (Code.REVERSED, cents - there, CLEARING, gateway),
    )
    _book(source, parts, payment.paid_currency)


@retried
def restore_deposit(*, payment: Payment, dispute_ref: str) -> None:
    """The dispute was won: the credit and our loss come back as they went. A repeat is nothing."""
    Payment.objects.select_for_update().get(pk=payment.pk)
    source = f"dispute:{dispute_ref}"
    if Transfer.objects.filter(source=source, kind=Code.RESTORED).exists():
        return
    then = moved(source, [Code.DEPOSIT_REVERSED, Code.DISPUTE_LOSS])
    credit, loss = then.get(Code.DEPOSIT_REVERSED, 0), then.get(Code.DISPUTE_LOSS, 0)
    gateway = Side(Account.Kind.GATEWAY, payment.gateway)
    losses = Side(Account.Kind.DISPUTE_LOSSES)
    parts = (
        (Code.RESTORED, credit + loss, gateway, CLEARING),
        (Code.REFUND_CREDIT, credit, CLEARING, ledger.credit_of(_deposit_of(payment).user_id)),
        (Code.DISPUTE_LOSS_BACK, loss, CLEARING, losses),
    )
    _book(source, parts, payment.paid_currency)


def _open(user: User, cents: int, key: UUID, currency: str) -> Deposit:
    if currency != CURRENCY or not MIN_DEPOSIT_CENTS <= cents <= MAX_DEPOSIT_CENTS:
        raise DepositRefused(MIN_DEPOSIT_CENTS, MAX_DEPOSIT_CENTS)
    left = MAX_CREDIT_CENTS - credit_cents(user.pk, currency)
    if cents > left:
        raise DepositRefused(MIN_DEPOSIT_CENTS, max(0, left))
    asked = {"user": user, "cents": cents, "currency": currency}
    return Deposit.objects.get_or_create(key=key, defaults=asked)[0]


@transaction.atomic
def _book_deposit(payment: Payment, deposit: Deposit) -> None:
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    if locked.settled_at is not None:
        return
    payments.mark_settled(payment=locked)
    gateway = Side(Account.Kind.GATEWAY, locked.gateway)
    parts = ((Code.DEPOSIT, deposit.cents, gateway, ledger.credit_of(deposit.user_id)),)
    _book(f"deposit:{locked.pk}", parts, deposit.currency)


def _deposit_of(payment: Payment) -> Deposit:
    return Deposit.objects.get(key=UUID(payment.purpose.removeprefix(PURPOSE)))


def _book(source: str, parts: tuple[tuple[str, int, Side, Side], ...], currency: str) -> None:
    moves = [
        Move(source=source, code=code, cents=cents, payer=payer, receiver=receiver)
        for code, cents, payer, receiver in parts
        if cents
    ]
    sides = [side for move in moves for side in (move.payer, move.receiver)]
    ledger.open_accounts(sides=sides, currency=currency)
    ledger.book(moves, currency=currency)
