"""People who are signed in: their sessions, without the minutes that signing in a crowd takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from script.lib.production import Instance

PASSWORD = "a long password to measure with"  # noqa: S105  # of people of a benchmark's database
CSRF = "m" * 32
_SIGNED_IN = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from market.items.models import Item
from market.tenancy.registry import marketplace_by_id
from market.users import services
from market.users.models import User, normalise_username
found = []
wishes = list(Item.objects.filter(status="approved").order_by("pk")[:{count}])
for number in range({count}):
    name = f"measurer{{number}}"
    user = User.objects.filter(username_key=normalise_username(name)).first()
    if user is None:
        user = services.register(
            email=f"{{name}}@example.com", username=name, password={password!r}
        )
        services.confirm_email(user=user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    wish = wishes[number % len(wishes)]
    site = marketplace_by_id(wish.site_id)
    found.append({{
        "email": user.email,
        "wish": [site.slug, wish.pk, wish.card["licence"]],
        "cookies": {{
            settings.SESSION_COOKIE_NAME: session.session_key,
            settings.CSRF_COOKIE_NAME: {csrf!r},
        }},
    }})
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Person:
    """`wish` is an item that goes into the cart: its site, its key, the licence."""

    email: str
    wish: tuple[str, int, str]
    cookies: Mapping[str, str]


def signed_in(here: Instance, count: int) -> Sequence[Person]:
    said = here.run(_SIGNED_IN.format(count=count, password=PASSWORD, csrf=CSRF))
    return [Person(**one) for one in json.loads(said.splitlines()[-1])]
