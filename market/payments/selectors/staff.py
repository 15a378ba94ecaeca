"""What waits for staff, and what staff did."""

from collections.abc import Sequence

from market.payments.models import Adjustment, PaymentCase, ReconciliationCase, StaffAct

SHOWN = 50


def open_adjustments() -> list[Adjustment]:
    """Some thousands of adjustments are ever made: those without a decision are soon found."""
    waiting = Adjustment.objects.filter(decision=None).select_related("user", "requested_by")
    return list(waiting.order_by("-pk")[:SHOWN])


def adjustments_of(user_id: int) -> list[Adjustment]:
    made = Adjustment.objects.filter(user_id=user_id)
    made = made.select_related("requested_by", "decision__decided_by")
    return list(made.order_by("-pk")[:SHOWN])


def open_payment_cases() -> list[PaymentCase]:
    """The oldest first."""
    waiting = PaymentCase.objects.filter(resolved_at=None).select_related("payment")
    return list(waiting.order_by("opened_at")[:SHOWN])


def open_differences() -> list[ReconciliationCase]:
    waiting = ReconciliationCase.objects.filter(resolved_at=None)
    return list(waiting.order_by("opened_at")[:SHOWN])


def acts_about(subjects: Sequence[str]) -> list[StaffAct]:
    done = StaffAct.objects.filter(subject__in=subjects).select_related("staff")
    return list(done.order_by("pk"))


def case_of(kind: str, pk: int) -> PaymentCase | ReconciliationCase | None:
    """`payment`, or `difference` between a gateway and our books."""
    if kind == "payment":
        return PaymentCase.objects.filter(pk=pk).select_related("payment").first()
    return ReconciliationCase.objects.filter(pk=pk).first() if kind == "difference" else None
