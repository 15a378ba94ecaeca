"""The demo's people, signed up as people sign up."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from market.core import storage
from market.items.making import pictures
from market.items.management.demo.folder import FOLDER, read_authors, read_people
from market.users import services as users
from market.users.models import Profile, User, normalise_username

ROLES = ("buyer", "reviewer", "staff")


def load_people() -> dict[str, User]:
    """Everybody by user name; who is there already stays as he is."""
    people = read_people()
    password = str(people["password"])
    found: dict[str, User] = {}
    for author in read_authors():
        user = _person(author, password)
        found[user.username] = user
        if not Profile.objects.filter(user=user).exists():
            users.become_author(
                user=user,
                display_name=author["display_name"],
                bio=author["bio"],
                country=author["country"],
            )
            _set_avatar(user, FOLDER / author["avatar"])
    for role in ROLES:
        for one in people.get(role, []):
            user = _person(one, password)
            found[user.username] = user
            if not Profile.objects.filter(user=user).exists():
                users.update_profile(
                    user=user, display_name=one["display_name"], bio="", country=one["country"]
                )
                if role != "buyer":
                    users.grant_role(user=user, role=role)
    # Permissions are remembered by the objects that asked before they were granted.
    return {name: User.objects.get(pk=user.pk) for name, user in found.items()}


def _person(said: dict[str, Any], password: str) -> User:
    key = normalise_username(said["username"])
    user = User.objects.filter(username_key=key).first()
    if user is None:
        user = users.register(email=said["email"], username=said["username"], password=password)
    users.confirm_email(user=user)
    return user


def _set_avatar(user: User, path: Path) -> None:
    """Drawn anew as every picture that others see."""
    with tempfile.TemporaryDirectory(prefix="avatar-") as folder:
        made = pictures.make_thumbnail(path, Path(folder), crop=True).outputs[0]
        key = f"previews/{uuid4().hex}/{made.name}"
        with made.path.open("rb") as file:
            storage.save(key, file, content_type=made.content_type)
    users.set_avatar(user=user, key=key)
