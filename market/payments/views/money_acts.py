"""What staff do about money, on `staff.`: each act with a reason, and on record."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.payments.errors import PaymentRefused
from market.payments.models import Adjustment, Transfer
from market.payments.selectors.staff import acts_about, case_of
from market.payments.services import adjustments, case_work
from market.payments.staff_forms import AdjustmentForm, DecisionForm, ResolutionForm
from market.payments.views.money_desk import not_for_you
from market.users.http import UserRequest
from market.users.models import User

REFUSED = 422


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def adjust(request: UserRequest, user_id: int) -> HttpResponse:
    """Ask for an adjustment; another one decides."""
    if not request.user.has_perm("payments.request_adjustments"):
        return not_for_you(request)
    person = get_object_or_404(User, pk=user_id)
    form = AdjustmentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = adjustments.request_adjustment(
                staff=request.user,
                user=person,
                kind=form.cleaned_data["kind"],
                cents=form.cents(),
                reason=form.cleaned_data["reason"],
            )
        except PaymentRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is asked for. Somebody else has to approve it."))
            return redirect("payments:adjustment", adjustment_id=made.pk)
    status = REFUSED if form.errors else 200
    context = {"form": form, "person": person}
    return render(request, "payments/staff/adjust.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def adjustment(request: UserRequest, adjustment_id: int) -> HttpResponse:
    """One adjustment; who may decide it finds the form."""
    if not request.user.has_perm("payments.decide_adjustments"):
        return not_for_you(request)
    asked = Adjustment.objects.select_related("user", "requested_by", "decision__decided_by")
    found = get_object_or_404(asked, pk=adjustment_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            adjustments.decide_adjustment(
                staff=request.user,
                adjustment=found,
                is_approved=form.cleaned_data["decision"] == "approve",
                note=form.cleaned_data["note"],
            )
        except PaymentRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is decided."))
            return redirect("payments:adjustment", adjustment_id=found.pk)
    context = {
        "form": form,
        "found": found,
        "what": Transfer.Kind(found.kind),
        "decision": getattr(found, "decision", None),
        "is_own": request.user.pk in (found.requested_by_id, found.user_id),
        "acts": acts_about([found.source]),
    }
    status = REFUSED if form.errors else 200
    return render(request, "payments/staff/adjustment.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def case(request: UserRequest, kind: str, case_id: int) -> HttpResponse:
    """One case, and what was done about it."""
    if not request.user.has_perm("payments.resolve_cases"):
        return not_for_you(request)
    found = case_of(kind, case_id)
    if found is None:
        raise Http404
    form = ResolutionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            case_work.resolve_case(
                staff=request.user, case=found, reason=form.cleaned_data["reason"]
            )
        except PaymentRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The case is closed."))
            return redirect("payments:case", kind=kind, case_id=case_id)
    context = {"form": form, "found": found, "acts": acts_about([case_work.subject_of(found)])}
    status = REFUSED if form.errors else 200
    return render(request, "payments/staff/case.html", context, status=status)
