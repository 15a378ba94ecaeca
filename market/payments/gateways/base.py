"""What we need of a payment gateway, and nothing more.

Every call may raise GatewayUnavailable (no answer: ask again with the same key, never guess) or
GatewayRefused (a definite no). None may be made inside a database transaction.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol


class State(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # definitely: it can't succeed any more
    CANCELLED = "cancelled"


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
class GatewayEvent:
    """A report. It says only what to ask about; `ref` is empty if it is about no payment."""

    event_id: str
    kind: str
    ref: str
    payload: dict[str, Any]


class Gateway(Protocol):
    name: ClassVar[str]
    signature_header: ClassVar[str]

    def create(self, request: PaymentRequest) -> GatewayPayment: ...

    def retrieve(self, ref: str) -> GatewayPayment: ...

    def cancel(self, ref: str) -> GatewayPayment:
        """Cancel it unless it is over; the answer says what it is now."""

    def refund(self, ref: str, *, key: str) -> None:
        """Give all of it back, once a key."""

    def verify_webhook(self, body: bytes, signature: str) -> GatewayEvent:
        """Raises SignatureRefused."""
