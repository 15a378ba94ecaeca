"""What others see of a person."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from market.core.text import clean_line
from market.users import tasks
from market.users.countries import COUNTRIES
from market.users.errors import ProfileInvalid
from market.users.models import Profile, User
from market.users.services.roles import grant_role


@transaction.atomic
def become_author(*, user: User, display_name: str, bio: str = "", country: str = "") -> Profile:
    """Let a person sell. Repeating it only changes the profile. Raises ProfileInvalid."""
    profile = update_profile(user=user, display_name=display_name, bio=bio, country=country)
    grant_role(user=user, role="author")
    return profile


@transaction.atomic
def update_profile(*, user: User, display_name: str, bio: str, country: str) -> Profile:
    """Raises ProfileInvalid."""
    display_name, bio = clean_line(display_name), bio.strip()
    if not 2 <= len(display_name) <= 80:
        raise ProfileInvalid(_("The name that others see has 2 to 80 visible characters."))
    if len(bio) > 500:
        raise ProfileInvalid(_("The text about you has at most 500 characters."))
    if country and country not in COUNTRIES:
        raise ProfileInvalid(_("Please choose a country of the list."))
    profile, _created = Profile.objects.update_or_create(
        user=user, defaults={"display_name": display_name, "bio": bio, "country": country}
    )
    tasks.purge_author.enqueue(user_id=user.pk)
    return profile


@transaction.atomic
def set_avatar(*, user: User, key: str) -> None:
    """The public storage key of the person's picture, which was made by us."""
    Profile.objects.filter(user=user).update(avatar_key=key)
    tasks.purge_author.enqueue(user_id=user.pk)
