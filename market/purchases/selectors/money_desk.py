"""What staff look up about money: each way of naming a thing is one look-up by a unique key."""

from dataclasses import dataclass
from uuid import UUID

from market.payments.models import (
    Account,
    Balance,
    Dispute,
    Document,
    Line,
    Payment,
    PaymentRefund,
)
from market.payments.selectors.statements import balances_of
from market.purchases.models import Order, OrderEvent, Purchase, RefundLine, Reversal
from market.purchases.selectors.journal import Movement, movements
from market.purchases.selectors.orders import OrderRow, order_lines
from market.users.models import User
from market.users.selectors import user_by_name_or_email

MAX_QUERY = 120
RECENT = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """`page` is order, payment, person or document; `name` is what its address has."""

    page: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    order: Order
    events: list[OrderEvent]
    lines: list[OrderRow]
    payments: list[Payment]
    refunds: list[RefundLine]
    documents: list[Document]
    movements: list[Movement]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFile:
    payment: Payment
    order: Order | None
    refunds: list[PaymentRefund]
    disputes: list[Dispute]
    movements: list[Movement]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """`lines` are the newest of all the person's accounts, by account."""

    person: User
    balances: list[tuple[Balance, list[Line]]]
    orders: list[Order]
    sales: list[Purchase]
    documents: list[Document]


def look_up(text: str) -> list[Hit]:
    """By order key, purchase code, document's number, gateway's id, e-mail address or user name."""
    text = text.strip()
    if not text or len(text) > MAX_QUERY:
        return []
    try:
        hits = _by_uuid(UUID(text))
    except ValueError:
        hits = [*_by_document(text), *_by_gateway(text)]
    person = user_by_name_or_email(text)
    if person is not None:
        hits.append(Hit("person", str(person.pk), person.username))
    return hits


def order_file(key: UUID) -> OrderFile | None:
    order = Order.objects.filter(key=key).select_related("buyer").first()
    if order is None:
        return None
    lines = order_lines(order)
    ids = [row.line.pk for row in lines]
    refunds = list(RefundLine.objects.filter(line__in=ids).select_related("line__item"))
    reversals = [one.source for one in Reversal.objects.filter(line__in=ids)]
    payments = list(Payment.objects.filter(purpose=order.purpose).order_by("attempt"))
    sources = [order.purpose, *(f"line:{pk}" for pk in ids), *(one.source for one in refunds)]
    papers = [order.purpose, *(one.source for one in refunds)]
    return OrderFile(
        order=order,
        events=list(OrderEvent.objects.filter(order=order).order_by("pk")),
        lines=lines,
        payments=payments,
        refunds=refunds,
        documents=_documents(papers),
        movements=movements([*sources, *reversals], reader_id=None),
    )


def payment_file(pk: int) -> PaymentFile | None:
    payment = Payment.objects.filter(pk=pk).select_related("case").first()
    if payment is None:
        return None
    refunds = list(PaymentRefund.objects.filter(payment=payment).order_by("pk"))
    disputes = list(Dispute.objects.filter(payment=payment).order_by("pk"))
    sources = [
        payment.purpose,
        f"payment:{payment.pk}",
        f"deposit:{payment.pk}",
        *(one.source for one in refunds),
        *(f"dispute:{one.gateway_ref}" for one in disputes),
    ]
    return PaymentFile(
        payment=payment,
        order=_order_of(payment),
        refunds=refunds,
        disputes=disputes,
        movements=movements(sources, reader_id=None),
    )


def person_file(pk: int) -> PersonFile | None:
    person = User.objects.filter(pk=pk).select_related("profile").first()
    if person is None:
        return None
    balances = [
        *balances_of(user_id=pk, kind=Account.Kind.AUTHOR_EARNINGS),
        *balances_of(user_id=pk, kind=Account.Kind.BUYER_CREDIT),
    ]
    documents = Document.objects.filter(user=person).defer("data")
    return PersonFile(
        person=person,
        balances=[(one, _newest(one)) for one in balances],
        orders=list(Order.objects.filter(buyer=person).order_by("-pk")[:RECENT]),
        sales=list(
            Purchase.objects.filter(author=person)
            .select_related("item", "order_line__order")
            .order_by("-pk")[:RECENT]
        ),
        documents=list(documents.order_by("-pk")[:RECENT]),
    )


def _by_uuid(code: UUID) -> list[Hit]:
    order = Order.objects.filter(key=code).first()
    purchase = Purchase.objects.filter(code=code).select_related("order_line__order").first()
    orders = [order] if order else []
    if purchase is not None:
        orders.append(purchase.order_line.order)
    return [Hit("order", str(one.key), one.key.hex) for one in orders]


def _by_document(text: str) -> list[Hit]:
    found = Document.objects.filter(code=text).first()
    return [Hit("document", found.code, found.code)] if found else []


def _by_gateway(text: str) -> list[Hit]:
    payments = [
        *Payment.objects.filter(gateway_ref=text),
        *Payment.objects.filter(idempotency_key=text),
        *(one.payment for one in PaymentRefund.objects.filter(gateway_ref=text)),
        *(one.payment for one in PaymentRefund.objects.filter(source=text)),
        *(one.payment for one in Dispute.objects.filter(gateway_ref=text)),
    ]
    found = {one.pk: one for one in payments}
    return [Hit("payment", str(pk), one.idempotency_key) for pk, one in found.items()]


def _order_of(payment: Payment) -> Order | None:
    kind, _colon, key = payment.purpose.partition(":")
    if kind != "order":
        return None
    return Order.objects.filter(key=UUID(key)).select_related("buyer").first()


def _documents(sources: list[str]) -> list[Document]:
    found = Document.objects.filter(kind__in=["invoice", "credit_note"], source__in=sources).defer(
        "data"
    )
    return list(found.order_by("pk"))


def _newest(balance: Balance) -> list[Line]:
    lines = Line.objects.filter(account_id=balance.account_id).select_related("transfer")
    return list(lines.order_by("-pk")[:RECENT])
