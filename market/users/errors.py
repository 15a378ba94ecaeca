"""Refusals about people, sign-in and tokens."""

from django.utils.translation import gettext_lazy as _

from market.core.errors import Refused


class AccountRefused(Refused):
    code = "account_refused"


class UsernameInvalid(AccountRefused):
    code = "username_invalid"


class UsernameTaken(AccountRefused):
    code = "username_taken"

    def __init__(self) -> None:
        super().__init__(_("Somebody already uses this name. Please choose another."))


class EmailInvalid(AccountRefused):
    code = "email_invalid"


class EmailTaken(AccountRefused):
    """Never shown to whoever signs up: it would tell who has an account."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(_("An account with this e-mail address exists already."))


class ProfileInvalid(AccountRefused):
    code = "profile_invalid"


class SignInRefused(Refused):
    """A one-time code that was used, is late, or belongs to another host or browser."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__(
            _("This sign-in link has been used, is too old, or was made for another browser.")
        )


class TokenRefused(Refused):
    code = "token_refused"


class UnknownScope(TokenRefused):
    code = "unknown_scope"


class TooManyTokens(TokenRefused):
    code = "too_many_tokens"


class ClaimRefused(AccountRefused):
    """A link to what a guest bought that is not ours, too old, or used by another account."""

    code = "claim_refused"

    def __init__(self) -> None:
        super().__init__(
            _("This link is not valid any more. Please write to us with your order’s number.")
        )
