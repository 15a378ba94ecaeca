from uuid import UUID

from market.core.pagination import Page, decode_cursor, encode_cursor
from market.payments import ledger
from market.payments.models import Account, Balance, Deposit, Line
from market.users.models import User

CREDIT_PAGE = 25
# Stripe takes no less: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST_CARD_CENTS = 50


def credit_cents(user_id: int, currency: str = "USD") -> int:
    """What somebody can spend. Not locked: who spends it is decided when an order is completed."""
    kept = Balance.objects.filter(
        account__kind=Account.Kind.BUYER_CREDIT,
        account__scope=ledger.person_scope(user_id),
        account__currency=currency,
    )
    return kept.values_list("balance_cents", flat=True).first() or 0


def credit_part(*, has_cents: int, total_cents: int) -> int:
    """How much of an order credit pays: all of it, or as much as leaves enough for a card."""
    if has_cents >= total_cents:
        return total_cents
    return max(0, min(has_cents, total_cents - LEAST_CARD_CENTS))


def credit_lines(*, user_id: int, cursor: str = "", size: int = CREDIT_PAGE) -> Page[Line]:
    """What came in and went out, the newest first. Raises BadCursor."""
    lines = Line.objects.filter(
        account__kind=Account.Kind.BUYER_CREDIT, account__scope=ledger.person_scope(user_id)
    ).select_related("transfer", "account")
    if cursor:
        lines = lines.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(lines.order_by("-pk")[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], encode_cursor(rows[size - 1].pk) if more else None)


def deposit_of(*, user: User, key: UUID) -> Deposit | None:
    """Only who made it finds it."""
    return Deposit.objects.filter(key=key, user=user).first()
