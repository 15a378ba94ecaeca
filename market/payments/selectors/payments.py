from market.payments.models import Payment, PaymentCase


def last_payment(purpose: str) -> Payment | None:
    """The latest attempt to be paid for something."""
    payments = Payment.objects.filter(purpose=purpose).select_related("case")
    return payments.order_by("-attempt").first()


def has_case(gateway_ref: str) -> bool:
    """Whether this payment is left to staff: then nothing books it by itself."""
    return PaymentCase.objects.filter(payment__gateway_ref=gateway_ref).exists()
