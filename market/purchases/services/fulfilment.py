"""What a confirmed payment makes: purchases, ledger transfers, the sale's events and jobs.

Lock order: the order's row, the buyer's cart, and last, in the ledger, the authors' accounts.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from market.core.db.retries import retried
from market.core.months import add_months
from market.items.models import Item
from market.payments import ledger
from market.payments.errors import Overdrawn
from market.payments.models import Payment, PaymentCase
from market.payments.selectors import payments as payment_rows
from market.payments.services import payments
from market.purchases import tasks
from market.purchases.errors import GoodsGone, UnexpectedPayment
from market.purchases.models import Cart, Claim, Order, OrderLine, Purchase, SaleEvent
from market.purchases.services import invoices, support_periods
from market.purchases.services.history import Reason, note_change

logger = structlog.get_logger(__name__)
# Staff took it away: nobody may be given it. Paused and retired items are still handed over.
GONE = (Item.Status.SUSPENDED, Item.Status.HARD_REJECTED)
PURPOSE = "order:"


def settle(*, payment: Payment) -> None:
    """Book a payment that succeeded, however often, by whomever and however late it is reported.

    Money that fits nothing becomes a case for staff; if what was bought is gone, it is given
    back. A payment that did not succeed, or not yet, changes nothing.
    """
    if payment.status != Payment.Status.SUCCEEDED or payment.settled_at is not None:
        return
    try:
        complete_order(
            key=UUID(payment.purpose.removeprefix(PURPOSE)),
            payment_ref=payment.gateway_ref or "",
            paid_cents=payment.paid_cents or 0,
            currency=payment.paid_currency,
            gateway=payment.gateway,
        )
    except (UnexpectedPayment, Order.DoesNotExist) as error:
        payments.open_case(payment=payment, reason=PaymentCase.Reason.UNEXPECTED, note=str(error))
    except GoodsGone as error:
        _give_back(payment, PaymentCase.Reason.GOODS_GONE, note=str(error))
    except Overdrawn as error:
        # The credit that was to pay the rest is spent: nobody may get a thing for a part of its
        # price, so the part that came goes back.
        _give_back(payment, PaymentCase.Reason.CREDIT_SHORT, note=f"{error.short_cents} cents")
    else:
        payments.mark_settled(payment=payment)


@retried
def complete_order(
    *,
    key: UUID,
    payment_ref: str,
    paid_cents: int,
    currency: str = "USD",
    gateway: str = "sandbox",
) -> Order:
    """Book a payment that the gateway confirmed, however often it is reported.

    Raises UnexpectedPayment, GoodsGone, Overdrawn if the buyer's credit for the rest is spent, and
    Order.DoesNotExist for an unknown key.
    """
    order = Order.objects.select_for_update().get(key=key)
    if order.payment_ref == payment_ref or payment_rows.has_case(payment_ref):
        return order
    # An expired order that is paid late is still honoured: it is somebody's money.
    is_exact = (paid_cents, currency) == (order.card_cents, order.currency)
    if order.status == Order.Status.PAID or not is_exact:
        raise UnexpectedPayment(f"{payment_ref}: {paid_cents} {currency} cents for {order}")
    _complete(order, payment_ref, gateway)
    return order


@transaction.atomic
def pay_by_credit(*, order: Order) -> None:
    """Complete an order that the buyer's credit pays whole, in the transaction that opens it.

    The order's own key stands for a payment. Raises GoodsGone, Overdrawn.
    """
    if order.card_cents or not order.credit_cents:
        raise ValueError(f"{order}: {order.card_cents} cents are left to pay.")
    _complete(order, f"credit:{order.key.hex}", "")


@transaction.atomic
def give_away(*, order: Order) -> None:
    """Complete an order that costs nothing, in the transaction that opens it.

    Nothing is booked, since no money moves; the order's own key stands for a payment.
    Raises GoodsGone if the buyer took any of it meanwhile, or staff took it off the market.
    """
    if order.total_cents:
        raise ValueError(f"{order} costs {order.total_cents} cents.")
    lines = _lines(order)
    cart = _lock_cart(order)
    if claimed := _claimed(order, lines):
        raise GoodsGone(f"{order}: promotions {sorted(claimed)} are used up")
    _mark_paid(order, f"free:{order.key.hex}", Reason.GIVEN_AWAY)
    _grant(order, lines)
    _take_from_cart(cart, order, lines)
    tasks.send_receipt.enqueue(order_id=order.pk)


def source_of(line: OrderLine) -> str:
    """What the ledger calls an order line."""
    return f"line:{line.pk}"


@retried
def _give_back(payment: Payment, reason: str, *, note: str) -> None:
    """Under the order's lock: somebody may be granting this payment at the same moment."""
    key = UUID(payment.purpose.removeprefix(PURPOSE))
    order = Order.objects.select_for_update().get(key=key)
    if order.payment_ref == payment.gateway_ref:
        return
    payments.give_back(payment=payment, note=note, reason=reason)
    if order.is_payable:
        was, order.status = order.status, Order.Status.EXPIRED
        order.save(update_fields=["status"])
        note_change(order=order, was=was, now=order.status, reason=Reason.GOODS_GONE)
    Cart.objects.filter(checkout_key=key).update(checkout_key=uuid4())


def _mark_paid(order: Order, payment_ref: str, reason: str) -> None:
    was = order.status
    order.mark_paid(payment_ref)
    note_change(order=order, was=was, now=order.status, reason=reason, note=payment_ref)


def _complete(order: Order, payment_ref: str, gateway: str) -> None:
    """The same for money of a gateway and for credit; the ledger, last, may still refuse."""
    lines = _lines(order)
    cart = _lock_cart(order)
    claimed = _claimed(order, lines)
    support_periods.prolong([line for line in lines if line.kind == OrderLine.Kind.SUPPORT])
    _mark_paid(order, payment_ref, Reason.PAID)
    # Taken for nothing in another order meanwhile: it is in the library, once.
    granted = [line for line in lines if line.promotion_id not in claimed]
    licences = [line for line in granted if line.kind == OrderLine.Kind.LICENCE]
    _grant(order, licences)
    _take_from_cart(cart, order, licences)
    tasks.send_receipt.enqueue(order_id=order.pk)
    invoices.owe_invoice(order=order, lines=granted)
    ledger.book_sales(
        # A line of no cents moves no money: the ledger does not hear of it.
        sales=[_sale(line) for line in lines if line.total_cents],
        payer=ledger.Payer(
            source=order.purpose,
            gateway=gateway,
            cents=order.card_cents,
            credit_cents=order.credit_cents,
            buyer_id=order.buyer_id,
        ),
        currency=order.currency,
    )


def _lines(order: Order) -> list[OrderLine]:
    """Raises GoodsGone if any cannot be handed over any more."""
    lines = list(order.lines.select_related("item").order_by("pk"))
    gone = [line.item_id for line in lines if line.item.status in GONE]
    if gone:
        raise GoodsGone(f"{order}: items {gone} are off the market")
    return lines


def _lock_cart(order: Order) -> Cart | None:
    """The buyer's, which also decides between two orders that take the same for nothing."""
    return Cart.objects.select_for_update().filter(user_id=order.buyer_id).first()


def _claimed(order: Order, lines: Sequence[OrderLine]) -> set[int]:
    """The promotions of these lines in which the buyer has taken something already."""
    wanted = [line.promotion_id for line in lines if line.promotion_id]
    if not wanted:
        return set()
    taken = Claim.objects.filter(buyer_id=order.buyer_id, promotion__in=wanted)
    return set(taken.values_list("promotion_id", flat=True))


def _grant(order: Order, lines: Sequence[OrderLine]) -> None:
    """Purchases for each line and the sale events of those that were sold.

    By a fixed number of queries; what was given away is a claim, and counts as no sale.
    """
    bought_at = order.paid_at
    if bought_at is None:
        raise ValueError("Only a paid order makes purchases.")
    Purchase.objects.bulk_create(_purchase(order, line, bought_at) for line in lines)
    # MySQL does not return the keys of a bulk insert.
    purchases = Purchase.objects.filter(order_line__in=[line.pk for line in lines]).order_by("pk")
    promotions = {line.pk: line.promotion_id for line in lines}
    given = {one: promotions[one.order_line_id] for one in purchases}
    SaleEvent.objects.bulk_create(
        SaleEvent(purchase=one, item_id=one.item_id, sold_at=bought_at)
        for one, promotion_id in given.items()
        if promotion_id is None
    )
    Claim.objects.bulk_create(
        Claim(promotion_id=promotion_id, buyer_id=order.buyer_id, purchase=one)
        for one, promotion_id in given.items()
        if promotion_id is not None
    )


def _purchase(order: Order, line: OrderLine, bought_at: datetime) -> Purchase:
    if line.item.live_version_id is None:
        raise ValueError(f"item {line.item_id} was sold without a live version")
    support = add_months(bought_at, line.support_months) if line.support_months else None
    return Purchase(
        code=uuid4(),
        order_line=line,
        buyer_id=order.buyer_id,
        author_id=line.author_id,
        item_id=line.item_id,
        version_id=line.item.live_version_id,
        site_id=line.item.site_id,
        licence_code=line.licence_code,
        licence_text_version=line.licence_text_version,
        bought_at=bought_at,
        support_months=line.support_months,
        support_until=support,
        **line.breakdown(),
    )


def _take_from_cart(cart: Cart | None, order: Order, lines: Sequence[OrderLine]) -> None:
    """What was bought leaves the locked cart; forms that were opened before no longer fit it."""
    if cart is None:
        return
    bought = {(line.item_id, line.licence_code) for line in lines}
    taken = [line.pk for line in cart.lines.all() if (line.item_id, line.licence_code) in bought]
    if taken or cart.checkout_key == order.key:
        cart.lines.filter(pk__in=taken).delete()
        cart.checkout_key = uuid4()
        cart.save(update_fields=["checkout_key"])


def _sale(line: OrderLine) -> ledger.Sale:
    return ledger.Sale(
        source=source_of(line),
        author_id=line.author_id,
        item_price_cents=line.item_price_cents,
        author_fee_cents=line.author_fee_cents,
        buyer_fee_cents=line.buyer_fee_cents,
        support_cents=line.support_cents,
        support_fee_cents=line.support_fee_cents,
        tax_cents=line.tax_cents,
        tax_scope=line.tax_scope,
    )
