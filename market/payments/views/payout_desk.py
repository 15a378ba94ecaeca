"""Payout batches, on `staff.`: what is sent when, what is held, and what a person must do."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from market.core.pagination import BadCursor
from market.payments.errors import PayoutRefused
from market.payments.models import Payout, PayoutBatch
from market.payments.payout_forms import StepForm
from market.payments.selectors import payouts as reads
from market.payments.services import payout_steps
from market.users.http import UserRequest


@never_cache
@login_required
@permission_required(payout_steps.RUN, raise_exception=True)
@require_safe
def batches(request: UserRequest) -> HttpResponse:
    rows = [
        (
            batch,
            [(Payout.State(state), *sums[state]) for state in Payout.State.values if state in sums],
            sum(cents for _, cents in sums.values()),
        )
        for batch, sums in reads.batches()
    ]
    return render(request, "payments/payout_batches.html", {"rows": rows, "currency": "USD"})


@never_cache
@login_required
@permission_required(payout_steps.RUN, raise_exception=True)
@require_safe
def batch(request: UserRequest, period: str) -> HttpResponse:
    """`?state=` narrows it down."""
    found = get_object_or_404(PayoutBatch, period=period)
    state = request.GET.get("state", "")
    if state and state not in Payout.State.values:
        raise Http404
    try:
        page = reads.payouts_in(batch=found, state=state, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {"batch": found, "page": page, "state": state, "states": Payout.State.choices}
    return render(request, "payments/payout_batch.html", context)


@never_cache
@login_required
@permission_required(payout_steps.RUN, raise_exception=True)
@require_http_methods(["GET", "POST"])
def payout(request: UserRequest, payout_id: int) -> HttpResponse:
    found = reads.payout_by_id(payout_id)
    if found is None:
        raise Http404
    form = StepForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _step(form.cleaned_data["step"])(found, request, form.cleaned_data["words"])
        except PayoutRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is done, and stands in the timeline."))
            return redirect("payments:payout", payout_id=found.pk)
    context = {"payout": found, "events": reads.events_of(found), "form": form}
    return render(request, "payments/payout.html", context, status=422 if form.errors else 200)


def _step(name: str) -> Callable[[Payout, UserRequest, str], Payout]:
    return {
        "hold": lambda one, by, why: payout_steps.hold(payout=one, staff=by.user, reason=why),
        "release": lambda one, by, why: payout_steps.release(payout=one, staff=by.user, reason=why),
        "confirm": lambda one, by, why: payout_steps.confirm(
            payout=one, staff=by.user, reference=why
        ),
        "return": lambda one, by, why: payout_steps.send_back(
            payout=one, staff=by.user, reason=why
        ),
    }[name]
