"""Our side of the sandbox gateway: what `gateways/stripe.py` is to Stripe."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop as _

from market.payments.errors import GatewayRefused, GatewayUnavailable, SignatureRefused
from market.payments.gateways.base import (
    GatewayDispute,
    GatewayEvent,
    GatewayPayment,
    GatewayPayout,
    GatewayRefund,
    Listed,
    PaymentRequest,
    PayoutRequest,
    PayoutState,
    State,
    Subject,
)
from market.payments.gateways.measuring import measured
from market.payments.gateways.sandbox import signing, store
from market.payments.models import SandboxPayment, SandboxPayout, SandboxRefund, SandboxReport
from market.tenancy import hosts

Status = SandboxPayment.Status
_STATES = {
    Status.OPEN: State.PENDING,
    Status.NEEDS_STEP: State.PENDING,
    Status.SUCCEEDED: State.SUCCEEDED,
    Status.REFUNDED: State.SUCCEEDED,  # a refund is a fact of its own, as at the real ones
    Status.DECLINED: State.FAILED,
    Status.CANCELLED: State.CANCELLED,
}
PayoutStatus = SandboxPayout.Status
_PAYOUT_STATES = {
    PayoutStatus.SENT: PayoutState.PENDING,
    PayoutStatus.SETTLED: PayoutState.PAID,
    PayoutStatus.BOUNCED: PayoutState.FAILED,
}
# Each call that the real gateways measure too; their lists are read page by page, ours are rows.
_asked = measured("sandbox")


class SandboxGateway:
    """`sandbox://`; `sandbox://?fault=create,retrieve` acts on these calls and gives no answer."""

    name: ClassVar[str] = "sandbox"
    signature_header: ClassVar[str] = signing.HEADER

    @_asked
    def create(self, request: PaymentRequest) -> GatewayPayment:
        return self._answer("create", store.create(request).ref)

    @_asked
    def retrieve(self, ref: str) -> GatewayPayment:
        return self._answer("retrieve", ref)

    @_asked
    def cancel(self, ref: str) -> GatewayPayment:
        store.cancel(ref)
        return self._answer("cancel", ref)

    @_asked
    def refund(self, ref: str, *, cents: int, key: str) -> GatewayRefund:
        made = store.refund(ref, cents=cents, key=key)
        _fault("refund")
        return _refund(made)

    @_asked
    def retrieve_refund(self, ref: str) -> GatewayRefund:
        _fault("retrieve")
        made = SandboxRefund.objects.select_related("payment").filter(ref=ref).first()
        if made is None:
            raise GatewayRefused("No such refund.")
        return _refund(made)

    @_asked
    def pay_out(self, request: PayoutRequest) -> GatewayPayout:
        payout = store.pay_out(request)
        _fault("pay_out")
        return _payout(payout)

    @_asked
    def retrieve_payout(self, ref: str) -> GatewayPayout:
        _fault("retrieve")
        payout = SandboxPayout.objects.filter(ref=ref).first()
        if payout is None:
            raise GatewayRefused("No such payout.")
        return _payout(payout)

    @_asked
    def retrieve_dispute(self, ref: str) -> GatewayDispute:
        raise GatewayRefused("Nobody disputes a sandbox payment.")

    def list_charges(self, since: datetime, until: datetime) -> Iterator[Listed]:
        taken = SandboxPayment.objects.filter(status__in=(Status.SUCCEEDED, Status.REFUNDED))
        for one in taken.filter(created_at__gte=since, created_at__lt=until).order_by("pk"):
            yield _listed(one, currency=one.currency, state=State.SUCCEEDED)

    def list_refunds(self, since: datetime, until: datetime) -> Iterator[Listed]:
        refunds = SandboxRefund.objects.filter(created_at__gte=since, created_at__lt=until)
        for one in refunds.select_related("payment").order_by("pk"):
            yield _listed(one, currency=one.payment.currency, state=State.SUCCEEDED)

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[Listed]:
        payouts = SandboxPayout.objects.filter(created_at__gte=since, created_at__lt=until)
        for one in payouts.order_by("pk"):
            yield _listed(
                one, currency=one.currency, state=_PAYOUT_STATES[PayoutStatus(one.status)]
            )

    def list_events(self, since: datetime) -> Iterator[GatewayEvent]:
        reports = SandboxReport.objects.filter(created_at__gte=since).select_related("payment")
        for one in reports.order_by("pk"):
            payload = one.told
            yield GatewayEvent(
                event_id=payload["id"], kind=one.kind, ref=payload["payment"], payload=payload
            )

    def subject_of(self, kind: str) -> Subject:
        return Subject.PAYMENT if kind.startswith("payment.") else Subject.NOTHING

    def verify_webhook(self, body: bytes, signature: str) -> GatewayEvent:
        signing.verify(body, signature)
        try:
            payload = json.loads(body)
            event_id, kind = payload["id"], payload["type"]
            ref = payload.get("payment") or ""
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SignatureRefused from error
        if not all(isinstance(one, str) and len(one) <= 80 for one in (event_id, ref)):
            raise SignatureRefused
        return GatewayEvent(event_id=event_id, kind=str(kind)[:60], ref=ref, payload=payload)

    def _answer(self, call: str, ref: str) -> GatewayPayment:
        _fault(call)
        payment = SandboxPayment.objects.filter(ref=ref).first()
        if payment is None:
            raise GatewayRefused("No such payment.")
        return GatewayPayment(
            ref=payment.ref,
            key=payment.idempotency_key,
            state=_STATES[Status(payment.status)],
            cents=payment.cents,
            currency=payment.currency,
            pay_url=hosts.link("account", "payments:sandbox_pay", ref=payment.ref),
            failure=_("The card was declined.") if payment.status == Status.DECLINED else "",
        )


def _fault(call: str) -> None:
    """The call has acted; whether it answers is said by PAYMENTS_URL."""
    faults = parse_qs(urlsplit(settings.PAYMENTS_URL).query).get("fault", [""])[0]
    if call in faults.split(","):
        raise GatewayUnavailable


def _refund(made: SandboxRefund) -> GatewayRefund:
    return GatewayRefund(
        ref=made.ref,
        key=made.idempotency_key,
        state=State.SUCCEEDED,
        cents=made.cents,
        payment_ref=made.payment.ref,
    )


def _payout(payout: SandboxPayout) -> GatewayPayout:
    bounced = payout.status == PayoutStatus.BOUNCED
    return GatewayPayout(
        ref=payout.ref,
        key=payout.idempotency_key,
        state=_PAYOUT_STATES[PayoutStatus(payout.status)],
        cents=payout.cents,
        failure=_("The bank sent the money back.") if bounced else "",
    )


def _listed(
    one: SandboxPayment | SandboxRefund | SandboxPayout, *, currency: str, state: str
) -> Listed:
    return Listed(
        ref=one.ref,
        key=one.idempotency_key,
        cents=one.cents,
        currency=currency,
        state=state,
        created_at=one.created_at,
    )
