"""Credit, on `account.`: what there is, putting money in, and moving earnings over."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.core.pagination import BadCursor
from market.payments.errors import PaymentRefused
from market.payments.forms import DepositForm, EarningsForm
from market.payments.selectors import credit as selectors
from market.payments.selectors.payments import last_payment
from market.payments.services import credit as services
from market.purchases.selectors.payout_facts import SALE_FACTS
from market.tenancy import hosts
from market.users.http import UserRequest

REFRESH_SECONDS = 4


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def credit(request: UserRequest) -> HttpResponse:
    """A POST puts money in: it leads to the page of the payment service."""
    form = DepositForm(request.POST or None, initial={"key": uuid4()})
    if form.is_valid():
        key = form.cleaned_data["key"]
        address = hosts.link("account", "payments:deposit", key=key)
        try:
            payment = services.start_deposit(
                user=request.user, cents=form.cleaned_data["cents"], key=key, return_url=address
            )
        except PaymentRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(payment.pay_url or address)
    return _show(request, deposit_form=form)


@login_required
@require_POST
def credit_from_earnings(request: UserRequest) -> HttpResponse:
    form = EarningsForm(request.POST)
    if form.is_valid():
        try:
            services.move_earnings(
                author=request.user,
                cents=form.cleaned_data["cents"],
                key=form.cleaned_data["key"],
                facts=SALE_FACTS,
            )
        except PaymentRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("payments:credit")
    return _show(request, earnings_form=form)


@never_cache
@login_required
@require_safe
def deposit(request: UserRequest, key: UUID) -> HttpResponse:
    """Where the payment service sends somebody back to. Its word alone adds nothing."""
    found = selectors.deposit_of(user=request.user, key=key)
    payment = last_payment(found.purpose) if found else None
    if found is None or payment is None:
        raise Http404
    refusal = None
    try:
        payment = services.refresh_deposit(deposit=found, payment=payment)
    except PaymentRefused as error:
        refusal = error
    context = {
        "deposit": found,
        "payment": payment,
        "case": getattr(payment, "case", None),
        "refusal": refusal,
        "refresh_seconds": REFRESH_SECONDS,
    }
    return render(request, "payments/deposit.html", context)


def _show(
    request: UserRequest,
    deposit_form: DepositForm | None = None,
    earnings_form: EarningsForm | None = None,
) -> HttpResponse:
    try:
        page = selectors.credit_lines(user_id=request.user.pk, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    movable = services.movable_cents(author=request.user, facts=SALE_FACTS)
    forms = (deposit_form, earnings_form)
    context = {
        "credit_cents": selectors.credit_cents(request.user.pk),
        "currency": services.CURRENCY,
        "lines": page.rows,
        "next_cursor": page.next_cursor,
        "movable_cents": movable,
        "deposit_form": deposit_form or DepositForm(initial={"key": uuid4()}),
        "earnings_form": earnings_form or EarningsForm(initial={"key": uuid4()}),
    }
    status = 422 if any(form and form.errors for form in forms) else 200
    return render(request, "payments/credit.html", context, status=status)
