"""Paying, on `account.`. The browser's word never grants anything: the gateway is asked."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.payments.errors import PaymentRefused
from market.payments.models import DocumentKind, Payment, PaymentCase
from market.payments.selectors.credit import credit_cents, credit_part
from market.payments.selectors.documents import code_of
from market.payments.selectors.payments import last_payment
from market.purchases import visitors
from market.purchases.errors import HandoffRefused, OrderClosed, OrderRefused
from market.purchases.forms import CheckoutForm
from market.purchases.models import Cart, Order
from market.purchases.selectors.carts import cart_page
from market.purchases.selectors.orders import credit_notes, order_lines, order_of
from market.purchases.services import cart as carts
from market.purchases.services import checkout as services
from market.purchases.services.recovery import refresh_order
from market.purchases.views.bills import Bill, asked_bill, usual_bill
from market.purchases.views.guests import buyer_required
from market.tenancy import hosts
from market.tenancy.http import HostRequest
from market.users.http import UserRequest

REFRESH_SECONDS, REFRESH_TIMES = 4, 30
_CASES = {PaymentCase.Reason.GOODS_GONE: "returned", PaymentCase.Reason.CREDIT_SHORT: "short"}


@never_cache
@require_http_methods(["GET", "POST"])
def checkout(request: HostRequest) -> HttpResponse:
    """With `?cart=CODE` it first takes over the cart of the host that the buyer comes from."""
    code = request.GET.get("cart")
    if code:
        return _take_over(request, code)
    return _checkout(request)


@never_cache
@buyer_required
@require_safe
def order(request: UserRequest, key: UUID) -> HttpResponse:
    """Where the gateway sends the buyer back to, and how an order stands at any later time."""
    found = _own_order(request, key)
    payment, refusal = None, None
    try:
        payment = refresh_order(order=found)
    except PaymentRefused as error:
        payment, refusal = last_payment(found.purpose), error
    found.refresh_from_db()
    checks = _checks(request)
    lines = order_lines(found)
    context = {
        "order": found,
        "lines": lines,
        "taxed": sum(row.line.tax_cents for row in lines),
        "invoice": code_of(kind=DocumentKind.INVOICE, source=found.purpose),
        "credit_notes": credit_notes(found),
        "payment": payment,
        "case": getattr(payment, "case", None),
        "refusal": refusal,
        "state": _state(found, payment),
        "refresh_seconds": REFRESH_SECONDS if checks < REFRESH_TIMES else None,
        "next_check": checks + 1,
    }
    return render(request, "purchases/order.html", context)


@buyer_required
@require_POST
def order_pay(request: UserRequest, key: UUID) -> HttpResponse:
    """Go on paying: to the payment that is open, or after a definite no with another attempt."""
    return to_gateway(_own_order(request, key))


@buyer_required
def _checkout(request: UserRequest) -> HttpResponse:
    cart = visitors.joined_cart(request)
    bill = asked_bill(request) if request.method == "POST" else usual_bill(request)
    if request.method != "POST" or "show" in request.POST:
        return _show(request, cart, bill)
    form = CheckoutForm(request.POST)
    if cart is None or not form.is_valid():
        again = OrderRefused(_("Please check your cart and press Pay again."))
        return _show(request, cart, bill, again)
    shown = form.shown_cents()
    if bill.form.errors:
        return _show(request, cart, bill, shown=shown)
    try:
        placed = services.place_order(
            buyer=request.user,
            cart=cart,
            key=form.cleaned_data["key"],
            shown_cents=shown,
            billing=bill.billing,
            use_credit=form.cleaned_data["use_credit"],
        )
    except OrderRefused as refusal:
        cart.refresh_from_db()
        return _show(request, cart, bill, refusal, shown)
    return to_gateway(placed)


def to_gateway(placed: Order) -> HttpResponse:
    address = hosts.link("account", "purchases:order", key=placed.key)
    try:
        payment = services.request_payment(order=placed, return_url=address)
    except (OrderClosed, PaymentRefused):
        return redirect(address)  # its page says what is the matter
    return redirect(payment.pay_url or address)


def _take_over(request: HostRequest, code: str) -> HttpResponse:
    target, token = visitors.cart_to_fill(request)
    response = redirect("purchases:checkout")
    try:
        carts.take_over(code=code, into=target)
    except HandoffRefused:
        return response  # used before: by "back", or a reload
    if token:
        visitors.set_cart_cookie(response, token)
    return response


def _show(
    request: UserRequest,
    cart: Cart | None,
    bill: Bill,
    refusal: OrderRefused | None = None,
    shown: dict[int, int] | None = None,
) -> HttpResponse:
    tax = bill.billing.tax()
    page = cart_page(cart, buyer_id=request.user.pk, shown_cents=shown, tax=tax)
    has = credit_cents(request.user.pk, page.currency) if page.total_cents else 0
    part = credit_part(has_cents=has, total_cents=page.total_cents)
    credit = {"has_cents": has, "part_cents": part, "rest_cents": page.total_cents - part}
    credit["is_used"] = request.method != "POST" or "use_credit" in request.POST
    context = {"page": page, "form": bill.form, "billing": bill.billing, "tax": tax}
    context["credit"] = credit
    is_wrong = refusal or bill.form.errors
    return render(
        request,
        "purchases/checkout.html",
        context | {"refusal": refusal},
        status=422 if is_wrong else 200,
    )


def _own_order(request: UserRequest, key: UUID) -> Order:
    found = order_of(buyer=request.user, key=key)
    if found is None:
        raise Http404
    return found


def _checks(request: HostRequest) -> int:
    """How often the page has looked again by itself."""
    checks = request.GET.get("checks", "0")
    return int(checks) if checks.isascii() and checks.isdigit() and len(checks) < 4 else 0


def _state(found: Order, payment: Payment | None) -> str:
    """What the page tells, a word of parts/order_state.html."""
    if found.status == Order.Status.PAID:
        return "paid"
    case = getattr(payment, "case", None)
    if case is not None:
        return _CASES.get(case.reason, "case")
    if not found.is_payable:
        return "expired"
    if payment is None or payment.is_over:
        return "declined" if payment else "unknown"
    if payment.failure and payment.pay_url:
        return "refused"  # and may be paid by another card
    return "waiting" if payment.pay_url else "unknown"
