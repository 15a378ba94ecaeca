"""Personal tokens of the API: made, shown once, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from market.users import selectors, services
from market.users.errors import TokenRefused
from market.users.forms import TokenForm
from market.users.http import UserRequest
from market.users.models import PersonalToken
from market.users.scopes import SCOPES


@require_http_methods(["GET", "POST"])
@never_cache  # the answer may show a token; never_cache says no-store
@login_required
def tokens(request: UserRequest) -> HttpResponse:
    """Partners link here with `?SCOPE=t`, which ticks that permission."""
    form = TokenForm(
        request.POST if request.method == "POST" else None,
        initial={"scopes": [scope for scope in SCOPES if request.GET.get(scope) == "t"]},
    )
    new_token = ""
    if form.is_valid():
        try:
            _, new_token = services.create_token(user=request.user, **form.cleaned_data)
            form = TokenForm()
        except TokenRefused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "new_token": new_token,
        "tokens": selectors.tokens_of(request.user),
    }
    return render(request, "users/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request: UserRequest, token_id: int) -> HttpResponse:
    try:
        services.revoke_token(user=request.user, token_id=token_id)
    except PersonalToken.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return redirect("users:tokens")
