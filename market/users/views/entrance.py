"""django-allauth's pages with our forms and limits; they exist on `account.` only."""

from typing import Any

from allauth.account import views as allauth_views
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from market.core.client import client_network
from market.core.views import too_many
from market.users import limits
from market.users.errors import EmailTaken, UsernameTaken
from market.users.forms import (
    NewPasswordForm,
    PasswordChangeForm,
    PasswordResetForm,
    SignInForm,
    SignUpForm,
)
from market.users.models import normalise_email


def _too_many(request: HttpRequest, limit: str) -> HttpResponse:
    return too_many(request, wait_seconds=limits.seconds_left(limit))


class SignInView(allauth_views.LoginView):  # type: ignore[misc]  # allauth is untyped
    form_class = SignInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.take("sign_in_address", client_network(request)):
            return _too_many(request, "sign_in_address")
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]


class SignUpView(allauth_views.SignupView):  # type: ignore[misc]
    form_class = SignUpForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.take("sign_up_address", client_network(request)):
            return _too_many(request, "sign_up_address")
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[no-any-return]
        except UsernameTaken as refusal:
            form.add_error("username", str(refusal))
            return self.form_invalid(form)
        except EmailTaken:
            form.account_already_exists = True
            return super().form_valid(form)  # type: ignore[no-any-return]

    def form_invalid(self, form: SignUpForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]


class ConfirmEmailView(allauth_views.ConfirmEmailView):  # type: ignore[misc]
    """GET shows a button: a mail scanner that opens the link uses nothing up."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(*args, **kwargs)  # type: ignore[no-any-return]
        except Http404:
            self.object = None
            return self.render_to_response(self.get_context_data())

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        status = 200 if context["can_confirm"] else 404
        return super().render_to_response(context, status=status, **kwargs)  # type: ignore[no-any-return]


class PasswordResetView(allauth_views.PasswordResetView):  # type: ignore[misc]
    form_class = PasswordResetForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.take("password_reset_address", client_network(request)):
            return _too_many(request, "password_reset_address")
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_invalid(self, form: PasswordResetForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]


class NewPasswordView(allauth_views.PasswordResetFromKeyView):  # type: ignore[misc]
    """Where the link of the mail leads. The new password makes the link void."""

    form_class = NewPasswordForm

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        limits.forget("failed_sign_in_email", normalise_email(self.reset_user.email))
        return response  # type: ignore[no-any-return]

    def form_invalid(self, form: NewPasswordForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if context.get("token_fail"):
            kwargs["status"] = 404
        return super().render_to_response(context, **kwargs)  # type: ignore[no-any-return]


class PasswordChangeView(allauth_views.PasswordChangeView):  # type: ignore[misc]
    form_class = PasswordChangeForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.take("password_change_user", str(request.user.pk)):
            return _too_many(request, "password_change_user")
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]


sign_in = SignInView.as_view()
sign_up = SignUpView.as_view()
confirm_email = never_cache(ConfirmEmailView.as_view())
confirmation_sent = never_cache(allauth_views.email_verification_sent)
password_reset = never_cache(PasswordResetView.as_view())
password_reset_sent = never_cache(allauth_views.password_reset_done)
new_password = never_cache(NewPasswordView.as_view())
new_password_set = never_cache(allauth_views.password_reset_from_key_done)
password_change = never_cache(PasswordChangeView.as_view())
inactive = never_cache(allauth_views.account_inactive)
