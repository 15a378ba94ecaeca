"""The gateway's own page, where the buyer decides. Nothing here is ours to rely on."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import SandboxPayment


class SandboxForm(forms.Form):
    outcome = forms.ChoiceField(choices=[(one.value, one.value) for one in Outcome])
    # Acts, and then gives the browser no answer: the connection is lost at the worst moment.
    times_out = forms.BooleanField(required=False)


@never_cache
@require_http_methods(["GET", "POST"])
def sandbox_pay(request: HttpRequest, ref: str) -> HttpResponse:
    payment = get_object_or_404(SandboxPayment, ref=ref)
    form = SandboxForm(request.POST or None)
    if form.is_valid():
        store.decide(ref, Outcome(form.cleaned_data["outcome"]))
        if form.cleaned_data["times_out"]:
            return render(request, "payments/sandbox_timeout.html", status=504)
        return redirect("payments:sandbox_pay", ref=ref)
    if payment.status not in store.UNDECIDED:
        return redirect(payment.return_url)
    context = {"payment": payment, "second_step": payment.status == store.Status.NEEDS_STEP}
    return render(request, "payments/sandbox_pay.html", context, status=422 if form.errors else 200)
