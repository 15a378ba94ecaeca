"""What documents say: the shapes of the JSON that is frozen with them.

All money is integer cents of the document's currency; a line's `cents` is without tax.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from market.core.operator import operator


class Party(TypedDict):
    name: str
    lines: list[str]  # of the address
    country: str  # ISO 3166-1, empty where we do not know it
    email: str
    vat_id: str


class DocumentLine(TypedDict):
    name: str
    detail: str
    cents: int
    tax_cents: int
    tax_rate_bp: int


class TaxPart(TypedDict):
    rate_bp: int
    net_cents: int
    tax_cents: int


class SaleData(TypedDict):
    """An invoice or a credit note. A credit note names the invoice's source in `original`."""

    language: str
    currency: str
    seller: Party
    buyer: Party
    lines: list[DocumentLine]
    taxes: list[TaxPart]
    net_cents: int
    tax_cents: int
    total_cents: int
    reverse_charge: bool
    supplied_at: str  # ISO 8601, UTC
    order: str  # the order's key in hex
    original: str
    reason: str


class CertificateData(TypedDict):
    """Who may use what, under which words, for which end product. `address` is the item's page."""

    language: str
    seller: Party
    buyer: Party
    author: str
    item: str
    item_id: int
    address: str
    marketplace: str
    licence: str
    terms: str  # the address of the words that hold
    terms_version: int
    purchase_code: str
    bought_at: str
    end_product: str
    client: str


class MovementSum(TypedDict):
    kind: str  # Transfer.Kind
    count: int
    cents: int


class SelfBilledData(TypedDict):
    """What we credited and charged an author in a month; we write it on the author's behalf."""

    language: str
    currency: str
    seller: Party  # of the licences to us: the author
    buyer: Party  # we
    month: str  # `2026-10`
    opening_cents: int
    movements: list[MovementSum]
    closing_cents: int


def party(
    *, name: str, address: str = "", country: str = "", email: str = "", vat_id: str = ""
) -> Party:
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return {"name": name, "lines": lines, "country": country, "email": email, "vat_id": vat_id}


def seller() -> Party:
    """We are the seller of record: of everything, to everybody."""
    us = operator()
    return party(name=us.name, address=us.address, email=us.email, vat_id=us.vat_id)


def sale_data(  # noqa: PLR0913  # an invoice must say this much
    *,
    language: str,
    currency: str,
    buyer: Party,
    lines: Sequence[DocumentLine],
    supplied_at: datetime,
    order: str,
    reverse_charge: bool = False,
    original: str = "",
    reason: str = "",
) -> SaleData:
    """An invoice's or credit note's data: totals are those of the lines, by rate and in all."""
    net = sum(line["cents"] for line in lines)
    tax = sum(line["tax_cents"] for line in lines)
    return {
        "language": language,
        "currency": currency,
        "seller": seller(),
        "buyer": buyer,
        "lines": list(lines),
        "taxes": _by_rate(lines),
        "net_cents": net,
        "tax_cents": tax,
        "total_cents": net + tax,
        "reverse_charge": reverse_charge,
        "supplied_at": supplied_at.isoformat(),
        "order": order,
        "original": original,
        "reason": reason,
    }


def digest(data: Mapping[str, object]) -> str:
    """SHA-256 of the data, whatever way an engine writes JSON down."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _by_rate(lines: Sequence[DocumentLine]) -> list[TaxPart]:
    rates = sorted({line["tax_rate_bp"] for line in lines})
    return [
        {
            "rate_bp": rate,
            "net_cents": sum(one["cents"] for one in lines if one["tax_rate_bp"] == rate),
            "tax_cents": sum(one["tax_cents"] for one in lines if one["tax_rate_bp"] == rate),
        }
        for rate in rates
    ]
