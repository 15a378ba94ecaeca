from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.payments.calculator_form import CalculatorForm
from market.payments.earnings import estimate
from market.payments.pricing import lifetime_sales_cents
from market.tenancy.http import HostRequest
from market.users.models import Profile


@never_cache
@require_safe
def calculator(request: HostRequest) -> HttpResponse:
    """For everybody; whoever sells already finds the own exclusivity and sales filled in."""
    form = CalculatorForm(request.GET, first=_first(request))
    found = estimate(form.plan()) if form.is_valid() else None
    context = {"form": form, "estimate": found}
    return render(request, "payments/calculator.html", context, status=422 if form.errors else 200)


def _first(request: HostRequest) -> dict[str, str]:
    first: dict[str, str] = {
        "site": "themes", "price": "20", "sold": "0", "exclusive": "yes", "country": "",
    }  # fmt: skip
    if request.user.is_authenticated:
        profile = Profile.objects.filter(pk=request.user.pk).first()
        if profile is not None:
            sold = lifetime_sales_cents(profile.pk)
            first["sold"] = f"{sold // 100}.{sold % 100:02}"
            first["exclusive"] = "yes" if profile.is_exclusive else "no"
    return first
