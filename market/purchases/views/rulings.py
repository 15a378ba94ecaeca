"""Disputed requests for money back, on `staff.`."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from market.core.pagination import BadCursor
from market.payments.errors import PaymentRefused
from market.purchases.errors import RefundRefused
from market.purchases.models import BuyerHold
from market.purchases.refund_forms import LiftForm, RulingForm
from market.purchases.selectors import refunds as reads
from market.purchases.services import refund_requests as services
from market.purchases.services import reversals
from market.users.http import UserRequest


@never_cache
@login_required
@permission_required(services.DECIDE, raise_exception=True)
@require_safe
def staff_refunds(request: UserRequest) -> HttpResponse:
    """What waits for a ruling, the newest first; `?ruled=1` shows what was decided."""
    waiting = request.GET.get("ruled", "") != "1"
    try:
        page = reads.requests_for_staff(waiting=waiting, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {"page": page, "waiting": waiting}
    return render(request, "purchases/staff_refunds.html", context)


@never_cache
@login_required
@permission_required(services.DECIDE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def staff_refund(request: UserRequest, request_id: int) -> HttpResponse:
    found = reads.request_by_id(request_id)
    if found is None:
        raise Http404
    form = RulingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        for_buyer = form.cleaned_data["ruling"] == "buyer"
        words = form.cleaned_data["words"]
        try:
            services.rule(request=found, staff=request.user, for_buyer=for_buyer, words=words)
        except (RefundRefused, PaymentRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is decided, and both sides are told."))
            return redirect("purchases:staff_refund", request_id=found.pk)
    context = {
        "asked": found,
        "events": reads.events_of(found),
        "refund": reads.refund_of(found),
        "form": form,
        "role": "staff",
    }
    return render(request, "purchases/refund.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@permission_required(services.DECIDE, raise_exception=True)
@require_safe
def holds(request: UserRequest) -> HttpResponse:
    """Buyers whose bank took a payment back, and who may not buy until that is settled."""
    try:
        page = reads.open_holds(cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    return render(request, "purchases/holds.html", {"page": page})


@never_cache
@login_required
@permission_required(services.DECIDE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def hold_lift(request: UserRequest, hold_id: int) -> HttpResponse:
    """Asks why, then lets the buyer buy again."""
    hold = get_object_or_404(BuyerHold.objects.select_related("buyer"), pk=hold_id)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reversals.lift_hold(hold=hold, staff=request.user, **form.cleaned_data)
        except RefundRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("This buyer may buy again."))
            return redirect("purchases:holds")
    context = {"hold": hold, "form": form}
    status = 422 if form.errors else 200
    return render(request, "purchases/hold_lift.html", context, status=status)
