"""An author's payouts, on `account.`: what is due, where it goes, and what became of it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from market.core.client import client_address
from market.core.pagination import BadCursor
from market.payments.errors import DestinationRefused, TaxFormRefused
from market.payments.models import PayoutMethod
from market.payments.payout_forms import DeclarationForm, PayoutAccountForm
from market.payments.selectors import payouts as reads
from market.payments.services import payout_accounts as services
from market.payments.services.withholding import rate_of
from market.purchases.selectors.payout_facts import SALE_FACTS
from market.users.http import UserRequest

SELL = "items.sell_items"
REFUSED = 422
CURRENCY = "USD"


@never_cache
@login_required
@permission_required(SELL, raise_exception=True)
@require_safe
def payouts(request: UserRequest) -> HttpResponse:
    try:
        page = reads.payouts_of(author_id=request.user.pk, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    now = timezone.now()
    account = reads.payout_account(request.user.pk)
    context = {
        "page": page,
        "available": reads.available(
            author_id=request.user.pk,
            since=reads.clears_since(now),
            facts=SALE_FACTS,
            currency=CURRENCY,
        ),
        "currency": CURRENCY,
        "account": account,
        "on_hold": bool(account and account.hold_until and account.hold_until > now),
        "threshold": reads.threshold(account.method if account else PayoutMethod.CONNECT),
        "clear_days": settings.EARNINGS_CLEAR_DAYS,
        "next_pay_day": reads.next_pay_day(now),
        "tax_form": reads.tax_form(request.user.pk),
        "rate": rate_of(author_id=request.user.pk, on=now.date()),
    }
    return render(request, "payments/payouts.html", context)


@never_cache
@login_required
@permission_required(SELL, raise_exception=True)
@require_http_methods(["GET", "POST"])
def payout_settings(request: UserRequest) -> HttpResponse:
    account = reads.payout_account(request.user.pk)
    first = {"method": account.method, "holder": account.holder} if account else {}
    form = PayoutAccountForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        try:
            services.set_payout_account(
                author=request.user, address=client_address(request), **form.cleaned_data
            )
        except DestinationRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("We know now where your money goes."))
            return redirect("payments:payouts")
    context = {
        "form": form,
        "account": account,
        "hold_days": settings.PAYOUT_CHANGE_HOLD_DAYS,
        "fee": settings.PAYOUT_BANK_FEE_CENTS,
        "thresholds": settings.PAYOUT_THRESHOLD_CENTS,
        "currency": CURRENCY,
    }
    status = REFUSED if form.errors else 200
    return render(request, "payments/payout_settings.html", context, status=status)


@never_cache
@login_required
@permission_required(SELL, raise_exception=True)
@require_http_methods(["GET", "POST"])
def tax_form(request: UserRequest) -> HttpResponse:
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = {name: given for name, given in form.cleaned_data.items() if name != "is_true"}
        try:
            services.sign_tax_form(author=request.user, **said)
        except TaxFormRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Your declaration is kept. It counts from now on."))
            return redirect("payments:payouts")
    context = {
        "form": form,
        "kept": reads.tax_form(request.user.pk),
        "rate": rate_of(author_id=request.user.pk, on=timezone.now().date()),
    }
    status = REFUSED if form.errors else 200
    return render(request, "payments/tax_form.html", context, status=status)
