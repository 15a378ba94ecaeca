"""The verbs of people, sign-in, roles and tokens."""

from market.users.services.accounts import (
    choose_language,
    clean_email,
    clean_username,
    confirm_email,
    is_reserved,
    lock_account,
    register,
    set_password,
    sign_out_everywhere,
    unlock_account,
)
from market.users.services.guests import (
    account_for,
    account_of,
    claim_token,
    guest_of_token,
    open_guest,
    take_over,
)
from market.users.services.profiles import become_author, set_avatar, update_profile
from market.users.services.roles import grant_role, sync_roles, withdraw_role
from market.users.services.sign_in import (
    create_sign_in_code,
    prune_sign_in_codes,
    redeem_sign_in_code,
)
from market.users.services.tokens import create_token, note_token_use, revoke_token

__all__ = [
    "account_for",
    "account_of",
    "become_author",
    "choose_language",
    "claim_token",
    "clean_email",
    "clean_username",
    "confirm_email",
    "create_sign_in_code",
    "create_token",
    "grant_role",
    "guest_of_token",
    "is_reserved",
    "lock_account",
    "note_token_use",
    "open_guest",
    "prune_sign_in_codes",
    "redeem_sign_in_code",
    "register",
    "revoke_token",
    "set_avatar",
    "set_password",
    "sign_out_everywhere",
    "sync_roles",
    "take_over",
    "unlock_account",
    "update_profile",
    "withdraw_role",
]
