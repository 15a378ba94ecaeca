"""Sign-in as a marketplace's host and the staff host do it: `account.` says who it is."""

from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login, logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from market.core.ids import new_token
from market.purchases import visitors
from market.purchases.services import cart
from market.tenancy import hosts
from market.tenancy.http import HostRequest
from market.users import selectors, services
from market.users.errors import SignInRefused
from market.users.http import UserRequest

STATE_COOKIE = "__Host-sign-in" if settings.SECURE else "sign-in"
STATE_SALT = "market.users.sign-in"
STATE_SECONDS = 600
MAX_NEXT_LENGTH = 1000  # it travels in a cookie


@require_GET
@never_cache
def sign_in(request: HostRequest) -> HttpResponse:
    """Remember in a cookie who asked and where to go back to; `account.` gets the hash only."""
    path = hosts.safe_path(request.GET.get("next"))
    if len(path) > MAX_NEXT_LENGTH:
        path = "/"
    if request.user.is_authenticated:
        return redirect(path)
    state = new_token()
    query = {"host": request.host.key, "state": sha256(state.encode()).hexdigest()}
    response = redirect(f"{hosts.link('account', 'users:sign_in_start')}?{urlencode(query)}")
    response.set_cookie(
        STATE_COOKIE,
        signing.dumps([state, path], salt=STATE_SALT),
        max_age=STATE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_GET
@never_cache
def sign_in_return(request: HostRequest) -> HttpResponse:
    """Exchange the code that `account.` gave for a session of this host."""
    state, path = _state_and_path(request)
    try:
        user = services.redeem_sign_in_code(
            code=request.GET.get("code", ""), host_key=request.host.key, state=state
        )
    except SignInRefused as refusal:
        context = {"refusal": refusal, "next": path}
        response = render(request, "users/sign_in_refused.html", context, status=403)
        response.delete_cookie(STATE_COOKIE, samesite="Lax")
        return response
    if request.host.key == "staff" and not selectors.is_staff_member(user):
        return render(request, "users/not_staff.html", status=403)
    login(request, user)  # gives the session a new id
    response = redirect(path)
    response.delete_cookie(STATE_COOKIE, samesite="Lax")
    if token := visitors.cart_token(request):
        cart.join_visitor_cart(user=user, token=token)
        response.delete_cookie(cart.COOKIE, samesite="Lax")
    return response


def _state_and_path(request: HttpRequest) -> tuple[str, str]:
    """What `sign_in` wrote down; an empty state, which no code has, if it did not."""
    try:
        state, path = signing.loads(
            request.COOKIES.get(STATE_COOKIE, ""), salt=STATE_SALT, max_age=STATE_SECONDS
        )
    except signing.BadSignature:
        return "", "/"
    return state, hosts.safe_path(path)


@require_POST
def sign_out(request: HostRequest) -> HttpResponse:
    """End this host's session; the others go on."""
    logout(request)
    return redirect("users:signed_out")


@require_GET
@never_cache
def signed_out(request: HostRequest) -> HttpResponse:
    return render(request, "users/signed_out.html")


@require_GET
@never_cache
def admin_sign_in(request: UserRequest) -> HttpResponse:
    """In the place of the admin's own page: there is one way to sign in."""
    if request.user.is_authenticated:
        return render(request, "users/not_staff.html", status=403)
    return sign_in(request)
