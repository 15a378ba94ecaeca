"""A library as comma-separated lines (RFC 4180), safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator

from market.purchases.models import Purchase
from market.purchases.selectors.orders import licence_names
from market.tenancy.registry import marketplace_by_id, marketplaces

COLUMNS = (
    "bought_at", "marketplace", "item", "item_id", "version", "licence", "purchase_code",
    "price", "currency", "support_until", "refunded_at",
)  # fmt: skip
# A cell that begins like this is a formula to a spreadsheet, and items are named by strangers.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(purchases: Iterable[Purchase]) -> Iterator[str]:
    """Times in ISO 8601, prices with a point, whatever the reader's language."""
    writer = csv.writer(Echo())
    names = licence_names({site.id for site in marketplaces()})
    yield "\ufeff" + writer.writerow(COLUMNS)
    for one in purchases:
        version = one.item.live_version
        cells = (
            one.bought_at.isoformat(timespec="seconds"),
            marketplace_by_id(one.site_id).name,
            one.item.name,
            one.item_id,
            (version.label or version.number) if version else "",
            names.get((one.site_id, one.licence_code), one.licence_code),
            one.code,
            f"{one.total_cents // 100}.{one.total_cents % 100:02}",
            one.currency,
            one.support_until.isoformat(timespec="seconds") if one.support_until else "",
            one.reversed_at.isoformat(timespec="seconds") if one.reversed_at else "",
        )
        yield writer.writerow([plain(str(cell)) for cell in cells])


def plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
