"""People who buy with an e-mail address alone, until they take over what they bought."""

from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.utils import timezone

from market.core.locales import language
from market.users.errors import ClaimRefused
from market.users.models import GUEST_DOMAIN, Guest, User
from market.users.services.accounts import (
    choose_language,
    clean_email,
    confirm_email,
    register,
    set_password,
)

CLAIM_DAYS = 365
_SALT = "market.users.guests"


@transaction.atomic
def open_guest(*, email: str) -> User:
    """A row to buy with; says nothing about whether an account has this address.

    It cannot sign in: it has no password, and an address that does not exist. Raises EmailInvalid.
    """
    email = clean_email(email)
    name = f"guest-{uuid4().hex[:16]}"
    user = User.objects.create_user(f"{name}@{GUEST_DOMAIN}", name)
    choose_language(user=user, code=language())
    Guest.objects.create(user=user, email=email)
    return user


def claim_token(guest: User) -> str:
    """The word in the receipt's link: who has it reads the guest's mail."""
    return signing.dumps(guest.pk, salt=_SALT)


def guest_of_token(token: str) -> Guest:
    """Raises ClaimRefused for a word that is not ours, or too old."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=timedelta(days=CLAIM_DAYS))
    except signing.BadSignature as error:
        raise ClaimRefused from error
    found = Guest.objects.filter(pk=pk).select_related("user").first()
    if found is None:
        raise ClaimRefused
    return found


def account_of(guest: Guest) -> User | None:
    """The account that has the guest's address for its own, confirmed."""
    confirmed = EmailAddress.objects.filter(email=guest.email, verified=True)
    return User.objects.filter(email=guest.email, pk__in=confirmed.values("user")).first()


@transaction.atomic
def account_for(*, guest: Guest, username: str, password: str) -> User:
    """An account with the guest's address, which the mail has just confirmed.

    Whoever signed up with the address and never confirmed it has no say: the password is replaced.
    Raises UsernameInvalid, UsernameTaken, ClaimRefused.
    """
    user = User.objects.select_for_update().filter(email=guest.email).first()
    if user is not None and not user.is_active:
        raise ClaimRefused
    if user is None:
        user = register(email=guest.email, username=username, password=password)
    else:
        set_password(user=user, password=password)
    confirm_email(user=user)
    return user


@transaction.atomic
def take_over(*, guest: Guest, account: User) -> bool:
    """Note whose it is now; False if it was that account's before. Raises ClaimRefused."""
    locked = Guest.objects.select_for_update().get(pk=guest.pk)
    if locked.claimed_by_id == account.pk:
        return False
    if locked.claimed_by_id is not None or account.email != locked.email:
        raise ClaimRefused
    locked.claimed_by, locked.claimed_at = account, timezone.now()
    locked.save(update_fields=["claimed_by", "claimed_at"])
    return True
