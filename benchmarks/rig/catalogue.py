"""Databases with loaded catalogues, and what of them is asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import MySQLdb

from script.lib.production import Instance

# Prints what the pages of one site are asked for: its fullest category and some of its items.
_SHOWN = """
import json
from market.items.models import Item, ItemListing, NodeStats, Category
from market.discovery.views import listing
from market.tenancy.registry import marketplaces
site = marketplaces()[{place}]
nodes = dict(NodeStats.objects.filter(site_id=site.id).values_list("node_id", "items"))
category = max(
    Category.objects.filter(site_id=site.id, parent=None, retired_at=None),
    key=lambda one: nodes.get(one.pk, 0),
)
rows = ItemListing.objects.filter(site_id=site.id, node_id=category.pk)
ids = rows.order_by("-sales", "-item_id").values_list("item_id", flat=True)[:{items}]
items = Item.objects.in_bulk(list(ids))
author = next(iter(items.values())).author.username
print(json.dumps({{
    "site": site.slug,
    "category": category.path,
    "items": [[items[one].slug, one] for one in ids],
    "author": author,
    "page_size": site.search.page_size,
}}))
"""


@dataclass(frozen=True)
class Shown:
    site: str
    category: str
    items: Sequence[tuple[str, int]]
    author: str
    page_size: int

    @property
    def host(self) -> str:
        return f"{self.site}.localhost"

    @property
    def item_paths(self) -> list[str]:
        return [f"/items/{slug}/{item_id}/" for slug, item_id in self.items]


def shown(here: Instance, *, place: int = 0, items: int = 20) -> Shown:
    """Of the site in that place of the list, what its best sold page shows."""
    said = here.run(_SHOWN.format(place=place, items=items))
    return Shown(**json.loads(said.splitlines()[-1]))


def ensure(here: Instance, *, items: int, users: int | None = None) -> None:
    """The database that the instance names, with a catalogue of that size; kept for next time."""
    address = here.environment["DATABASE_URL"]
    _create(address)
    here.manage("migrate", "--verbosity", "0")
    here.manage("sync_sites")
    more = [] if users is None else ["--users", str(users)]
    here.manage("load_catalogue", "--items", str(items), *more)
    here.manage("index_search")  # kept too, see servers.product


def on_server(address: str, statement: str) -> Sequence[Sequence[object]]:
    """Run without choosing a database."""
    at = urlsplit(address)
    server = MySQLdb.connect(
        host=at.hostname, port=at.port or 3306, user=at.username, password=at.password or ""
    )
    try:
        cursor = server.cursor()
        cursor.execute(statement)
        return cursor.fetchall()
    finally:
        server.close()


def _create(address: str) -> None:
    name = urlsplit(address).path.lstrip("/")
    on_server(address, f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4")


def server_pid(address: str) -> int | None:
    """Of a database server on this machine; None if it is elsewhere."""
    ((path,),) = on_server(address, "SELECT @@global.pid_file")
    try:
        with open(str(path)) as file:  # noqa: PTH123  # a path of the server's own
            return int(file.read())
    except OSError:
        return None
