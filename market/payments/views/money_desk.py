"""Money on `staff.`: looked up by exact names, and read; nothing on these pages is edited."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.payments.selectors import staff as waiting
from market.payments.selectors.documents import SEE_MONEY
from market.payments.services.case_work import subject_of
from market.purchases.selectors import money_desk as selectors
from market.purchases.selectors.money_desk import Hit
from market.tenancy import hosts
from market.users.http import UserRequest

FORBIDDEN = 403


@never_cache
@login_required
@require_safe
def money(request: UserRequest) -> HttpResponse:
    """The search box, and what waits for somebody. One hit is opened at once."""
    if not request.user.has_perm(SEE_MONEY):
        return not_for_you(request)
    text = request.GET.get("q", "")
    hits = [(hit, _address(hit)) for hit in selectors.look_up(text)]
    if len(hits) == 1:
        return redirect(hits[0][1])
    context = {
        "text": text,
        "hits": hits,
        "adjustments": waiting.open_adjustments(),
        "payment_cases": waiting.open_payment_cases(),
        "differences": waiting.open_differences(),
    }
    return render(request, "payments/staff/money.html", context)


@never_cache
@login_required
@require_safe
def money_order(request: UserRequest, key: UUID) -> HttpResponse:
    if not request.user.has_perm(SEE_MONEY):
        return not_for_you(request)
    found = selectors.order_file(key)
    if found is None:
        raise Http404
    return render(request, "payments/staff/order.html", {"file": found})


@never_cache
@login_required
@require_safe
def money_payment(request: UserRequest, payment_id: int) -> HttpResponse:
    if not request.user.has_perm(SEE_MONEY):
        return not_for_you(request)
    found = selectors.payment_file(payment_id)
    if found is None:
        raise Http404
    case = getattr(found.payment, "case", None)
    acts = waiting.acts_about([subject_of(case)]) if case else []
    return render(
        request, "payments/staff/payment.html", {"file": found, "case": case, "acts": acts}
    )


@never_cache
@login_required
@require_safe
def money_person(request: UserRequest, user_id: int) -> HttpResponse:
    if not request.user.has_perm(SEE_MONEY):
        return not_for_you(request)
    found = selectors.person_file(user_id)
    if found is None:
        raise Http404
    context = {"file": found, "adjustments": waiting.adjustments_of(user_id)}
    return render(request, "payments/staff/person.html", context)


def not_for_you(request: UserRequest) -> HttpResponse:
    return render(request, "payments/staff/not_for_you.html", status=FORBIDDEN)


def _address(hit: Hit) -> str:
    match hit.page:
        case "document":
            return hosts.link("account", "payments:document", code=hit.name)
        case "order":
            return hosts.link("staff", "payments:money_order", key=UUID(hit.name))
        case "payment":
            return hosts.link("staff", "payments:money_payment", payment_id=int(hit.name))
    return hosts.link("staff", "payments:money_person", user_id=int(hit.name))
