from django.db.models import Sum

from market.payments.models import Payment, PaymentRefund


def refundable_cents(payment: Payment) -> int:
    """What can still be given back of a payment: not what went back, or its bank took."""
    if payment.status != Payment.Status.SUCCEEDED:
        return 0
    alive = payment.refunds.exclude(status=PaymentRefund.Status.FAILED)
    back: int = alive.aggregate(cents=Sum("cents"))["cents"] or 0
    if payment.refunded_at is not None and not back:
        return 0  # given back whole, before parts were kept
    disputed = payment.disputes.filter(reversed_at__isnull=False, restored_at=None)
    taken: int = disputed.aggregate(cents=Sum("cents"))["cents"] or 0
    return max(0, (payment.paid_cents or 0) - back - taken)
