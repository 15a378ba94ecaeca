"""A statement as CSV (RFC 4180) or JSON, line by line: a million lines take what a page takes."""

import csv
import json
from collections.abc import Iterable, Iterator

from market.purchases.selectors.library_table import Echo, plain
from market.purchases.selectors.statement_rows import Row
from market.tenancy.registry import marketplace_by_id

# We sell to people whose region, city and postcode we do not ask for, and withhold by no other
# rule than residence: these columns are there for programs that expect them, and are empty.
EMPTY = ("us_bwt", "other_party_region", "other_party_city", "other_party_zip")
COLUMNS = (
    "unique_id", "date", "order_id", "type", "detail", "item_id", "document", "price", "au_gst",
    "eu_vat", "other_tax", "us_rwt", "us_bwt", "amount", "balance", "currency", "site",
    "other_party_country", "other_party_region", "other_party_city", "other_party_zip",
)  # fmt: skip


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Times in ISO 8601 and UTC, money with a point, whatever the reader's language."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in rows:
        cells = _cells(row)
        # A negative amount is a number, and names are strangers': only those are made plain.
        cells["detail"] = plain(cells["detail"])
        yield writer.writerow([cells[name] for name in COLUMNS])


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One array of objects with the same columns, a line each; money as strings."""
    yield "["
    between = "\n"
    for row in rows:
        yield between + json.dumps(_cells(row), ensure_ascii=False)
        between = ",\n"
    yield "\n]\n"


def _cells(row: Row) -> dict[str, str]:
    item = row.subject.item if row.subject else None
    return {
        "unique_id": row.unique_id,
        "date": row.at.isoformat(timespec="seconds"),
        "order_id": row.order_id,
        "type": row.what,
        "detail": item.name if item else "",
        "item_id": str(item.pk) if item else "",
        "document": row.document,
        "price": _money(row.price_cents),
        "au_gst": _money(row.au_gst_cents),
        "eu_vat": _money(row.eu_vat_cents),
        "other_tax": _money(row.other_tax_cents),
        "us_rwt": _money(row.us_rwt_cents),
        "amount": _money(row.amount_cents),
        "balance": _money(row.balance_cents),
        "currency": row.currency,
        "site": marketplace_by_id(item.site_id).name if item else "",
        "other_party_country": row.country,
    } | dict.fromkeys(EMPTY, "")


def _money(cents: int | None) -> str:
    if cents is None:
        return ""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
