from collections.abc import Sequence

from market.core.ids import token_hash
from market.users.models import PersonalToken, Profile, User, normalise_email, normalise_username


def user_by_token(token: str) -> tuple[User, PersonalToken] | None:
    """Who holds a token that is neither revoked nor of a locked account. One query."""
    row = (
        PersonalToken.objects.select_related("user")
        .filter(token_hash=token_hash(token), revoked_at=None, user__is_active=True)
        .first()
    )
    return (row.user, row) if row else None


def tokens_of(user: User) -> Sequence[PersonalToken]:
    """A person's tokens that are in force, newest first."""
    return list(PersonalToken.objects.filter(user=user, revoked_at=None).order_by("-pk"))


def author_by_username(username: str) -> User | None:
    """An author with the profile loaded; upper and lower case do not matter. One query."""
    return (
        User.objects.select_related("profile")
        .filter(username_key=normalise_username(username), profile__isnull=False)
        .first()
    )


def profile_of(user: User) -> Profile | None:
    return Profile.objects.filter(user=user).first()


def user_by_name_or_email(text: str) -> User | None:
    key = {"email": normalise_email(text)} if "@" in text else {}
    return User.objects.filter(**(key or {"username_key": normalise_username(text)})).first()


def is_author(user: User) -> bool:
    return user.has_perm("items.sell_items")


def is_staff_member(user: User) -> bool:
    """Whether a person has any business on the staff host."""
    return user.is_active and (
        user.is_staff or user.has_perm("items.review_items") or user.has_perm("items.suspend_items")
    )
