"""Buying without an account, and taking over what was bought so."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from market.core.client import client_network
from market.core.views import too_many
from market.purchases.guest_forms import ClaimForm, GuestForm
from market.purchases.services import guests
from market.tenancy.http import HostRequest
from market.users import limits
from market.users import services as users
from market.users.errors import AccountRefused, ClaimRefused
from market.users.http import UserRequest
from market.users.models import Guest, User, normalise_email

SESSION_KEY = "guest"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Rest = ParamSpec("Rest")


def buyer_required(
    view: Callable[Concatenate[UserRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HostRequest, Rest], HttpResponse]:
    """For who is signed in, and for a guest of this browser: the way from the cart to paid."""

    @wraps(view)
    def run(request: HostRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            found = _guest(request)
            if found is None:
                return redirect_to_login(request.get_full_path())
            request.user = found
        return view(cast(UserRequest, request), *args, **kwargs)

    return run


@never_cache
@require_http_methods(["GET", "POST"])
def guest(request: HostRequest) -> HttpResponse:
    """Asks for an e-mail address; the answer is the same whoever has it."""
    if request.user.is_authenticated:
        return redirect("purchases:checkout")
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        tries = (
            ("guest_address", client_network(request)),
            ("guest_email", normalise_email(form.cleaned_data["email"])),
        )
        for limit, key in tries:
            if not limits.take(limit, key):
                return too_many(request, wait_seconds=limits.seconds_left(limit))
        try:
            made = users.open_guest(email=form.cleaned_data["email"])
        except AccountRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            request.session[SESSION_KEY] = made.pk
            return redirect("purchases:checkout")
    status = 422 if form.errors else 200
    return render(request, "purchases/guest.html", {"form": form}, status=status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: HostRequest, token: str) -> HttpResponse:
    """Where the receipt's link leads: to a password, or to the account that is there already.

    GET changes nothing: a mail scanner that opens the link uses nothing up.
    """
    try:
        found = users.guest_of_token(token)
    except ClaimRefused as refusal:
        return _refused(request, refusal)
    account = found.claimed_by or users.account_of(found)
    if account is None:
        return _new_account(request, found)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return render(request, "purchases/claim.html", {"guest": found, "form": None})
    return _take(request, found, request.user)


def _new_account(request: HostRequest, found: Guest) -> HttpResponse:
    form = ClaimForm(request.POST if request.method == "POST" else None, email=found.email)
    if form.is_valid():
        try:
            account = users.account_for(
                guest=found,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
            )
        except AccountRefused as refusal:
            form.add_error("username", str(refusal))
        else:
            login(request, account, backend=BACKEND)
            return _take(request, found, account)
    status = 422 if form.errors else 200
    return render(request, "purchases/claim.html", {"guest": found, "form": form}, status=status)


def _take(request: HostRequest, found: Guest, account: User) -> HttpResponse:
    try:
        guests.claim(guest=found, account=account)
    except ClaimRefused as refusal:
        return _refused(request, refusal)
    request.session.pop(SESSION_KEY, None)
    messages.success(request, _("What you bought is in your library."))
    return redirect("purchases:library")


def _refused(request: HostRequest, refusal: ClaimRefused) -> HttpResponse:
    return render(request, "purchases/claim_refused.html", {"refusal": refusal}, status=404)


def _guest(request: HostRequest) -> User | None:
    """The guest of this browser, until what was bought is taken over."""
    pk = request.session.get(SESSION_KEY)
    if pk is None:
        return None
    return User.objects.filter(pk=pk, guest__claimed_by=None, is_active=True).first()
