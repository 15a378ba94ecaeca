"""Where a buyer pays by Stripe: our page, Stripe's fields. What the browser says grants nothing."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.payments.errors import PaymentRefused
from market.payments.gateways.base import State
from market.payments.gateways.stripe.client import PAGE_SIGNER, StripeGateway
from market.payments.models import Payment


@never_cache
@require_safe
def stripe_pay(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link may pay; the order's page, where it leads, is the buyer's alone."""
    try:
        ref = PAGE_SIGNER.unsign(token)
    except BadSignature as error:
        raise Http404 from error
    payment = get_object_or_404(Payment, gateway=StripeGateway.name, gateway_ref=ref)
    try:
        form = StripeGateway().pay_form(ref)
    except PaymentRefused:
        return redirect(payment.return_url)  # its page says what is the matter
    if form.payment.state is not State.PENDING:
        return redirect(payment.return_url)
    context = {
        "payment": payment,
        "is_order": payment.purpose.startswith("order:"),
        "failure": form.payment.failure,
        "client_secret": form.client_secret,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "script": settings.STRIPE_SCRIPT_ADDRESS,
        "language": get_language(),
    }
    response = render(request, "payments/stripe_pay.html", context)
    response._csp_update = _csp()  # type: ignore[attr-defined]  # django-csp reads it
    return response


def _csp() -> dict[str, list[str]]:
    """What Stripe.js needs, on this page alone: https://docs.stripe.com/security/guide."""
    script = urlsplit(settings.STRIPE_SCRIPT_ADDRESS)
    origin = f"{script.scheme}://{script.netloc}"
    if script.netloc != "js.stripe.com":
        return {"script-src": [origin], "connect-src": [origin], "frame-src": [origin]}
    return {
        "script-src": [origin, "https://*.js.stripe.com"],
        "connect-src": ["https://api.stripe.com"],
        "frame-src": [origin, "https://*.js.stripe.com", "https://hooks.stripe.com"],
    }
