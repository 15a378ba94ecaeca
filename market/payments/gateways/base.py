"""What we need of a payment gateway, and nothing more.

Every call may raise GatewayUnavailable (no answer: ask again with the same key, never guess) or
GatewayRefused (a definite no). None may be made inside a database transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol


class State(StrEnum):
    """Of a payment or of a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # definitely: it can't succeed any more
    CANCELLED = "cancelled"


class PayoutState(StrEnum):
    PENDING = "pending"  # on its way, or the gateway waits for money
    PAID = "paid"
    FAILED = "failed"  # refused, or it came back


class Subject(StrEnum):
    """What a report is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    PAYOUT = "payout"
    DISPUTE = "dispute"
    NOTHING = "nothing"  # nothing that we act upon


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """`key` is the idempotency key: the same key makes (and answers with) the same payment."""

    key: str
    cents: int
    currency: str
    description: str
    return_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayment:
    """A payment as the gateway has it. `key` is ours, given back (Stripe: metadata)."""

    ref: str
    key: str
    state: State
    cents: int
    currency: str
    pay_url: str
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRefund:
    ref: str
    key: str
    state: State
    cents: int
    payment_ref: str
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRequest:
    """`destination` is the account at the gateway that the money goes to."""

    key: str
    cents: int
    currency: str
    destination: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPayout:
    ref: str
    key: str
    state: PayoutState
    cents: int
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayDispute:
    """A buyer's bank wants the money back, or only asks; it is open until somebody has won."""

    ref: str
    payment_ref: str
    cents: int
    currency: str
    status: str  # the gateway's word
    reason: str
    is_open: bool
    is_won: bool
    takes_money: bool  # not by a question, nor when it was won


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One movement of money in the gateway's own books. `key` is ours, or empty."""

    ref: str
    key: str
    cents: int
    currency: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayEvent:
    """A report. It says only what to ask about; `ref` is empty if it is about nothing of ours.

    `misfit` says why it must not be acted upon, though it is signed: of the test mode, or for
    another account.
    """

    event_id: str
    kind: str
    ref: str
    payload: dict[str, Any]
    misfit: str = ""


class Gateway(Protocol):
    name: ClassVar[str]
    signature_header: ClassVar[str]

    def create(self, request: PaymentRequest) -> GatewayPayment: ...

    def retrieve(self, ref: str) -> GatewayPayment: ...

    def cancel(self, ref: str) -> GatewayPayment:
        """Cancel it unless it is over; the answer says what it is now."""

    def refund(self, ref: str, *, cents: int, key: str) -> GatewayRefund:
        """Give a part of a payment back, once a key, however late it is repeated."""

    def retrieve_refund(self, ref: str) -> GatewayRefund: ...

    def pay_out(self, request: PayoutRequest) -> GatewayPayout:
        """Send money to somebody, once a key, however late it is repeated."""

    def retrieve_payout(self, ref: str) -> GatewayPayout: ...

    def retrieve_dispute(self, ref: str) -> GatewayDispute: ...

    def list_charges(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """What was taken, by the payments' refs; made at or after `since`, before `until`."""

    def list_refunds(self, since: datetime, until: datetime) -> Iterator[Listed]: ...

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[Listed]: ...

    def list_events(self, since: datetime) -> Iterator[GatewayEvent]:
        """What it has reported since then, heard by us or not."""

    def subject_of(self, kind: str) -> Subject:
        """What an event of this kind is about."""

    def verify_webhook(self, body: bytes, signature: str) -> GatewayEvent:
        """Raises SignatureRefused."""
