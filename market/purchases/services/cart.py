from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.core.ids import new_token, token_hash
from market.purchases.errors import CartFull, CartGone, HandoffRefused, OfferChanged
from market.purchases.models import Cart, CartHandoff, CartLine
from market.purchases.selectors.offers import Offer, offers_of
from market.users.models import User

COOKIE = "__Host-cart" if settings.SECURE else "cart"  # a visitor's, on one host
MAX_LINES = 100
HANDOFF_SECONDS = 60
VISITOR_CART_DAYS = 60


def user_cart(user: User) -> Cart:
    """The one cart of a person, on all marketplaces."""
    cart, _ = Cart.objects.get_or_create(user=user, defaults={"checkout_key": uuid4()})
    return cart


def visitor_cart(token: str) -> Cart | None:
    """The cart that a visitor's cookie names."""
    return Cart.objects.filter(token_hash=token_hash(token), user=None).first()


def open_visitor_cart(*, host_key: str) -> tuple[Cart, str]:
    """A new cart, and the token for the cookie: only its hash is kept."""
    token = new_token()
    cart = Cart.objects.create(
        token_hash=token_hash(token), host_key=host_key, checkout_key=uuid4()
    )
    return cart, token


@transaction.atomic
def add_to_cart(
    *,
    cart: Cart,
    item_id: int,
    licence_code: str,
    shown_cents: int | None = None,
    with_more_support: bool = False,
) -> CartLine:
    """Put an item into a cart under a licence; a repeat changes nothing.

    `shown_cents` is the price on the page that the buyer came from, before tax and without more
    support, if known. Raises a CartRefused; OfferChanged when that is not today's price.
    """
    _lock(cart)
    offers = offers_of([item_id], buyer_id=cart.user_id)
    offer = offers.get(item_id, licence_code, buyer_id=cart.user_id)
    if shown_cents is not None and shown_cents != offer.total_cents:
        raise OfferChanged(
            was_cents=shown_cents, now_cents=offer.total_cents, currency=offer.quote.currency
        )
    if with_more_support and offer.more_support:
        offer = offer.with_more_support(offer.more_support.months)
    line, created = CartLine.objects.get_or_create(
        cart=cart,
        item_id=item_id,
        licence_code=licence_code,
        defaults={
            "shown_cents": offer.total_cents,
            "more_support_months": offer.more_support_months,
        },
    )
    wants_more = offer.more_support_months > line.more_support_months
    if wants_more:
        _show(line, offer)
    if created and cart.lines.count() > MAX_LINES:
        raise CartFull(MAX_LINES)
    if created or wants_more:
        _content_changed(cart)
    return line


@transaction.atomic
def change_licence(*, cart: Cart, line_id: int, licence_code: str) -> None:
    """Another licence for a line. If the cart has that one already, the two become one.

    Raises a CartRefused; does nothing for a line that is not in the cart.
    """
    _lock(cart)
    line = cart.lines.filter(pk=line_id).first()
    if line is None or line.licence_code == licence_code:
        return
    offers = offers_of([line.item_id], buyer_id=cart.user_id)
    offer = offers.get(line.item_id, licence_code, buyer_id=cart.user_id)
    cart.lines.filter(item_id=line.item_id, licence_code=licence_code).delete()
    line.licence_code = licence_code
    _show(line, offer.with_more_support(line.more_support_months))
    _content_changed(cart)


@transaction.atomic
def change_support(*, cart: Cart, line_id: int, is_wanted: bool) -> None:
    """With more months of support, or without; does nothing where none are offered.

    Raises a CartRefused.
    """
    _lock(cart)
    line = cart.lines.filter(pk=line_id).first()
    if line is None:
        return
    offers = offers_of([line.item_id], buyer_id=cart.user_id)
    offer = offers.get(line.item_id, line.licence_code, buyer_id=cart.user_id)
    more = offer.more_support
    months = more.months if is_wanted and more else 0
    if months != line.more_support_months:
        _show(line, offer.with_more_support(months))
        _content_changed(cart)


@transaction.atomic
def remove_line(*, cart: Cart, line_id: int) -> None:
    """Take a line out; one that is gone already is no error."""
    _lock(cart)
    removed, _ = cart.lines.filter(pk=line_id).delete()
    if removed:
        _content_changed(cart)


@transaction.atomic
def join_visitor_cart(*, user: User, token: str) -> Cart:
    """Move a visitor's cart into the person's one cart, and close it."""
    cart = user_cart(user)
    visiting = Cart.objects.select_for_update().filter(token_hash=token_hash(token), user=None)
    _move(visiting.first(), cart)
    return cart


@transaction.atomic
def hand_over(*, cart: Cart) -> str:
    """A code that carries a visitor's cart to another host: once, for 60 seconds."""
    code = new_token()
    CartHandoff.objects.create(
        code_hash=token_hash(code),
        cart=cart,
        expires_at=timezone.now() + timedelta(seconds=HANDOFF_SECONDS),
    )
    return code


@transaction.atomic
def take_over(*, code: str, into: Cart) -> None:
    """Move the cart that a code names into another one. Raises HandoffRefused."""
    now = timezone.now()
    handoff = CartHandoff.objects.filter(code_hash=token_hash(code)).first()
    # The row count decides between two browsers that bring one code.
    used = handoff is not None and CartHandoff.objects.filter(
        pk=handoff.pk, used_at=None, expires_at__gt=now
    ).update(used_at=now)
    if handoff is None or not used:
        raise HandoffRefused
    _move(Cart.objects.select_for_update().filter(pk=handoff.cart_id, user=None).first(), into)


def prune_carts() -> None:
    """Forget visitors' carts that nobody has touched for long; their codes go with them."""
    old = timezone.now() - timedelta(days=VISITOR_CART_DAYS)
    stale = Cart.objects.filter(user=None, updated_at__lt=old).order_by("updated_at")
    Cart.objects.filter(pk__in=list(stale.values_list("pk", flat=True)[:500])).delete()


def _show(line: CartLine, offer: Offer) -> None:
    line.more_support_months = offer.more_support_months
    line.shown_cents = offer.total_cents
    line.save(update_fields=["licence_code", "more_support_months", "shown_cents"])


def _lock(cart: Cart) -> None:
    """One change of a cart at a time: its content and its checkout_key go together."""
    if Cart.objects.select_for_update().filter(pk=cart.pk).first() is None:
        raise CartGone


def _content_changed(cart: Cart) -> None:
    """Another content is another order: forms that were opened before no longer fit."""
    cart.checkout_key = uuid4()
    cart.updated_at = timezone.now()
    cart.save(update_fields=["checkout_key", "updated_at"])


def _move(source: Cart | None, target: Cart) -> None:
    """Empty one cart into another, of which nothing is lost; the source is deleted."""
    if source is None or source.pk == target.pk:
        return
    _lock(target)
    there = {(line.item_id, line.licence_code) for line in target.lines.all()}
    room = MAX_LINES - len(there)
    new = [
        line
        for line in source.lines.order_by("pk")
        if (line.item_id, line.licence_code) not in there
    ][: max(room, 0)]
    source.lines.filter(pk__in=[line.pk for line in new]).update(cart=target)
    source.delete()
    if new:
        _content_changed(target)
