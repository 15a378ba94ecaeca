"""What the stateful test of money plays with, and what must hold after each of its steps."""

from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Sum

from market.items.models import Item
from market.payments import ledger
from market.payments.gateways.sandbox.store import Status
from market.payments.models import (
    Account,
    Balance,
    Payment,
    PaymentRefund,
    SandboxPayment,
    SandboxPayout,
    SandboxRefund,
)
from market.payments.selectors.ledger import trial_balance
from market.payments.services import payout_accounts, withholding
from market.purchases.models import Order
from market.purchases.selectors.order_faults import order_faults
from market.users.models import User
from tests import factories


@dataclass
class World:
    """People and items that all runs share. `disputed`: {ref: (cents, fee)} that the bank has."""

    buyers: list[User]
    authors: list[User]
    items: list[Item]
    disputed: dict[str, int] = field(default_factory=dict)
    fees: int = 0
    lifetime: dict[int, int] = field(default_factory=dict)


def make_world() -> World:
    withholding.seed_treaties()
    buyers = [factories.make_user() for _ in range(3)]
    authors = [factories.make_author() for _ in range(2)]
    forms = (("w8ben", "IN", "AAAPL1234C"), ("w8ben", "DE", ""))
    for author, (kind, country, tax_id) in zip(authors, forms, strict=True):
        payout_accounts.set_payout_account(
            author=author, method="connect", holder="Somebody", destination=f"acct_{author.pk:08}"
        )
        payout_accounts.sign_tax_form(
            author=author, kind=kind, legal_name="Somebody", country=country, tax_id=tax_id
        )
    prices = (300, 1999, 2300, 12_345)
    items = [
        factories.make_item(author=authors[number % 2], price_cents=cents)
        for number, cents in enumerate(prices)
    ]
    return World(buyers, authors, items)


_OF = "FROM payments_line l JOIN payments_account a ON a.id = l.account_id WHERE a.kind ="
_GONE = """
    EXISTS (SELECT 1 FROM purchases_refundline r
            WHERE r.line_id = p.order_line_id AND r.scope = 'whole')
    OR EXISTS (SELECT 1 FROM purchases_reversal v WHERE v.line_id = p.order_line_id
               AND v.restored_at IS NULL AND v.took_purchase)"""
# Sums by name; what begins with `no_` is 0 at any moment.
FACTS = f"""SELECT
(SELECT SUM(cents) FROM payments_line) no_sum,
(SELECT COUNT(*) FROM (SELECT 1 FROM payments_transfer t
   LEFT JOIN payments_line l ON l.transfer_id = t.id
   GROUP BY t.id HAVING COUNT(l.id) <> 2 OR SUM(l.cents) <> 0) x) no_broken_transfer,
(SELECT COUNT(*) FROM payments_balance b WHERE b.balance_cents <> (
   SELECT COALESCE(SUM(l.cents), 0) FROM payments_line l
   WHERE l.account_id = b.account_id)) no_drift,
(SELECT COUNT(*) FROM payments_balance WHERE balance_cents < 0 AND NOT may_overdraw) no_negative,
(SELECT SUM(cents) {_OF} 'clearing') no_clearing,
(SELECT COALESCE(SUM(cents), 0) {_OF} 'payouts') - (SELECT COALESCE(SUM(cents), 0)
   FROM payments_payout WHERE state IN ('cut_off', 'scheduled', 'held', 'sent')) no_lost_payout,
(SELECT COALESCE(SUM(cents), 0) {_OF} 'withholding') - (SELECT COALESCE(
   SUM(withheld_cents - withheld_back_cents), 0) FROM payments_payout) no_lost_tax,
(SELECT COUNT(*) FROM payments_payout WHERE withheld_back_cents < 0
   OR withheld_back_cents > withheld_cents) no_tax_given_twice,
(SELECT COUNT(*) FROM purchases_purchase p WHERE reversed_at IS NULL AND ({_GONE})) no_stolen,
(SELECT COUNT(*) FROM purchases_purchase p
   WHERE reversed_at IS NOT NULL AND NOT ({_GONE})) no_withheld_licence,
(SELECT COUNT(*) FROM purchases_orderline l JOIN purchases_order o ON o.id = l.order_id
   LEFT JOIN purchases_purchase p ON p.order_line_id = l.id
   WHERE (o.status = 'paid') <> (p.id IS NOT NULL)) no_line_without_purchase,
(SELECT COUNT(*) FROM purchases_refundline r JOIN purchases_orderline l ON l.id = r.line_id
   WHERE r.card_cents + r.credit_cents > l.total_cents) no_refund_above_price,
(SELECT COUNT(*) FROM (SELECT 1 FROM payments_payment p JOIN payments_paymentrefund r
   ON r.payment_id = p.id GROUP BY p.id, p.paid_cents
   HAVING SUM(r.cents) > p.paid_cents) x) no_refund_above_payment,
(SELECT SUM(cents) {_OF} 'gateway' AND a.scope = 'sandbox') gateway,
(SELECT SUM(p.paid_cents) FROM payments_payment p
   JOIN purchases_order o ON o.payment_ref = p.gateway_ref) taken,
(SELECT SUM(l.cents) FROM payments_line l JOIN payments_transfer t ON t.id = l.transfer_id
   WHERE t.kind IN ('deposit', 'deposit_reversed') AND l.account_id IN (
     SELECT id FROM payments_account WHERE kind = 'buyer_credit')) deposited,
(SELECT SUM(cents) FROM payments_paymentrefund WHERE source LIKE 'refund:%') refunded,
(SELECT SUM(cents) FROM payments_payout WHERE state = 'settled') settled
"""


class Undone:
    """A part of the test's transaction that is thrown away with all that happened in it.

    The services' own transactions are savepoints in it: a crash rolls them back as ever.
    """

    def __init__(self) -> None:
        self.block = transaction.atomic()
        self.block._from_testcase = True  # as Django's own tests mark theirs
        self.block.__enter__()

    def end(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


def check(world: World) -> None:
    """All that holds at any moment, whatever was repeated, reordered, refused or killed.

    One statement, since it runs after each step; `check_quiet` asks the application's own checks.
    """
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        row = cursor.fetchone()
        names = [column[0] for column in cursor.description]
    found = {name: int(value or 0) for name, value in zip(names, row, strict=True)}
    wrong = {name: count for name, count in found.items() if name.startswith("no_") and count}
    assert not wrong, wrong
    out = found["refunded"] + found["settled"] + sum(world.disputed.values()) + world.fees
    assert -found["gateway"] == found["taken"] + found["deposited"] - out, found
    for account_id, cents in Balance.objects.values_list("account_id", "lifetime_cents"):
        assert cents >= world.lifetime.get(account_id, 0), "lifetime sales fell"
        world.lifetime[account_id] = cents


def check_quiet(world: World) -> None:
    """With no job, report or recovery left to come, the gateway really holds what we booked."""
    taken = SandboxPayment.objects.filter(status__in=(Status.SUCCEEDED, Status.REFUNDED))
    held = _sum(taken) - _sum(SandboxRefund.objects.all())
    held -= _sum(SandboxPayout.objects.filter(status=SandboxPayout.Status.SETTLED))
    held -= sum(world.disputed.values()) + world.fees
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="sandbox") == -held
    books = trial_balance()
    assert books.is_sound, books
    assert order_faults() == []
    assert not PaymentRefund.objects.exclude(status=PaymentRefund.Status.SUCCEEDED).exists()
    assert not Payment.objects.filter(status=Payment.Status.SUCCEEDED, settled_at=None).exists()
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    booked = set(Order.objects.values_list("payment_ref", flat=True))
    for payment in paid.filter(case=None, purpose__startswith="order:"):
        assert payment.gateway_ref in booked, f"{payment}: paid, and nothing was given for it"


def _sum(rows) -> int:
    return rows.aggregate(s=Sum("cents"))["s"] or 0
