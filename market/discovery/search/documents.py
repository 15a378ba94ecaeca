"""Items as an index holds them, read from the database in a bounded number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from market.discovery.search.colours import name_of
from market.discovery.search.interface import Document
from market.discovery.selectors.lists import WHOLE_SITE
from market.discovery.words import WORD_CHARS, folded, words_of
from market.items.models import Item, ItemListing, LicencePrice
from market.tenancy.definitions import AttributeDef, Marketplace
from market.tenancy.definitions.enums import AttributeFacet, AttributeType
from market.tenancy.registry import marketplaces_in

# Groups of values beside a marketplace's attributes, whose keys they must not be.
LICENCE, ON_SALE, SUPPORTED = "licence", "on_sale", "supported"
YES = "yes"
# How attributes that people choose from are drawn; ranges are numbers, and the rest is words.
CHOSEN = {AttributeFacet.CHECKBOX, AttributeFacet.TOGGLE, AttributeFacet.SWATCH}


def documents_of(item_ids: Collection[int]) -> list[Document]:
    """Those of these items that are on sale now. Three queries, whatever their number."""
    rows = {
        row.item_id: row
        for row in ItemListing.objects.filter(item_id__in=item_ids, node_id=WHOLE_SITE)
    }
    items = (
        Item.objects.filter(pk__in=list(rows), status=Item.Status.APPROVED)
        .select_related("category", "detail", "author__profile")
        .order_by("pk")
    )
    licences = _licences(rows)
    return [_document(item, rows[item.pk], licences[item.pk]) for item in items]


def _licences(item_ids: Iterable[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    prices = LicencePrice.objects.filter(item_id__in=list(item_ids), current=1)
    for item_id, code in prices.values_list("item_id", "licence_code"):
        found[item_id].append(code)
    return found


def _document(item: Item, row: ItemListing, licences: Sequence[str]) -> Document:
    sites = _in_all_languages(item.site_id)
    path = item.category.path
    detail = getattr(item, "detail", None)
    tags: list[str] = detail.tags if detail else []
    attributes: Mapping[str, Any] = detail.attributes if detail else {}
    known = {one.key: one for one in sites[0].attributes_for(path.split("/", 1)[0])}
    profile = getattr(item.author, "profile", None)
    values = _values(known, attributes)
    values[LICENCE] = list(licences)
    values |= {ON_SALE: [YES]} if row.price_cents == 0 else {}
    values |= {SUPPORTED: [YES]} if detail and detail.has_support else {}
    return Document(
        id=item.pk,
        site_id=item.site_id,
        name=words_of(item.name),
        tag_words=words_of(" ".join(tags)),
        author=item.author.username,
        author_words=words_of(f"{item.author.username} {profile.display_name if profile else ''}"),
        summary=words_of(" ".join([item.summary, *_said(sites, path, known, attributes)])),
        categories=_with_parents(path),
        tags=folded_tags(tags),
        values=values,
        columns=columns_of(row),
        numbers=_numbers(known, attributes),
    )


def folded_tags(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded(tag).strip()[:WORD_CHARS] for tag in tags))


def columns_of(row: ItemListing) -> dict[str, int]:
    """What lists are sorted by, see `interface.COLUMNS`."""
    return {
        "price": row.price_cents,
        "sales": row.sales,
        "rating": row.rating,
        "trending": row.trending,
        "published": int(row.published_at.timestamp()),
        "updated": int(row.updated_at.timestamp()),
    }


def _in_all_languages(site_id: int) -> list[Marketplace]:
    """A marketplace in each language, the source first."""
    return [
        next(site for site in marketplaces_in(code) if site.id == site_id)
        for code, _name in settings.LANGUAGES
    ]


def _with_parents(path: str) -> list[str]:
    top = path.split("/", 1)[0]
    return [top] if top == path else [top, path]


def _values(known: Mapping[str, AttributeDef], given: Mapping[str, Any]) -> dict[str, list[str]]:
    found = {}
    for key, value in given.items():
        definition = known.get(key)
        if definition is not None and definition.facet in CHOSEN:
            found[key] = list(dict.fromkeys(_in_text(definition, one) for one in _each(value)))
    return found


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _in_text(definition: AttributeDef, value: object) -> str:
    if isinstance(value, bool):
        return YES if value else "no"
    text = str(value)
    return name_of(text) if definition.type is AttributeType.COLOUR and text[:1] == "#" else text


def _numbers(known: Mapping[str, AttributeDef], given: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, value in given.items():
        definition = known.get(key)
        if definition is not None and definition.facet is AttributeFacet.RANGE:
            number = _number(definition, value)
            found |= {} if number is None else {key: number}
    return found


def _number(definition: AttributeDef, value: object) -> float | None:
    """None for what is no number, such as a version."""
    is_number = definition.type in (
        AttributeType.INT, AttributeType.DECIMAL, AttributeType.DURATION,
    )  # fmt: skip
    return float(Decimal(str(value))) if is_number else None


def _said(
    sites: Sequence[Marketplace],
    path: str,
    known: Mapping[str, AttributeDef],
    given: Mapping[str, Any],
) -> list[str]:
    """Names of its categories in all languages, and what its attributes say in words."""
    found = []
    for site in sites:
        found += [one.name for step in _with_parents(path) if (one := site.category(step))]
    for key, value in given.items():
        definition = known.get(key)
        if definition is not None and definition.options:
            found += map(str, _each(value))
    return found
