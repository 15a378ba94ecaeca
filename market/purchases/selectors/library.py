"""What a person has bought: read from the person's own rows, whatever the shop's size."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from market.items.models import ItemFile, ItemVersion
from market.purchases.models import Download, Purchase
from market.purchases.selectors.orders import licence_names
from market.purchases.selectors.support import SupportOffer, support_offers
from market.users.models import User

PAGE = 20
MAIN = "main"  # the role of what buyers download
DOWNLOAD_LIMIT, DOWNLOAD_WINDOW = 20, timedelta(hours=24)
MAX_WORDS = 8
BATCH = 500
SORTS = ("newest", "oldest", "name")
STATES = ("updated", "support", "support_ended", "refunded")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFilter:
    """Empty values do not narrow anything down. `words`: each begins somewhere in the name."""

    words: str = ""
    site_id: int | None = None
    licence_code: str = ""
    state: str = ""
    sort: str = SORTS[0]

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.site_id or self.licence_code or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    """`version` is the newest approved one: buyers keep up with updates, even of retired items."""

    purchase: Purchase
    licence_name: str
    version: ItemVersion | None
    files: list[ItemFile] = field(default_factory=list)
    downloads_left: int = DOWNLOAD_LIMIT
    next_download_at: datetime | None = None  # when the limit is reached
    has_update: bool = False  # newer than the last download
    support_runs: bool = False
    more_support: SupportOffer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What there is to choose from: how much on which marketplace, and under which licences."""

    total: int
    by_site: dict[int, int]
    names: dict[tuple[int, str], str]  # of licences, by marketplace and code
    licences: dict[str, str]  # those held: code → name


def library(
    *, buyer: User, wanted: LibraryFilter, holdings: Holdings, cursor: str = "", size: int = PAGE
) -> Page[LibraryRow]:
    """A page of what a person has bought, by three queries. Raises BadCursor."""
    purchases = _narrowed(buyer, wanted)
    if cursor:
        purchases = purchases.filter(_after(wanted.sort, cursor))
    found = list(_sorted(purchases, wanted.sort)[: size + 1])
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    return Page(_rows(buyer, shown, holdings), _cursor(wanted.sort, last) if last else None)


def export(*, buyer: User, wanted: LibraryFilter) -> Iterator[Purchase]:
    """All that fits the filter, newest first, a batch at a time, each with item and version."""
    purchases, last = _narrowed(buyer, wanted).order_by("-pk"), None
    while batch := list((purchases.filter(pk__lt=last) if last else purchases)[:BATCH]):
        yield from batch
        last = batch[-1].pk


def holdings(buyer: User) -> Holdings:
    """Two queries; the first counts the person's own rows by an index."""
    counted = Purchase.objects.filter(buyer=buyer).values_list("site_id", "licence_code")
    by_site: dict[int, int] = {}
    kinds = []
    for site_id, code, count in counted.order_by("site_id", "licence_code").annotate(n=Count("pk")):
        by_site[site_id] = by_site.get(site_id, 0) + count
        kinds.append((site_id, code))
    names = licence_names(set(by_site))
    licences = {code: names.get((site_id, code), code) for site_id, code in kinds}
    return Holdings(
        total=sum(by_site.values()),
        by_site=by_site,
        names=names,
        licences=dict(sorted(licences.items(), key=lambda pair: pair[1])),
    )


def latest_downloads(*, user: User, item_id: int) -> list[datetime]:
    """Those that count against the limit, the newest first; never more than the limit."""
    recent = Download.objects.filter(
        user=user, item_id=item_id, created_at__gt=timezone.now() - DOWNLOAD_WINDOW
    )
    times = recent.order_by("-created_at").values_list("created_at", flat=True)
    return list(times[:DOWNLOAD_LIMIT])


def _narrowed(buyer: User, wanted: LibraryFilter) -> QuerySet[Purchase]:
    last = Download.objects.filter(user=buyer, item=OuterRef("item")).order_by("-created_at")
    purchases = (
        Purchase.objects.filter(buyer=buyer)
        .select_related("item__live_version")
        .annotate(
            downloaded_at=Subquery(
                last.values("created_at")[:1], output_field=DateTimeField(null=True)
            )
        )
    )
    for word in wanted.words.split()[:MAX_WORDS]:
        begins = Q(item__name__istartswith=word) | Q(item__name__icontains=f" {word}")
        purchases = purchases.filter(begins)
    if wanted.site_id:
        purchases = purchases.filter(site_id=wanted.site_id)
    if wanted.licence_code:
        purchases = purchases.filter(licence_code=wanted.licence_code)
    return _in_state(purchases, wanted.state)


def _in_state(purchases: QuerySet[Purchase], state: str) -> QuerySet[Purchase]:
    now = timezone.now()
    if state == "updated":
        newer = Q(item__live_version__approved_at__gt=F("downloaded_at"))
        return purchases.filter(newer, reversed_at=None)
    if state == "support":
        return purchases.filter(support_until__gte=now, reversed_at=None)
    if state == "support_ended":
        return purchases.filter(support_until__lt=now, reversed_at=None)
    return purchases.filter(reversed_at__isnull=False) if state == "refunded" else purchases


def _sorted(purchases: QuerySet[Purchase], sort: str) -> QuerySet[Purchase]:
    if sort == "name":
        return purchases.order_by("item__name", "pk")
    return purchases.order_by("pk" if sort == "oldest" else "-pk")


def _cursor(sort: str, last: Purchase) -> str:
    return encode_cursor(last.item.name, last.pk) if sort == "name" else encode_cursor(last.pk)


def _after(sort: str, cursor: str) -> Q:
    if sort == "name":
        name, pk = decode_cursor(cursor, str, int)
        _check(pk)
        return Q(item__name__gt=name) | Q(item__name=name, pk__gt=pk)
    (pk,) = decode_cursor(cursor, int)
    _check(pk)
    return Q(pk__gt=pk) if sort == "oldest" else Q(pk__lt=pk)


def _check(pk: str | int) -> None:
    """SQLite would raise OverflowError for a number that no column can hold."""
    if not 0 <= int(pk) < 2**62:
        raise BadCursor(pk)


def _rows(buyer: User, shown: list[Purchase], holdings: Holdings) -> list[LibraryRow]:
    files = _main_files({one.item.live_version_id for one in shown if one.item.live_version_id})
    names = holdings.names
    recent = _recent_downloads(buyer, {one.item_id for one in shown})
    now = timezone.now()
    more = support_offers(shown, at=now)
    return [
        LibraryRow(
            purchase=one,
            licence_name=names.get((one.site_id, one.licence_code), one.licence_code),
            version=one.item.live_version,
            files=files.get(one.item.live_version_id or 0, []) if one.is_valid else [],
            downloads_left=max(DOWNLOAD_LIMIT - len(recent.get(one.item_id, [])), 0),
            next_download_at=next_download_at(recent.get(one.item_id, [])),
            has_update=one.is_valid and _is_newer(one),
            support_runs=bool(one.support_until and one.support_until >= now),
            more_support=more.get(one.pk),
        )
        for one in shown
    ]


def next_download_at(latest: list[datetime]) -> datetime | None:
    """When one more is possible; None while it is now. `latest` has the newest first."""
    if len(latest) < DOWNLOAD_LIMIT:
        return None
    return latest[DOWNLOAD_LIMIT - 1] + DOWNLOAD_WINDOW


def _is_newer(purchase: Purchase) -> bool:
    version, downloaded_at = purchase.item.live_version, purchase.downloaded_at  # type: ignore[attr-defined]  # annotated
    approved_at = version.approved_at if version else None
    return bool(downloaded_at and approved_at and approved_at > downloaded_at)


def _main_files(version_ids: Collection[int]) -> dict[int, list[ItemFile]]:
    files: dict[int, list[ItemFile]] = {}
    rows = ItemFile.objects.filter(version_id__in=version_ids, role=MAIN)
    for file in rows.order_by("position").defer("facts"):
        files.setdefault(file.version_id, []).append(file)
    return files


def _recent_downloads(buyer: User, item_ids: Collection[int]) -> dict[int, list[datetime]]:
    """Times within the window by item, newest first: at most the limit for each item."""
    times: dict[int, list[datetime]] = {}
    rows = Download.objects.filter(
        user=buyer, item_id__in=item_ids, created_at__gt=timezone.now() - DOWNLOAD_WINDOW
    )
    for item_id, at in rows.order_by("-created_at").values_list("item_id", "created_at"):
        times.setdefault(item_id, []).append(at)
    return times
