"""The only module that asks Stripe for anything, by its official SDK.

Each call that moves money carries an idempotency key which was stored before. Stripe forgets keys
after 24 hours (https://docs.stripe.com/api/idempotent_requests), so what may be repeated later is
looked for first: a refund among its payment's, a transfer by its group.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import stripe
from django.core.signing import Signer

from market.payments.errors import GatewayRefused
from market.payments.gateways.base import (
    GatewayDispute,
    GatewayEvent,
    GatewayPayment,
    GatewayPayout,
    GatewayRefund,
    Listed,
    PaymentRequest,
    PayoutRequest,
    Subject,
)
from market.payments.gateways.stripe import answers, reports
from market.payments.gateways.stripe.connection import asking, client
from market.tenancy import hosts

PAGE = 100
# Whoever has the link may pay; it says nothing about who bought what.
PAGE_SIGNER = Signer(salt="stripe-pay")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayForm:
    """What the browser needs to pay: never stored, never logged."""

    client_secret: str
    payment: GatewayPayment


class StripeGateway:
    """`stripe://`; its keys, mode, version and address are settings of their own."""

    name: ClassVar[str] = "stripe"
    signature_header: ClassVar[str] = reports.HEADER

    def create(self, request: PaymentRequest) -> GatewayPayment:
        with asking():
            intent = client().v1.payment_intents.create(
                {
                    "amount": request.cents,
                    "currency": request.currency.lower(),
                    "description": request.description,
                    "metadata": {answers.KEY: request.key},
                    # Cards and their wallets: means that pay days later would outlive the order.
                    "allowed_payment_method_types": ["card"],
                },
                {"idempotency_key": request.key},
            )
        return _payment(intent)

    def retrieve(self, ref: str) -> GatewayPayment:
        return _payment(_intent(ref))

    def pay_form(self, ref: str) -> PayForm:
        intent = _intent(ref)
        return PayForm(client_secret=intent.client_secret or "", payment=_payment(intent))

    def cancel(self, ref: str) -> GatewayPayment:
        with asking():
            try:
                # Cancelling twice changes nothing: the SDK's own key for this one call will do.
                return _payment(client().v1.payment_intents.cancel(ref))
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
        return self.retrieve(ref)

    def refund(self, ref: str, *, cents: int, key: str) -> GatewayRefund:
        with asking():
            made = client().v1.refunds.list({"payment_intent": ref, "limit": PAGE})
            for one in made.auto_paging_iter():
                if answers.key_of(one) == key:
                    return answers.refund_of(one)
            refund = client().v1.refunds.create(
                {"payment_intent": ref, "amount": cents, "metadata": {answers.KEY: key}},
                {"idempotency_key": key},
            )
        return answers.refund_of(refund)

    def retrieve_refund(self, ref: str) -> GatewayRefund:
        with asking():
            return answers.refund_of(client().v1.refunds.retrieve(ref))

    def pay_out(self, request: PayoutRequest) -> GatewayPayout:
        with asking():
            made = client().v1.transfers.list({"transfer_group": request.key, "limit": 1})
            if made.data:
                return answers.payout_of(made.data[0])
            transfer = client().v1.transfers.create(
                {
                    "amount": request.cents,
                    "currency": request.currency.lower(),
                    "destination": request.destination,
                    "description": request.description,
                    "transfer_group": request.key,
                    "metadata": {answers.KEY: request.key},
                },
                {"idempotency_key": request.key},
            )
        return answers.payout_of(transfer)

    def retrieve_payout(self, ref: str) -> GatewayPayout:
        with asking():
            return answers.payout_of(client().v1.transfers.retrieve(ref))

    def retrieve_dispute(self, ref: str) -> GatewayDispute:
        with asking():
            return answers.dispute_of(client().v1.disputes.retrieve(ref))

    def list_charges(self, since: datetime, until: datetime) -> Iterator[Listed]:
        with asking():
            found = client().v1.charges.list({"created": _span(since, until), "limit": PAGE})
            for one in found.auto_paging_iter():
                if one.status == "succeeded":
                    yield answers.listed(one, ref=answers.id_of(one.payment_intent))

    def list_refunds(self, since: datetime, until: datetime) -> Iterator[Listed]:
        with asking():
            found = client().v1.refunds.list({"created": _span(since, until), "limit": PAGE})
            for one in found.auto_paging_iter():
                yield answers.listed(one)

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[Listed]:
        with asking():
            found = client().v1.transfers.list({"created": _span(since, until), "limit": PAGE})
            for one in found.auto_paging_iter():
                yield answers.listed(one)

    def list_events(self, since: datetime) -> Iterator[GatewayEvent]:
        with asking():
            created: stripe.params.EventListParamsCreated = {"gte": int(since.timestamp())}
            found = client().v1.events.list({"created": created, "limit": PAGE})
            for one in found.auto_paging_iter():
                yield reports.event_of(one.to_dict())

    def subject_of(self, kind: str) -> Subject:
        return reports.subject_of(kind)

    def verify_webhook(self, body: bytes, signature: str) -> GatewayEvent:
        return reports.verify(body, signature)


def _intent(ref: str) -> stripe.PaymentIntent:
    with asking():
        return client().v1.payment_intents.retrieve(ref)


def _payment(intent: stripe.PaymentIntent) -> GatewayPayment:
    page = hosts.link("account", "payments:stripe_pay", token=PAGE_SIGNER.sign(intent.id))
    return answers.payment_of(intent, page)


def _span(since: datetime, until: datetime) -> stripe.params.ChargeListParamsCreated:
    if until <= since:
        raise GatewayRefused("There is no time between these two.")
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
