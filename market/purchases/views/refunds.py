"""Money back, on `account.`: the buyer asks, the author answers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.core.pagination import BadCursor
from market.payments.errors import PaymentRefused
from market.purchases.errors import RefundRefused
from market.purchases.models import RefundRequest
from market.purchases.refund_forms import AnswerForm, AskForm, WordsForm
from market.purchases.selectors import refunds as reads
from market.purchases.services import refund_requests as services
from market.users.http import UserRequest

SELL = "items.sell_items"
REFUSED = 422


@never_cache
@login_required
@require_safe
def refunds(request: UserRequest) -> HttpResponse:
    """What a buyer has asked back."""
    try:
        page = reads.requests_of_buyer(buyer=request.user, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    return render(request, "purchases/refunds.html", {"page": page})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def refund_ask(request: UserRequest, code: UUID) -> HttpResponse:
    purchase = reads.purchase_to_refund(buyer=request.user, code=code)
    if purchase is None:
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.ask_for_refund(
                purchase=purchase, buyer=request.user, **form.cleaned_data
            )
        except RefundRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your request is on its way."))
            return redirect("purchases:refund", request_id=made.pk)
    context = {"purchase": purchase, "form": form}
    status = REFUSED if form.errors else 200
    return render(request, "purchases/refund_ask.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def refund(request: UserRequest, request_id: int) -> HttpResponse:
    """The buyer's page of a request; a POST disputes the author's answer."""
    found = _request(request_id)
    if found.buyer_id != request.user.pk:
        raise Http404
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.dispute(request=found, buyer=request.user, **form.cleaned_data)
        except RefundRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Our staff will decide."))
            return redirect("purchases:refund", request_id=found.pk)
    return _show(request, found, form, "buyer")


@login_required
@require_POST
def refund_withdraw(request: UserRequest, request_id: int) -> HttpResponse:
    found = _request(request_id)
    if found.buyer_id != request.user.pk:
        raise Http404
    try:
        services.withdraw(request=found, buyer=request.user)
    except RefundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your request is withdrawn."))
    return redirect("purchases:refund", request_id=found.pk)


@never_cache
@login_required
@permission_required(SELL, raise_exception=True)
@require_safe
def author_refunds(request: UserRequest) -> HttpResponse:
    """What buyers ask this author for; `?answered=1` shows what is past."""
    waiting = request.GET.get("answered", "") != "1"
    try:
        page = reads.requests_of_author(
            author=request.user, waiting=waiting, cursor=request.GET.get("after", "")
        )
    except BadCursor as error:
        raise Http404 from error
    context = {
        "page": page,
        "waiting": waiting,
        "count": reads.open_requests(author=request.user),
    }
    return render(request, "purchases/author_refunds.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def author_refund(request: UserRequest, request_id: int) -> HttpResponse:
    found = _request(request_id)
    if found.author_id != request.user.pk:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _answer(request, found, form)
        except (RefundRefused, PaymentRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your answer is on its way."))
            return redirect("purchases:author_refund", request_id=found.pk)
    return _show(request, found, form, "author")


def _answer(request: UserRequest, found: RefundRequest, form: AnswerForm) -> None:
    act = services.accept if form.cleaned_data["answer"] == "accept" else services.decline
    act(request=found, author=request.user, words=form.cleaned_data["words"])


def _request(request_id: int) -> RefundRequest:
    found = reads.request_by_id(request_id)
    if found is None:
        raise Http404
    return found


def _show(request: UserRequest, found: RefundRequest, form: Form, role: str) -> HttpResponse:
    """One page for each role: what was asked, what happened, and what can be done now."""
    context = {
        "asked": found,
        "events": reads.events_of(found),
        "refund": reads.refund_of(found),
        "form": form,
        "role": role,
    }
    status = REFUSED if form.errors else 200
    return render(request, "purchases/refund.html", context, status=status)
