"""What this Stripe knows, and its rules. Called by one request at a time."""

import itertools
import secrets
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

Json = dict[str, Any]
API_VERSION = "2026-10-28.endive"
# https://docs.stripe.com/testing: payment methods that end in a decline, by its decline code
DECLINES = {
    "pm_card_visa_chargeDeclined": "generic_decline",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_visa_chargeDeclinedLostCard": "lost_card",
    "pm_card_visa_chargeDeclinedStolenCard": "stolen_card",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "pm_card_chargeDeclinedIncorrectCvc": "incorrect_cvc",
    "pm_card_chargeDeclinedProcessingError": "processing_error",
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": "card_velocity_exceeded",
}
# For the codes that have no test card of their own.
ANY_DECLINE = "pm_card_declined_"
# Errors that have a code of their own; all others are `card_declined`
# (https://docs.stripe.com/declines/codes).
OWN_CODES = ("expired_card", "incorrect_cvc", "processing_error", "incorrect_number")
WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")
CREATE = {
    "amount", "currency", "description", "metadata", "allowed_payment_method_types",
    "automatic_payment_methods", "confirm", "payment_method", "transfer_group",
}  # fmt: skip


class StripeError(Exception):
    """https://docs.stripe.com/api/errors: HTTP status, type, code, and a message."""

    def __init__(self, status: int, kind: str, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message, **more}}


def invalid(code: str, message: str, status: int = 400) -> StripeError:
    return StripeError(status, "invalid_request_error", code, message)


class Books:
    def __init__(self, tell: Callable[[Json], None]) -> None:
        self.things: dict[str, dict[str, Json]] = {
            kind: {}
            for kind in (
                "payment_intent", "charge", "refund", "transfer", "dispute", "event",
            )
        }  # fmt: skip
        self.livemode = False
        self.available_cents = 100_000_000
        self._tell = tell
        self._numbers = itertools.count(1)

    # -- payments ---------------------------------------------------------------------------
    def create_intent(self, asked: Json) -> Json:
        if "payment_method_types" in asked:
            # https://docs.stripe.com/changelog/endive/2026-09-30/
            #   removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
            raise invalid("payment_method_types_no_longer_supported", "Use allowed_… instead.")
        unknown = asked.keys() - CREATE
        if unknown:  # https://docs.stripe.com/error-codes#parameter-unknown
            raise invalid("parameter_unknown", f"Received unknown parameter: {min(unknown)}")
        if int(asked.get("amount", 0)) < 50:
            # https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
            raise invalid("amount_too_small", "Amount must be at least $0.50 usd")
        intent = self._new("payment_intent", "pi", asked["currency"], int(asked["amount"])) | {
            "amount_received": 0,
            "description": asked.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "payment_method": None,
            "payment_method_types": ["card"],
            "metadata": asked.get("metadata", {}),
            "status": "requires_payment_method",
        }
        intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(8)}"
        self._put(intent)
        self.report("payment_intent.created", intent)
        return intent

    def confirm(self, ref: str, asked: Json) -> Json:
        """https://docs.stripe.com/payments/paymentintents/lifecycle."""
        intent = self.get("payment_intent", ref)
        if intent["status"] not in WAITING:
            raise invalid(
                "payment_intent_unexpected_state",
                f"This PaymentIntent's status is {intent['status']}.",
            )
        method = asked.get("payment_method", "pm_card_visa")
        intent["payment_method"] = method
        code = DECLINES.get(method) or (
            method.removeprefix(ANY_DECLINE) if method.startswith(ANY_DECLINE) else ""
        )
        if code:
            self._decline(intent, code)
        if method == "pm_card_authenticationRequired":
            # "requires_action": https://docs.stripe.com/payments/3d-secure/authentication-flow
            intent["status"] = "requires_action"
            self.report("payment_intent.requires_action", intent)
            return intent
        return self._charge(intent)

    def authenticate(self, ref: str, *, passes: bool = True) -> Json:
        """What the buyer does at his bank."""
        intent = self.get("payment_intent", ref)
        if intent["status"] != "requires_action":
            raise invalid("payment_intent_unexpected_state", "Nothing to confirm.")
        if passes:
            return self._charge(intent)
        # https://docs.stripe.com/error-codes#payment-intent-authentication-failure
        intent["last_payment_error"] = {
            "type": "invalid_request_error", "code": "payment_intent_authentication_failure",
        }  # fmt: skip
        intent["status"] = "requires_payment_method"
        self.report("payment_intent.payment_failed", intent)
        return intent

    def cancel(self, ref: str) -> Json:
        """https://docs.stripe.com/api/payment_intents/cancel: only in these states."""
        intent = self.get("payment_intent", ref)
        if intent["status"] not in WAITING:
            raise invalid(
                "payment_intent_unexpected_state",
                f"You cannot cancel this PaymentIntent: it is {intent['status']}.",
            )
        intent["status"] = "canceled"
        self.report("payment_intent.canceled", intent)
        return intent

    def _decline(self, intent: Json, code: str) -> None:
        """https://docs.stripe.com/payments/paymentintents/lifecycle: another card may be tried."""
        error = {
            "type": "card_error",
            "code": code if code in OWN_CODES else "card_declined",
            "decline_code": code,
            "message": "Your card was declined.",
        }
        intent["last_payment_error"] = error
        intent["status"] = "requires_payment_method"
        self.report("payment_intent.payment_failed", intent)
        raise StripeError(402, **_renamed(error), payment_intent=deepcopy(intent))

    def _charge(self, intent: Json) -> Json:
        charge = self._new("charge", "ch", intent["currency"], intent["amount"]) | {
            "amount_refunded": 0,
            "disputed": False,
            # A copy at this moment: https://docs.stripe.com/api/charges/object#metadata
            "metadata": dict(intent["metadata"]),
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method": intent["payment_method"],
            "refunded": False,
            "status": "succeeded",
        }
        self._put(charge)
        intent |= {
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "latest_charge": charge["id"],
            "status": "succeeded",
        }
        self.report("charge.succeeded", charge)
        self.report("payment_intent.succeeded", intent)
        return intent

    # -- refunds ----------------------------------------------------------------------------
    def create_refund(self, asked: Json) -> Json:
        """https://docs.stripe.com/api/refunds/create."""
        intent = self.get("payment_intent", asked.get("payment_intent", ""))
        if intent["status"] != "succeeded":
            raise invalid("payment_intent_unexpected_state", "It has no successful charge.")
        charge = self.get("charge", intent["latest_charge"])
        left = charge["amount"] - charge["amount_refunded"]
        cents = int(asked.get("amount", left))
        if charge["disputed"]:  # https://docs.stripe.com/error-codes#charge-disputed
            raise invalid("charge_disputed", "The charge has been charged back.")
        if not left:  # https://docs.stripe.com/error-codes#charge-already-refunded
            raise invalid("charge_already_refunded", "Charge has already been refunded.")
        if not 0 < cents <= left:
            raise invalid("amount_too_large", "Refund amount is greater than unrefunded amount.")
        # https://docs.stripe.com/testing#refunds: cards whose refunds wait, or fail later
        waits = charge["payment_method"] == "pm_card_pendingRefund"
        refund = self._new("refund", "re", charge["currency"], cents) | {
            "charge": charge["id"],
            "metadata": asked.get("metadata", {}),
            "payment_intent": intent["id"],
            "status": "pending" if waits else "succeeded",
        }
        del refund["livemode"]  # a refund has none: https://docs.stripe.com/api/refunds/object
        charge["amount_refunded"] += cents
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._put(refund)
        self.report("charge.refunded", charge)
        self.report("refund.created", refund)
        return refund

    def finish_refund(self, ref: str, *, failure: str = "") -> Json:
        """https://docs.stripe.com/refunds#failed-refunds: the money comes back to our balance."""
        refund = self.get("refund", ref)
        refund["status"] = "failed" if failure else "succeeded"
        if failure:
            refund["failure_reason"] = failure
            self.get("charge", refund["charge"])["amount_refunded"] -= refund["amount"]
        self.report("refund.failed" if failure else "refund.updated", refund)
        return refund

    # -- transfers --------------------------------------------------------------------------
    def create_transfer(self, asked: Json) -> Json:
        """https://docs.stripe.com/api/transfers/create."""
        destination, cents = asked.get("destination", ""), int(asked["amount"])
        if not destination.startswith("acct_"):
            raise invalid("resource_missing", f"No such destination: '{destination}'")
        if cents > self.available_cents:  # https://docs.stripe.com/error-codes#balance-insufficient
            raise invalid("balance_insufficient", "You have insufficient funds.")
        self.available_cents -= cents
        transfer = self._new("transfer", "tr", asked["currency"], cents) | {
            "amount_reversed": 0,
            "description": asked.get("description"),
            "destination": destination,
            "metadata": asked.get("metadata", {}),
            "reversed": False,
            "transfer_group": asked.get("transfer_group"),
        }
        self._put(transfer)
        self.report("transfer.created", transfer)
        return transfer

    def reverse_transfer(self, ref: str) -> Json:
        """https://docs.stripe.com/connect/separate-charges-and-transfers#reverse-transfers."""
        transfer = self.get("transfer", ref)
        transfer |= {"amount_reversed": transfer["amount"], "reversed": True}
        self.available_cents += transfer["amount"]
        self.report("transfer.reversed", transfer)
        return transfer

    # -- disputes ---------------------------------------------------------------------------
    def open_dispute(self, intent_ref: str, *, inquiry: bool = False) -> Json:
        """https://docs.stripe.com/disputes/how-disputes-work: an inquiry moves no money yet."""
        intent = self.get("payment_intent", intent_ref)
        charge = self.get("charge", intent["latest_charge"])
        dispute = self._new("dispute", "du", charge["currency"], charge["amount"]) | {
            "charge": charge["id"],
            "payment_intent": intent_ref,
            "reason": "fraudulent",
            "status": "warning_needs_response" if inquiry else "needs_response",
            "metadata": {},
        }
        self._put(dispute)
        self.report("charge.dispute.created", dispute)
        if not inquiry:
            charge["disputed"] = True
            self.report("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def close_dispute(self, ref: str, status: str) -> Json:
        """`won`, `lost` or `warning_closed`: https://docs.stripe.com/api/disputes/object."""
        dispute = self.get("dispute", ref)
        dispute["status"] = status
        if status == "won":
            self.report("charge.dispute.funds_reinstated", dispute)
        self.report("charge.dispute.closed", dispute)
        return dispute

    # -- all of them ------------------------------------------------------------------------
    def get(self, kind: str, ref: str) -> Json:
        try:
            return self.things[kind][ref]
        except KeyError:
            # https://docs.stripe.com/error-codes#resource-missing
            raise invalid("resource_missing", f"No such {kind}: '{ref}'", 404) from None

    def list(self, kind: str, asked: Json) -> Json:
        """https://docs.stripe.com/api/pagination: the newest first, after `starting_after`."""
        found = list(reversed(self.things[kind].values()))
        for field in ("payment_intent", "transfer_group", "charge"):
            if field in asked:
                found = [one for one in found if one.get(field) == asked[field]]
        created = asked.get("created", {})
        found = [
            one
            for one in found
            if int(created.get("gte", 0)) <= one["created"] < int(created.get("lt", 1 << 40))
        ]
        after = asked.get("starting_after")
        if after:
            found = found[[one["id"] for one in found].index(after) + 1 :]
        limit = int(asked.get("limit", 10))
        return {
            "object": "list", "data": found[:limit], "has_more": len(found) > limit,
            "url": f"/v1/{kind}s",
        }  # fmt: skip

    def report(self, kind: str, thing: Json) -> Json:
        """https://docs.stripe.com/api/events/object: a snapshot of the thing as it is now."""
        event = self._new("event", "evt", "", 0) | {
            "api_version": API_VERSION,
            "data": {"object": deepcopy(thing)},
            "pending_webhooks": 1,
            "type": kind,
        }
        for field in ("amount", "currency"):
            del event[field]
        self._put(event)
        self._tell(event)
        return event

    def _new(self, kind: str, prefix: str, currency: str, cents: int) -> Json:
        return {
            "id": f"{prefix}_{next(self._numbers):08d}{secrets.token_hex(6)}",
            "object": kind,
            "amount": cents,
            "created": int(time.time()),
            "currency": currency,
            "livemode": self.livemode,
        }

    def _put(self, thing: Json) -> None:
        self.things[thing["object"]][thing["id"]] = thing


def _renamed(error: Json) -> Json:
    return {"kind" if name == "type" else name: value for name, value in error.items()}
