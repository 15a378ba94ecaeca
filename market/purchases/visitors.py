"""The cookie that names a visitor's cart on one host, and whose cart a request is about."""

from django.conf import settings
from django.http import HttpResponse

from market.purchases.models import Cart
from market.purchases.services import cart as carts
from market.tenancy.http import HostRequest


def cart_token(request: HostRequest) -> str:
    """Empty without a cookie."""
    return request.COOKIES.get(carts.COOKIE, "")


def set_cart_cookie(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        carts.COOKIE,
        token,
        max_age=carts.VISITOR_CART_DAYS * 24 * 3600,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def cart_of(request: HostRequest) -> Cart | None:
    """The person's cart, or the visitor's. Only looks: what a visitor has joins it elsewhere."""
    if request.user.is_authenticated:
        return Cart.objects.filter(user=request.user).first()
    token = cart_token(request)
    return carts.visitor_cart(token) if token else None


def joined_cart(request: HostRequest) -> Cart | None:
    """As `cart_of`; a person's visiting cart of this host joins his one cart first."""
    token = cart_token(request)
    if request.user.is_authenticated and token and carts.visitor_cart(token):
        return carts.join_visitor_cart(user=request.user, token=token)
    return cart_of(request)


def cart_to_fill(request: HostRequest) -> tuple[Cart, str]:
    """A cart to put something into, and the cookie's new token, empty if none is needed."""
    cart = joined_cart(request)
    if cart is not None:
        return cart, ""
    if request.user.is_authenticated:
        return carts.user_cart(request.user), ""
    return carts.open_visitor_cart(host_key=request.host.key)
