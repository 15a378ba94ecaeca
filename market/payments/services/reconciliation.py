"""The gateway's books against ours, both ways: a case for each difference, opened once.

What the gateway lists is looked up here, whenever we made it; what we made in that time and it did
not list, it is asked for by name. So no movement is missed because two clocks drew the line between
two days differently.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db.models import QuerySet

from market.payments.errors import GatewayRefused
from market.payments.gateways import gateway
from market.payments.gateways.base import Gateway, Listed, State
from market.payments.models import (
    Payment,
    PaymentRefund,
    Payout,
    ReconciliationCase,
    Transfer,
)
from market.payments.services.cases import open_difference

Kind = ReconciliationCase.Kind
BATCH = 200
_Keyed = TypeVar("_Keyed", PaymentRefund, Payout)
_Row = TypeVar("_Row", Payment, PaymentRefund, Payout)
_ARRIVED = (Transfer.Kind.PAYMENT, Transfer.Kind.DEPOSIT)


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str
    ref: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    compared: int
    differences: int
    opened: int  # of these, the ones that were not known yet


def reconcile(*, gateway_name: str, since: datetime, until: datetime) -> Result:
    """Compare what moved at or after `since` and before `until`. Raises GatewayUnavailable.

    Leave out the last hour: what is on its way is no difference.
    """
    there = gateway(gateway_name)
    compared, found = 0, list[Difference]()
    for check in (_charges, _refunds, _payouts):
        count, differences = check(there, since, until)
        compared += count
        found += differences
    opened = sum(
        open_difference(gateway=gateway_name, kind=one.kind, ref=one.ref, note=one.note)
        for one in found
    )
    return Result(compared=compared, differences=len(found), opened=opened)


def _charges(there: Gateway, since: datetime, until: datetime) -> tuple[int, list[Difference]]:
    found: list[Difference] = []
    listed: set[str] = set()
    for batch in _batches(there.list_charges(since, until)):
        listed |= {one.ref for one in batch}
        rows = Payment.objects.filter(
            gateway=there.name, gateway_ref__in=[one.ref for one in batch]
        )
        ours = {one.gateway_ref: one for one in rows}
        booked = _booked(ours.values())
        for one in batch:
            found += _charge(one, ours.get(one.ref), booked)
    made = Payment.objects.filter(
        gateway=there.name,
        status=Payment.Status.SUCCEEDED,
        created_at__gte=since,
        created_at__lt=until,
    )
    for payment in _unlisted(made, listed):
        if not _is_taken(there, payment.gateway_ref or ""):
            found.append(
                Difference(Kind.CHARGE_MISSING, payment.idempotency_key, f"{payment.gateway_ref}")
            )
    return len(listed), found


def _charge(one: Listed, ours: Payment | None, booked: set[int]) -> Iterator[Difference]:
    if ours is None:
        yield Difference(Kind.CHARGE_UNKNOWN, one.ref, f"{one.cents} {one.currency}")
        return
    if ours.status == Payment.Status.SUCCEEDED:
        here = (ours.paid_cents, ours.paid_currency)
        if here != (one.cents, one.currency):
            note = f"{one.cents} {one.currency} there, {here[0]} {here[1]} here"
            yield Difference(Kind.CHARGE_DIFFERS, one.ref, note)
    if ours.pk not in booked:
        yield Difference(Kind.CHARGE_UNBOOKED, one.ref, f"{ours} is {ours.status} here")


def _booked(payments: Iterable[Payment]) -> set[int]:
    """Those whose arrival is in the ledger: for an order, as a deposit, or for nothing yet."""
    named = {
        source: one.pk
        for one in payments
        if one.settled_at is not None
        for source in (one.purpose, f"payment:{one.pk}", f"deposit:{one.pk}")
    }
    there = Transfer.objects.filter(source__in=named, kind__in=_ARRIVED)
    return {named[source] for source in there.values_list("source", flat=True)}


def _is_taken(there: Gateway, ref: str) -> bool:
    try:
        return there.retrieve(ref).state is State.SUCCEEDED
    except GatewayRefused:
        return False


def _refunds(there: Gateway, since: datetime, until: datetime) -> tuple[int, list[Difference]]:
    found: list[Difference] = []
    listed: set[str] = set()
    for batch in _batches(there.list_refunds(since, until)):
        listed |= {one.ref for one in batch}
        ours = _by_key(PaymentRefund.objects.filter(payment__gateway=there.name), batch)
        for one in batch:
            refund = ours.get(one.key)
            if refund is None:
                note = f"{one.cents} {one.currency}"
                found.append(Difference(Kind.REFUND_UNKNOWN, one.ref, note))
            elif (refund.cents, refund.currency) != (one.cents, one.currency):
                note = f"{one.cents} {one.currency} there, {refund.cents} here"
                found.append(Difference(Kind.REFUND_DIFFERS, one.ref, note))
            elif one.state == State.FAILED and refund.status != PaymentRefund.Status.FAILED:
                found.append(Difference(Kind.REFUND_FAILED, refund.source, one.ref))
    made = PaymentRefund.objects.filter(
        payment__gateway=there.name,
        status__in=(PaymentRefund.Status.PENDING, PaymentRefund.Status.SUCCEEDED),
        created_at__gte=since,
        created_at__lt=until,
    )
    for refund in _unlisted(made, listed):
        try:
            there.retrieve_refund(refund.gateway_ref or "")
        except GatewayRefused as refusal:
            found.append(Difference(Kind.REFUND_MISSING, refund.source, str(refusal)))
    return len(listed), found


def _payouts(there: Gateway, since: datetime, until: datetime) -> tuple[int, list[Difference]]:
    found: list[Difference] = []
    listed: set[str] = set()
    for batch in _batches(there.list_payouts(since, until)):
        listed |= {one.ref for one in batch}
        ours = _by_key(Payout.objects.filter(gateway=there.name), batch)
        for one in batch:
            payout = ours.get(one.key)
            if payout is None:
                note = f"{one.cents} {one.currency}"
                found.append(Difference(Kind.PAYOUT_UNKNOWN, one.ref, note))
            elif (payout.cents, payout.currency) != (one.cents, one.currency):
                note = f"{one.cents} {one.currency} there, {payout.cents} here"
                found.append(Difference(Kind.PAYOUT_DIFFERS, one.ref, note))
    made = Payout.objects.filter(
        gateway=there.name,
        state__in=(Payout.State.SENT, Payout.State.SETTLED),
        asked_at__gte=since,
        asked_at__lt=until,
    )
    for payout in _unlisted(made, listed):
        try:
            there.retrieve_payout(payout.gateway_ref or "")
        except GatewayRefused as refusal:
            found.append(Difference(Kind.PAYOUT_MISSING, payout.source, str(refusal)))
    return len(listed), found


def _by_key(rows: QuerySet[_Keyed], batch: list[Listed]) -> dict[str, _Keyed]:
    found = rows.filter(idempotency_key__in=[one.key for one in batch])
    return {one.idempotency_key: one for one in found}


def _unlisted(rows: QuerySet[_Row], listed: set[str]) -> Iterator[_Row]:
    for one in rows.order_by("pk").iterator(chunk_size=BATCH):
        if one.gateway_ref not in listed:
            yield one


def _batches(listed: Iterator[Listed]) -> Iterator[list[Listed]]:
    while batch := list(islice(listed, BATCH)):
        yield batch
