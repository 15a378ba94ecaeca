"""Loads a catalogue, or goes on with one that was stopped: `load`.

Order: keys off, people, goods, deals, keys back on, totals. Each part is one transaction that also
notes the part, so that a load which is killed anywhere goes on behind the last whole part and ends
with the same rows. Parts are made and written by several processes.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.contrib.auth.models import Group
from django.db import close_old_connections, connections, transaction
from django.db.models import Max
from django.utils import timezone

from market.items.models import Item, ItemListing, NodeStats
from market.ops.catalogue import keys
from market.ops.catalogue.deals import deals
from market.ops.catalogue.goods import goods
from market.ops.catalogue.looks import looks_of
from market.ops.catalogue.people import people
from market.ops.catalogue.plan import Plan, Step
from market.ops.catalogue.shop import open_shops
from market.ops.catalogue.tables import TABLES, Rows
from market.ops.catalogue.writing import bulk_connection, write_part
from market.ops.models import CatalogueLoad, CatalogueLoadPart
from market.tenancy.registry import marketplaces
from market.users.models import User

KEYS = "keys"  # a step of its own: one part a table, in the order of TABLES
TOTALS = "totals"
# Fewer rows than this are quicker put into the indexes than those are built anew.
MANY_ITEMS = 50_000
Tell = Callable[[str, int], object]  # step, how many more of it are done


class NotEmpty(Exception):
    """The database has people or items that no load made."""


class OtherLoad(Exception):
    """There is another load's catalogue in this database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    seed: int
    items: int
    users: int
    purchases: int


def begin(wanted: Wanted, *, beside: bool) -> CatalogueLoad:
    """The load that is there, or a new one. Raises NotEmpty unless `beside`, OtherLoad."""
    found = CatalogueLoad.objects.order_by("pk").first()
    if found is not None:
        if wanted != plan_said(found):
            raise OtherLoad(str(found))
        return found
    if not beside and (User.objects.exists() or Item.objects.exists()):
        raise NotEmpty
    with bulk_connection() as bulk:
        definitions = {table: keys.definitions(bulk, table) for table in TABLES}
    return CatalogueLoad.objects.create(
        seed=wanted.seed,
        items=wanted.items,
        users=wanted.users,
        purchases=wanted.purchases,
        today=timezone.now().date(),
        bases={table: _greatest_key(table) for table in TABLES},
        looks={str(site.id): looks_of(site) for site in marketplaces()},
        keys=definitions if wanted.items >= MANY_ITEMS else {},
    )


def plan_said(load: CatalogueLoad) -> Wanted:
    return Wanted(seed=load.seed, items=load.items, users=load.users, purchases=load.purchases)


def plan_of(load: CatalogueLoad) -> Plan:
    today: date = load.today
    return Plan(
        seed=load.seed,
        items=load.items,
        users=load.users,
        purchases=load.purchases,
        today=today,
        bases=load.bases,
    )


def _greatest_key(table: str) -> int:
    return int(TABLES[table].model._default_manager.aggregate(last=Max("pk"))["last"] or 0)


def load(started: CatalogueLoad, *, processes: int, tell: Tell = lambda step, done: None) -> None:
    """Everything that is missing of it. `tell` hears first what was there already."""
    plan = plan_of(started)
    for step in Step:
        done = _done(started, step)
        tell(step, sum(len(plan.numbers(step, part)) for part in done))
    _take_keys_off(started)
    for step in Step:
        missing = [part for part in plan.parts(step) if part not in _done(started, step)]
        for part in _each(partial(_load_part, started.pk, step), missing, processes):
            tell(step, len(plan.numbers(step, part)))
    _put_keys_back(started, processes, tell)
    _count_nodes(started, tell)
    close_old_connections()
    CatalogueLoad.objects.filter(pk=started.pk, finished_at=None).update(finished_at=timezone.now())


def _done(started: CatalogueLoad, step: str) -> set[int]:
    return set(started.parts.filter(step=step).values_list("number", flat=True))


def _each(work: Callable[[int], int], parts: list[int], processes: int) -> Iterator[int]:
    """Runs work for each part, here or in several processes; yields each that is done."""
    if processes == 1 or len(parts) < 2:
        yield from map(work, parts)
        return
    connections.close_all()  # a connection must not be shared by two processes
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(work, parts)


_makers: dict[int, "Maker"] = {}  # of this process: reading the shops takes longer than a part


class Maker:
    """Makes the rows of any part of one load."""

    def __init__(self, load_id: int) -> None:
        self.load = CatalogueLoad.objects.get(pk=load_id)
        self.plan = plan_of(self.load)
        self.shops = open_shops({int(site): one for site, one in self.load.looks.items()})
        self.author_role = Group.objects.get(name="authors").pk

    def rows(self, step: Step, part: int) -> Rows:
        match step:
            case Step.PEOPLE:
                return people(self.plan, part, author_role=self.author_role)
            case Step.GOODS:
                return goods(self.plan, self.shops, part)
            case Step.DEALS:
                return deals(self.plan, self.shops, part)


def _load_part(load_id: int, step: Step, part: int) -> int:
    if load_id not in _makers:
        _makers[load_id] = Maker(load_id)
    maker = _makers[load_id]
    rows = maker.rows(step, part)
    with bulk_connection() as bulk:
        write_part(bulk, load=maker.load, step=step, number=part, rows=rows)
    return part


def _take_keys_off(started: CatalogueLoad) -> None:
    """Not again once some of them are back."""
    if started.keys and not _done(started, KEYS) and _is_missing_rows(started):
        with bulk_connection() as bulk:
            for table in started.keys:
                keys.take_off(bulk, table)


def _is_missing_rows(started: CatalogueLoad) -> bool:
    plan = plan_of(started)
    return any(len(_done(started, step)) < len(plan.parts(step)) for step in Step)


def _put_keys_back(started: CatalogueLoad, processes: int, tell: Tell) -> None:
    tables = list(started.keys)
    done = _done(started, KEYS)
    tell(KEYS, len(done))
    missing = [place for place in range(len(tables)) if place not in done]
    for _ in _each(partial(_put_back, started.pk), missing, processes):
        tell(KEYS, 1)


def _put_back(load_id: int, place: int) -> int:
    # The database hung up on this one while the last table was altered.
    close_old_connections()
    started = CatalogueLoad.objects.get(pk=load_id)
    table = list(started.keys)[place]
    with bulk_connection() as bulk:
        keys.put_back(bulk, table, started.keys[table])
        with bulk.cursor() as cursor:
            cursor.execute(f"ANALYZE TABLE {bulk.ops.quote_name(table)}")
            cursor.fetchall()
        write_part(bulk, load=started, step=KEYS, number=place, rows={})
    return place


def _count_nodes(started: CatalogueLoad, tell: Tell) -> None:
    """The totals of all nodes, counted from the lists: a reading of one index."""
    if _done(started, TOTALS):
        return
    totals, listings = NodeStats._meta.db_table, ItemListing._meta.db_table
    with bulk_connection() as bulk, transaction.atomic(using=bulk.alias), bulk.cursor() as cursor:
        NodeStats.objects.using(bulk.alias).all().delete()
        cursor.execute(
            f"INSERT INTO {totals} (site_id, node_id, items) "  # noqa: S608
            f"SELECT site_id, node_id, COUNT(*) FROM {listings} GROUP BY site_id, node_id"
        )
        CatalogueLoadPart.objects.using(bulk.alias).create(load=started, step=TOTALS, number=0)
    tell(TOTALS, 1)
