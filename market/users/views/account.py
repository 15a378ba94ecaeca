"""The account's pages on `account.`."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.tenancy import hosts
from market.users import selectors, services
from market.users.errors import ProfileInvalid
from market.users.forms import ProfileForm, SignInStartForm
from market.users.http import UserRequest


@require_GET
@never_cache
def sign_in_start(request: HttpRequest) -> HttpResponse:
    """Give a site's browser a one-time code; whoever is not signed in here does that first."""
    form = SignInStartForm(request.GET)
    if not form.is_valid():
        return render(request, "users/sign_in_unknown.html", status=400)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    key = form.cleaned_data["host"]
    code = services.create_sign_in_code(
        user=request.user, host_key=key, state_hash=form.cleaned_data["state"]
    )
    return redirect(f"{hosts.link(key, 'users:sign_in_return')}?{urlencode({'code': code})}")


@require_GET
@never_cache
@login_required
def home(request: UserRequest) -> HttpResponse:
    context = {
        "profile": selectors.profile_of(request.user),
        "is_author": selectors.is_author(request.user),
        "is_staff_member": selectors.is_staff_member(request.user),
    }
    return render(request, "users/home.html", context)


@require_POST
@login_required
def sign_out_everywhere(request: UserRequest) -> HttpResponse:
    services.sign_out_everywhere(user=request.user)
    logout(request)
    messages.success(request, _("You are signed out on all sites and devices."))
    return redirect("account_login")


@require_POST
@login_required
def language(request: UserRequest) -> HttpResponse:
    """Remember the language of mails, and go on with the page in it."""
    services.choose_language(user=request.user, code=request.POST.get("language", ""))
    return redirect(hosts.safe_path(request.POST.get("next")))


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def profile(request: UserRequest) -> HttpResponse:
    form = _profile_form(request)
    if form.is_valid():
        try:
            services.update_profile(user=request.user, **form.cleaned_data)
        except ProfileInvalid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your profile is saved."))
            return redirect("users:home")
    return _render_form(request, "users/profile.html", form)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def become_author(request: UserRequest) -> HttpResponse:
    if selectors.is_author(request.user):
        return redirect("items:desk")
    form = _profile_form(request)
    if form.is_valid():
        try:
            services.become_author(user=request.user, **form.cleaned_data)
        except ProfileInvalid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Welcome! You can put your first item on a shelf now."))
            return redirect("items:desk")
    return _render_form(request, "users/become_author.html", form)


def _profile_form(request: UserRequest) -> ProfileForm:
    shown = selectors.profile_of(request.user)
    initial = {
        "display_name": shown.display_name if shown else request.user.username,
        "bio": shown.bio if shown else "",
        "country": shown.country if shown else "",
    }
    return ProfileForm(request.POST if request.method == "POST" else None, initial=initial)


def _render_form(request: HttpRequest, template: str, form: ProfileForm) -> HttpResponse:
    return render(request, template, {"form": form}, status=422 if form.errors else 200)
