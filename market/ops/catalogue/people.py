"""People by number: the first of them are authors."""

from market.ops.catalogue.chances import mixed
from market.ops.catalogue.plan import Plan, Step
from market.ops.catalogue.tables import Rows, name_of
from market.ops.catalogue.values import COUNTRIES
from market.ops.catalogue.vocabulary import vocabulary
from market.users.models import Profile, User

USERS, PROFILES = name_of(User), name_of(Profile)
EMAILS, ROLES = "account_emailaddress", name_of(User.groups.through)
# No password fits: nobody may sign in as somebody who was never there.
PASSWORD = "!" + "loaded" * 6
# RFC 2606: no mail ever gets there.
DOMAIN = "load.example"


def user_key(plan: Plan, number: int) -> int:
    return plan.key(USERS, number)


def names(plan: Plan, number: int) -> tuple[str, str]:
    """(user name, shown name); unique by the user's key, whatever was there before."""
    words = vocabulary()
    word = words[int(mixed(plan.seed + 1, number) * len(words))]
    return f"{word}-{user_key(plan, number)}", f"{word.capitalize()} Studio {number % 97}"


def people(plan: Plan, part: int, *, author_role: int) -> Rows:
    """`author_role` is the key of the authors' group."""
    rows: Rows = {USERS: [], EMAILS: [], PROFILES: [], ROLES: []}
    for number in plan.numbers(Step.PEOPLE, part):
        key = user_key(plan, number)
        username, shown = names(plan, number)
        email = f"person{key}@{DOMAIN}"
        joined = str(plan.joined(number))
        rows[USERS].append((key, PASSWORD, 0, email, username, username, 1, 0, 0, joined, "en"))
        rows[EMAILS].append((plan.key(EMAILS, number), email, 1, 1, key))
        if number < plan.authors:
            country = COUNTRIES[key % len(COUNTRIES)]
            rows[PROFILES].append((key, shown, f"{shown} makes things.", country, "", 1, joined))
            rows[ROLES].append((plan.key(ROLES, number), key, author_role))
    return rows
