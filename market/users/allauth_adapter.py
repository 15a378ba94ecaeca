"""What django-allauth asks us: our rules for names and addresses, our links, mail as jobs."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from market.core.client import client_address, client_network
from market.tenancy import hosts
from market.users import limits, selectors, services, tasks
from market.users.errors import AccountRefused
from market.users.models import User

MAX_PASSWORD_BYTES = 1024


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many tries. Please wait five minutes and try again."),
        "enter_current_password": _("This is not your present password."),
        "username_taken": _("Somebody already uses this name. Please choose another."),
    }

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # pages only: answers do not depend on an Accept header

    def is_safe_url(self, url: str) -> bool:
        """Whether `next` stays on this host."""
        return hosts.safe_path(url, default="") == url != ""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        try:
            username = services.clean_username(username)
        except AccountRefused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        taken = selectors.user_by_name_or_email(username) is not None
        if services.is_reserved(username) or (taken and not shallow):
            raise self.validation_error("username_taken")
        return username

    def clean_email(self, email: str) -> str:
        try:
            return services.clean_email(email)
        except AccountRefused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def clean_password(self, password: str, user: User | None = None) -> str:
        check_password_length(password)
        return str(super().clean_password(password, user))

    def set_password(self, user: User, password: str) -> None:
        services.set_password(user=user, password=password)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        tries = (
            ("failed_sign_in_address", client_network(request)),
            ("failed_sign_in_email", credentials["email"]),
        )
        # Counted before the password is looked at: parallel guesses do not slip through.
        taken = [limits.take(*one) for one in tries]
        if not all(taken):
            raise self.validation_error("too_many_login_attempts")
        user: User | None = super().authenticate(request, **credentials)
        if user:
            for one in tries:
                limits.give_back(*one)
        return user

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return hosts.link("account", "account_confirm_email", key=emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        return hosts.link("account", "account_reset_password_from_key", uidb36=uid, key=token)

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render now, send by a job: no page waits for a mail server."""
        if not limits.take("mail_to_email", email):
            return
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        html = next((str(part.content) for part in message.alternatives), "")
        tasks.send_message.enqueue(to=email, subject=message.subject, text=message.body, html=html)


def check_password_length(password: str) -> None:
    """Raises ValidationError: hashing or comparing a megabyte is work for an attacker's sake."""
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise ValidationError(_("A password has at most 1,024 bytes."), code="password_too_long")
