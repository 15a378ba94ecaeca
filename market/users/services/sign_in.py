"""One sign-in for all hosts: `account.` gives a one-time code, the other host redeems it."""

from datetime import timedelta

from django.utils import timezone

from market.core.ids import new_token, token_hash
from market.users.errors import SignInRefused
from market.users.models import SignInCode, User

CODE_LIFETIME = timedelta(seconds=60)
KEPT_AFTERWARDS = timedelta(days=1)


def create_sign_in_code(*, user: User, host_key: str, state_hash: str) -> str:
    """A code for one host and for the browser whose state has this SHA-256 (hex)."""
    code = new_token()
    SignInCode.objects.create(
        code_hash=token_hash(code),
        user=user,
        host_key=host_key,
        state_hash=state_hash,
        expires_at=timezone.now() + CODE_LIFETIME,
    )
    return code


def redeem_sign_in_code(*, code: str, host_key: str, state: str) -> User:
    """Whom a code signs in. Raises SignInRefused; of two redeemers at once, one succeeds."""
    if not state:
        # Anybody can ask for a code for the hash of nothing: it fits no browser.
        raise SignInRefused
    now = timezone.now()
    redeemed = SignInCode.objects.filter(
        code_hash=token_hash(code),
        host_key=host_key,
        state_hash=token_hash(state),
        used_at=None,
        expires_at__gt=now,
    ).update(used_at=now)
    if not redeemed:
        raise SignInRefused
    user = SignInCode.objects.select_related("user").get(code_hash=token_hash(code)).user
    if not user.is_active:
        raise SignInRefused
    return user


def prune_sign_in_codes() -> int:
    """Delete codes that are of no use any more; returns how many."""
    old = SignInCode.objects.filter(expires_at__lt=timezone.now() - KEPT_AFTERWARDS)
    return old.delete()[0]
