"""Accounts: who may be called what, who may sign in, and what ends sessions."""

import unicodedata
from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from market.core.locales import language
from market.tenancy.languages import CODES
from market.users import tasks
from market.users.errors import EmailInvalid, EmailTaken, UsernameInvalid, UsernameTaken
from market.users.models import SignInCode, User, normalise_email, normalise_username

MAX_EMAIL_LENGTH = 254
RESERVED_NAMES = {
    "account", "admin", "administrator", "anonymous", "api", "billing", "deleted", "files", "help",
    "info", "legal", "mail", "me", "moderator", "news", "none", "null", "official", "payments",
    "payouts", "post", "postmaster", "root", "security", "sevenshelves", "seven-shelves", "shop",
    "staff", "support", "system", "team", "undefined", "webmaster", "www",
}  # fmt: skip


def clean_username(name: str) -> str:
    """A user name as it is kept. Raises UsernameInvalid with what to change."""
    name = unicodedata.normalize("NFKC", name)
    if any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in name):
        raise UsernameInvalid(_("A user name may not hold invisible characters."))
    if not 3 <= len(name) <= 40 or len(normalise_username(name)) > 80:
        raise UsernameInvalid(_("A user name has 3 to 40 characters."))
    stacked = "MMM" in "".join(unicodedata.category(char)[0] for char in name)
    if stacked or not all(_is_letter(char) or char in "-_." for char in name):
        raise UsernameInvalid(_("Use letters, digits, hyphens, underscores and dots only."))
    if not (name[0].isalnum() and _is_letter(name[-1])):
        raise UsernameInvalid(_("A user name begins and ends with a letter or a digit."))
    if len(_alphabets(name)) > 1:
        raise UsernameInvalid(_("A user name uses letters of one alphabet."))
    return name


def _is_letter(char: str) -> bool:
    """Letters, digits, and the marks without which some scripts cannot be written."""
    return unicodedata.category(char)[0] in "LM" or unicodedata.category(char) == "Nd"


def _alphabets(name: str) -> Collection[str]:
    # Letters of these three look alike: a Cyrillic letter in a Latin name deceives.
    first_words = {unicodedata.name(char, "").split(" ")[0] for char in name if char.isalpha()}
    return first_words & {"LATIN", "CYRILLIC", "GREEK"}


def is_reserved(username: str) -> bool:
    """Whether a name sounds like the marketplace itself; nobody may sign up with it."""
    return normalise_username(username).replace("_", "-").replace(".", "-") in RESERVED_NAMES


def clean_email(email: str) -> str:
    """An e-mail address as it is kept. Raises EmailInvalid."""
    email = normalise_email(email)
    try:
        validate_email(email)
    except ValidationError:
        raise EmailInvalid(_("Please enter an e-mail address like name@example.com.")) from None
    if len(email) > MAX_EMAIL_LENGTH:
        raise EmailInvalid(
            _("An e-mail address has at most %(limit)d characters."), limit=MAX_EMAIL_LENGTH
        )
    return email


@transaction.atomic
def register(*, email: str, username: str, password: str) -> User:
    """Make an account whose e-mail address is not confirmed yet, in the active language.

    Raises UsernameInvalid, EmailInvalid, UsernameTaken, EmailTaken, and then writes nothing.
    """
    email, username = clean_email(email), clean_username(username)
    try:
        # The unique keys decide between two people who sign up at once.
        with transaction.atomic():
            user = User.objects.create_user(email, username, password)
    except IntegrityError:
        if User.objects.filter(username_key=normalise_username(username)).exists():
            raise UsernameTaken from None
        raise EmailTaken from None
    choose_language(user=user, code=language())
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    return user


def choose_language(*, user: User, code: str) -> None:
    """What we write to the person in from now on. An unknown language changes nothing."""
    if code in CODES and code != user.language:
        user.language = code
        user.save(update_fields=["language"])


def confirm_email(*, user: User) -> None:
    """Take the person's address as theirs, as following the link in the mail does."""
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Ends every session on every host: sessions carry a hash that the password is part of."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _withdraw_sign_in_codes(user)


@transaction.atomic
def sign_out_everywhere(*, user: User) -> None:
    """End every session on every host at its next request."""
    User.objects.filter(pk=user.pk).update(auth_epoch=F("auth_epoch") + 1)
    _withdraw_sign_in_codes(user)


@transaction.atomic
def lock_account(*, user: User) -> None:
    """No sign-in, no token, no session. Sessions of before stay dead after `unlock_account`."""
    User.objects.filter(pk=user.pk).update(is_active=False, auth_epoch=F("auth_epoch") + 1)
    _withdraw_sign_in_codes(user)
    tasks.purge_author.enqueue(user_id=user.pk)


@transaction.atomic
def unlock_account(*, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    tasks.purge_author.enqueue(user_id=user.pk)


def _withdraw_sign_in_codes(user: User) -> None:
    # A code handed out a moment ago would open a session that outlives this.
    SignInCode.objects.filter(user=user, used_at=None).delete()
