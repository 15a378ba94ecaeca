"""Our side of the sandbox gateway: what `gateways/stripe.py` is to Stripe."""

import json
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from market.payments.errors import GatewayRefused, GatewayUnavailable, SignatureRefused
from market.payments.gateways.base import GatewayEvent, GatewayPayment, PaymentRequest, State
from market.payments.gateways.sandbox import signing, store
from market.payments.models import SandboxPayment
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


class SandboxGateway:
    """`sandbox://`; `sandbox://?fault=create,retrieve` acts on these calls and gives no answer."""

    name: ClassVar[str] = "sandbox"
    signature_header: ClassVar[str] = signing.HEADER

    def create(self, request: PaymentRequest) -> GatewayPayment:
        return self._answer("create", store.create(request).ref)

    def retrieve(self, ref: str) -> GatewayPayment:
        return self._answer("retrieve", ref)

    def cancel(self, ref: str) -> GatewayPayment:
        store.cancel(ref)
        return self._answer("cancel", ref)

    def refund(self, ref: str, *, key: str) -> None:
        store.refund(ref)  # a payment is given back whole, so once: `key` adds nothing
        self._answer("refund", ref)

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
        faults = parse_qs(urlsplit(settings.PAYMENTS_URL).query).get("fault", [""])[0]
        if call in faults.split(","):
            raise GatewayUnavailable
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
            failure="The card was declined." if payment.status == Status.DECLINED else "",
        )
