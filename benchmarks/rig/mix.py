"""Requests like those of the whole business, by fixed chance: what is popular is asked for most."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from benchmarks.rig.load import Request
from benchmarks.rig.people import CSRF, PASSWORD, Person
from market.ops.catalogue.chances import Weighted, by_rank, zipf
from market.ops.catalogue.vocabulary import vocabulary
from script.lib.production import Instance

SHARES = {
    "home": 0.10, "category": 0.20, "item": 0.45, "search": 0.15, "api": 0.07, "own": 0.03,
}  # fmt: skip
QUERIES = 20_000
PEOPLE = 40
ACCOUNT, API = "account.localhost", "api.localhost"
# Prints the items with these ranks among best sellers, in their order, and each site's categories.
_ASKED = """
import json
from pathlib import Path
from market.items.models import Item, LicencePrice
from market.ops.catalogue.goods import ITEMS
from market.ops.catalogue.loading import plan_of
from market.ops.models import CatalogueLoad
from market.tenancy.registry import marketplace_by_id, marketplaces
plan = plan_of(CatalogueLoad.objects.get())
ranks = json.loads(Path({ranks!r}).read_text())
keys = [plan.key(ITEMS, plan.popularity.number(rank)) for rank in ranks]
found = {{}}
wanted = sorted(set(keys))
for start in range(0, len(wanted), 1000):
    rows = Item.objects.filter(pk__in=wanted[start : start + 1000])
    for key, site_id, slug in rows.values_list("pk", "site_id", "slug"):
        found[key] = [marketplace_by_id(site_id).slug, slug, key]
print(json.dumps({{
    "items": [found[key] for key in keys],
    "categories": {{
        site.slug: [one.path for one in site.all_categories()] for site in marketplaces()
    }},
}}))
"""


def items_in(here: Instance) -> int:
    return int(
        here.run(
            "from market.ops.models import CatalogueLoad\nprint(CatalogueLoad.objects.get().items)"
        ).splitlines()[-1]
    )


def requests(here: Instance, *, seed: int, count: int, people: Sequence[Person]) -> list[Request]:
    """`count` requests in the order that they are sent. Raises where no catalogue was loaded."""
    chance = Random(seed)  # to be repeated
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    items, categories = _asked(here, chance, kinds)
    sites = by_rank(list(categories))
    makers: Mapping[str, Callable[[], Request]] = {
        "home": lambda: Request(_host(sites.at(chance.random())), "/"),
        "category": lambda: _category(chance, sites, categories),
        "item": lambda: _item(next(items)),
        "search": lambda: Request(
            _host(sites.at(chance.random())), f"/search/?q={query(zipf(chance, QUERIES))}"
        ),
        "api": lambda: _api(chance, next(items)),
        "own": lambda: _own(chance, people[chance.randrange(len(people))]),
    }
    return [makers[kind]() for kind in kinds]


def _asked(
    here: Instance, chance: Random, kinds: Sequence[str]
) -> tuple[Iterator[tuple[str, str, int]], dict[str, list[str]]]:
    """An item for each request that is about one, by Zipf over all items; the categories."""
    size = items_in(here)
    ranks = [zipf(chance, size) for kind in kinds if kind in ("item", "api")]
    path = here.environment["DATA_DIR"] + "/ranks.json"
    with open(path, "w") as file:  # noqa: PTH123
        json.dump(ranks, file)
    said = json.loads(here.run(_ASKED.format(ranks=path)).splitlines()[-1])
    return (tuple(one) for one in said["items"]), said["categories"]


def query(rank: int) -> str:
    """20,000 different ones: single words, the commonest first, then pairs of words."""
    words = vocabulary()
    if rank < len(words):
        return words[rank]
    first, second = words[rank % 97], words[97 + rank // 97 % 1000]
    return f"{first}+{second}"


def _host(site: str) -> str:
    return f"{site}.localhost"


def _item(found: tuple[str, str, int]) -> Request:
    site, slug, item_id = found
    return Request(_host(site), f"/items/{slug}/{item_id}/")


def _category(
    chance: Random, sites: Weighted[str], categories: Mapping[str, Sequence[str]]
) -> Request:
    site = sites.at(chance.random())
    path = categories[site][zipf(chance, len(categories[site]))]
    sort = "?sort=newest" if chance.random() < 0.2 else ""
    return Request(_host(site), f"/category/{path}/{sort}")


def _api(chance: Random, found: tuple[str, str, int]) -> Request:
    site, _slug, item_id = found
    if chance.random() < 0.7:
        return Request(API, f"/rest/v1/items/{item_id}/")
    return Request(API, f"/rest/v1/search/?marketplace={site}&q={query(zipf(chance, QUERIES))}")


def _own(chance: Random, person: Person) -> Request:
    """Carts, checkouts and sign-ins; a sign-in pays for its password's hash."""
    kind = chance.random()
    if kind < 0.4:
        return Request(ACCOUNT, "/cart/", cookies=person.cookies)
    if kind < 0.6:
        site, item_id, licence = person.wish
        form = {"csrfmiddlewaretoken": CSRF, "item_id": str(item_id), "licence_code": licence}
        return Request(_host(site), "/cart/add/", cookies=person.cookies, form=form)
    if kind < 0.8:
        return Request(ACCOUNT, "/checkout/", cookies=person.cookies)
    csrf = {name: value for name, value in person.cookies.items() if value == CSRF}
    if kind < 0.9:
        return Request(ACCOUNT, "/sign-in/", cookies=csrf)
    form = {"csrfmiddlewaretoken": CSRF, "login": person.email, "password": PASSWORD}
    return Request(ACCOUNT, "/sign-in/", cookies=csrf, form=form)
