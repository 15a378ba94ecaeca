"""Putting things into the cart, on a marketplace's host and on `account.`."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.items.models import Item
from market.purchases import visitors
from market.purchases.errors import CartRefused, LicenceNotOffered, OfferChanged
from market.purchases.forms import CartAddForm, ItemAddForm, LicenceForm, LineForm, SupportForm
from market.purchases.models import Cart
from market.purchases.selectors.carts import cart_count, cart_page
from market.purchases.selectors.offers import offers_of
from market.purchases.services import cart as carts
from market.tenancy import hosts
from market.tenancy.http import HostRequest, MarketplaceRequest
from market.tenancy.registry import marketplace_by_id


@never_cache
@require_safe
def cart(request: HostRequest) -> HttpResponse:
    return _show(request, visitors.joined_cart(request))


@require_POST
def cart_add(request: MarketplaceRequest) -> HttpResponse:
    """From the item's page: a redirect to the cart, or JSON for the page's script."""
    form = ItemAddForm(request.POST)
    if not form.is_valid() and "item_id" in form.errors:
        raise Http404
    item = get_object_or_404(Item, pk=form.cleaned_data["item_id"], site_id=request.marketplace.id)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        filled, token = _add(request, item.pk, form)
    except CartRefused as refusal:
        if wants_json:
            return JsonResponse(_as_json(refusal), status=422)
        return _show(request, visitors.cart_of(request), refusal)
    if wants_json:
        response: HttpResponse = JsonResponse({"cart_count": cart_count(filled)})
    else:
        response = _go_on(request, filled, form.cleaned_data["then"])
    if token:
        visitors.set_cart_cookie(response, token)
    return response


@require_POST
def cart_remove(request: HostRequest) -> HttpResponse:
    form = LineForm(request.POST)
    filled = visitors.joined_cart(request)
    if form.is_valid() and filled is not None:
        carts.remove_line(cart=filled, line_id=form.cleaned_data["line_id"])
    return redirect("purchases:cart")


@require_POST
def cart_licence(request: HostRequest) -> HttpResponse:
    form = LicenceForm(request.POST)
    filled = visitors.joined_cart(request)
    if form.is_valid() and filled is not None:
        try:
            carts.change_licence(cart=filled, **form.cleaned_data)
        except CartRefused as refusal:
            return _show(request, filled, refusal)
    return redirect("purchases:cart")


@require_POST
def cart_support(request: HostRequest) -> HttpResponse:
    form = SupportForm(request.POST)
    filled = visitors.joined_cart(request)
    if form.is_valid() and filled is not None:
        try:
            carts.change_support(
                cart=filled,
                line_id=form.cleaned_data["line_id"],
                is_wanted=form.cleaned_data["more_support"],
            )
        except CartRefused as refusal:
            return _show(request, filled, refusal)
    return redirect("purchases:cart")


@never_cache
@require_http_methods(["GET", "POST"])
def buy(request: MarketplaceRequest, slug: str, item_id: int) -> HttpResponse:
    """The uncached page behind an item's "Buy" link: it holds the form, so no script is needed."""
    item = get_object_or_404(Item, pk=item_id)
    if item.site_id != request.marketplace.id and item.is_public:
        site = marketplace_by_id(item.site_id)
        own_page = hosts.link(site.slug, "purchases:buy", slug=item.slug, item_id=item.pk)
        return redirect(own_page, permanent=True)
    if not item.is_public or item.site_id != request.marketplace.id:
        raise Http404
    refusal: CartRefused | None = None
    if request.method == "POST":
        form = CartAddForm(request.POST)
        try:
            filled, token = _add(request, item.pk, form)
        except CartRefused as error:
            refusal = error
        else:
            response = _go_on(request, filled, form.cleaned_data["then"])
            if token:
                visitors.set_cart_cookie(response, token)
            return response
    return _show_buy(request, item, refusal)


@require_POST
def checkout_start(request: MarketplaceRequest) -> HttpResponse:
    """Hand this host's cart over to `account.`, where it is paid."""
    return _to_checkout(request, visitors.joined_cart(request))


def _add(request: MarketplaceRequest, item_id: int, form: CartAddForm) -> tuple[Cart, str]:
    """Raises CartRefused."""
    if not form.is_valid():
        raise LicenceNotOffered
    filled, token = visitors.cart_to_fill(request)
    carts.add_to_cart(
        cart=filled,
        item_id=item_id,
        licence_code=form.cleaned_data["licence_code"],
        shown_cents=form.seen_cents(),
        with_more_support=form.cleaned_data["more_support"],
    )
    return filled, token


def _as_json(refusal: CartRefused) -> dict[str, object]:
    answer: dict[str, object] = {"error": str(refusal), "code": refusal.code}
    if isinstance(refusal, OfferChanged):
        answer |= {"total_cents": refusal.now_cents, "total": refusal.now}
    return answer


def _go_on(request: MarketplaceRequest, filled: Cart, then: str) -> HttpResponse:
    return _to_checkout(request, filled) if then == "checkout" else redirect("purchases:cart")


def _to_checkout(request: HostRequest, filled: Cart | None) -> HttpResponse:
    address = hosts.link("account", "purchases:checkout")
    if filled is None or filled.user_id is not None:
        return redirect(address)
    return redirect(f"{address}?cart={carts.hand_over(cart=filled)}")


def _show(
    request: HostRequest, filled: Cart | None, refusal: CartRefused | None = None
) -> HttpResponse:
    context = {"page": cart_page(filled, buyer_id=request.user.pk), "refusal": refusal}
    return render(request, "purchases/cart.html", context, status=422 if refusal else 200)


def _show_buy(request: MarketplaceRequest, item: Item, refusal: CartRefused | None) -> HttpResponse:
    offers = offers_of([item.pk], buyer_id=request.user.pk)
    refusal = refusal or offers.refusal(item.pk, buyer_id=request.user.pk)
    asked = request.POST.get("licence_code") or request.GET.get("licence")
    choices = offers.choices(item.pk)
    codes = [offer.licence.code for offer in choices]
    context = {
        "item": item,
        "offers": choices if item.is_for_sale else [],
        "is_claimed": len(choices) < len(offers.of_item(item.pk)),
        "chosen": asked if asked in codes else next(iter(codes), ""),
        "wants_support": "more_support" in request.POST,
        "refusal": refusal,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "purchases/buy.html", context, status=status)
