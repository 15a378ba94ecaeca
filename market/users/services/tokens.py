"""Personal tokens of the API."""

import secrets
import string
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import token_hash
from market.core.text import clean_line
from market.users.errors import TokenRefused, TooManyTokens, UnknownScope
from market.users.models import PersonalToken, User
from market.users.scopes import DEFAULT, SCOPES

TOKEN_LENGTH = 32  # of 62 characters each: 190 bits
MAX_TOKENS = 50
_ALPHABET = string.ascii_letters + string.digits


@transaction.atomic
def create_token(*, user: User, name: str, scopes: Iterable[str]) -> tuple[PersonalToken, str]:
    """The row and the token itself, which is not kept: show it now or never.

    Raises TokenRefused.
    """
    name = clean_line(name)
    if not 1 <= len(name) <= 80:
        raise TokenRefused(_("A token's name has 1 to 80 visible characters."))
    granted = {DEFAULT, *scopes}
    if unknown := granted - SCOPES.keys():
        raise UnknownScope(_("There is no permission called %(name)s."), name=min(unknown))
    User.objects.select_for_update().get(pk=user.pk)  # two tabs do not pass the limit together
    if PersonalToken.objects.filter(user=user, revoked_at=None).count() >= MAX_TOKENS:
        raise TooManyTokens(
            _("You have %(count)d tokens. Revoke one that you no longer use."), count=MAX_TOKENS
        )
    token = "".join(secrets.choice(_ALPHABET) for _place in range(TOKEN_LENGTH))
    row = PersonalToken.objects.create(
        user=user,
        name=name,
        token_hash=token_hash(token),
        scopes=" ".join(scope for scope in SCOPES if scope in granted),
    )
    return row, token


def revoke_token(*, user: User, token_id: int) -> None:
    """Ends a token of this person at once; a repeat changes nothing.

    Raises PersonalToken.DoesNotExist, for a token of somebody else too.
    """
    token = PersonalToken.objects.get(pk=token_id, user=user)
    PersonalToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def note_token_use(*, token: PersonalToken, on: date | None = None) -> None:
    """Remember the day of a token's last use: one write a day and token."""
    today = on or timezone.now().date()
    if token.last_used_on != today:
        PersonalToken.objects.filter(pk=token.pk).update(last_used_on=today)
