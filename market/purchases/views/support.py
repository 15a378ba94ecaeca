"""More support for what was bought earlier, on `account.`."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.purchases.errors import OrderRefused
from market.purchases.forms import SupportOrderForm
from market.purchases.models import Purchase
from market.purchases.selectors.support import support_offers, supported_purchase
from market.purchases.services.support_orders import place_support_order, support_quote
from market.purchases.views.bills import Bill, asked_bill, usual_bill
from market.purchases.views.checkout import to_gateway
from market.users.http import UserRequest


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def support(request: UserRequest, code: UUID) -> HttpResponse:
    purchase = supported_purchase(buyer=request.user, code=code)
    if purchase is None:
        raise Http404
    bill = asked_bill(request) if request.method == "POST" else usual_bill(request)
    form = SupportOrderForm(request.POST or None)
    if "show" in request.POST or not form.is_valid() or bill.form.errors:
        return _show(request, purchase, bill)
    try:
        placed = place_support_order(purchase=purchase, billing=bill.billing, **form.cleaned_data)
    except OrderRefused as refusal:
        return _show(request, purchase, bill, refusal)
    return to_gateway(placed)


def _show(
    request: UserRequest, purchase: Purchase, bill: Bill, refusal: OrderRefused | None = None
) -> HttpResponse:
    offer = support_offers([purchase]).get(purchase.pk)
    tax = bill.billing.tax()
    context = {
        "purchase": purchase,
        "offer": offer,
        "quote": support_quote(offer, tax) if offer else None,
        "tax": tax,
        "form": bill.form,
        "billing": bill.billing,
        "key": uuid4(),
        "refusal": refusal,
    }
    is_wrong = refusal or bill.form.errors
    return render(request, "purchases/support.html", context, status=422 if is_wrong else 200)
