"""Items by number, with all that their pages and lists read."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from market.items.content.facts import facts_among
from market.items.models import (
    Item,
    ItemDetail,
    ItemFile,
    ItemPreview,
    ItemVersion,
    LicencePrice,
)
from market.items.services.publishing import CARD_FORM, CARD_TAGS
from market.ops.catalogue import counts
from market.ops.catalogue.chances import Weighted, zipf
from market.ops.catalogue.outline import Outline, outline
from market.ops.catalogue.people import names, user_key
from market.ops.catalogue.plan import (
    MOST_PREVIEWS,
    MOST_PRICES,
    MOST_VERSIONS,
    Plan,
    Step,
)
from market.ops.catalogue.shop import Shop, compact, price_list
from market.ops.catalogue.tables import NULL, Rows, name_of

ITEMS, DETAILS = name_of(Item), name_of(ItemDetail)
VERSIONS, FILES, PREVIEWS = name_of(ItemVersion), name_of(ItemFile), name_of(ItemPreview)
PRICES = name_of(LicencePrice)
TABLES = (ITEMS, DETAILS, VERSIONS, FILES, PREVIEWS, PRICES, *counts.TABLES)

NO_HASH = "0" * 64  # the bytes of loaded files do not exist


def goods(plan: Plan, shops: Weighted[Shop], part: int) -> Rows:
    rows: Rows = {table: [] for table in TABLES}
    for number in plan.numbers(Step.GOODS, part):
        _add(rows, plan, outline(plan, shops, number))
    return rows


def version_key(plan: Plan, number: int, version: int) -> int:
    """`version` is 1 for the first."""
    return plan.key(VERSIONS, number * MOST_VERSIONS + version - 1)


def _add(rows: Rows, plan: Plan, one: Outline) -> None:
    key = plan.key(ITEMS, one.number)
    base = base_cents(one)
    prices = price_list(one.shop.site.id, one.leaf.top.slug, base)
    words = [one.shop.words[zipf(one.chance, len(one.shop.words))] for _ in range(3)]
    name = f"{words[0]} {words[1]} {one.leaf.name}".title()[: one.shop.site.item.title_max_chars]
    _add_item(rows, plan, one, key, name, words, dict(prices))
    _add_versions(rows, plan, one)
    for place, (licence, cents) in enumerate(prices):
        rows[PRICES].append(
            (
                plan.key(PRICES, one.number * MOST_PRICES + place),
                key,
                licence,
                cents,
                "USD",
                str(one.published),
                NULL,
                1,
            )
        )
    all_in = dict(prices)[one.leaf.top.licence] + one.shop.fees[one.leaf.top.licence]
    counts.add_counts(rows, plan, one, key, all_in)


def base_cents(one: Outline) -> int:
    """Mostly a price that the form suggests, sometimes half or twice as much."""
    pricing, chance = one.shop.site.pricing, one.chance
    step = pricing.item_price_step_cents
    suggested = chance.choice(pricing.suggested_item_price_cents)
    wanted = suggested * chance.choice((1, 1, 1, 2)) // chance.choice((1, 1, 1, 2))
    steps = round(wanted / step) * step
    return min(max(steps, pricing.item_price_min_cents), one.leaf.top.most_cents)


def _add_item(
    rows: Rows,
    plan: Plan,
    one: Outline,
    key: int,
    name: str,
    words: list[str],
    prices: Mapping[str, int],
) -> None:
    shop, top, chance = one.shop, one.leaf.top, one.chance
    stored: dict[str, Any] = {
        attribute: draw(chance)
        for attribute, said, draw in top.draws
        if said == 1.0 or chance.random() < said
    }
    tags = _tags(shop, chance)
    rows[ITEMS].append(
        (
            key,
            shop.site.id,
            user_key(plan, one.author),
            one.leaf.node_id,
            f"{words[0]}-{words[1]}-{one.leaf.slug}"[:120],
            name,
            f"{words[0].capitalize()} {one.leaf.name.lower()} for {words[1]} and {words[2]}",
            _card(plan, one, stored, tags, prices),
            one.status,
            version_key(plan, one.number, one.versions),
            str(one.published),
            str(one.published - timedelta(days=3)),
            str(one.updated),
        )
    )
    told = [f"{name}: {words[2]} at its best.", chance.choice(shop.paragraphs)]
    rows[DETAILS].append(
        (
            key,
            "\n\n".join(told),
            "".join(f"<p>{text}</p>\n" for text in told),
            compact(stored),
            compact(tags),
            "",
            "",
            int(top.has_support),
            "{}",
        )
    )


def _tags(shop: Shop, chance: Random) -> list[str]:
    limits = shop.site.item
    wanted = chance.randint(limits.tags_min, min(limits.tags_max, limits.tags_min + 8))
    found = dict.fromkeys(shop.tags[zipf(chance, len(shop.tags))] for _ in range(wanted))
    while len(found) < limits.tags_min:
        found[chance.choice(shop.tags)] = None
    return list(found)


def _card(
    plan: Plan,
    one: Outline,
    stored: dict[str, Any],
    tags: list[str],
    prices: Mapping[str, int],
) -> str:
    """As services.publishing.make_card writes it, without what only an earlier release reads."""
    top = one.leaf.top
    username, shown = names(plan, one.author)
    count, size = _contents(top.format, one.number)
    look = top.looks[one.number % len(top.looks)].card
    said = compact(
        {
            "price_cents": prices[top.licence] + one.shop.fees[top.licence],
            "licence": top.licence,
            "form": CARD_FORM,
            "values": facts_among(
                one.shop.site, top.on_card, {"version": label_of(one.versions)} | stored
            ),
            "facts": [],
            "tags": tags[:CARD_TAGS],
            "files": count,
            "bytes": size,
            "author": username,
            "author_name": shown,
        }
    )
    return f"{said[:-1]}, {look}}}"


def label_of(version: int) -> str:
    return f"1.{version}.0"


def _contents(format_name: str, number: int) -> tuple[int, int]:
    """(files in the archive, its bytes); no archive has no files."""
    return (3 + number % 40 if format_name == "zip" else 0), 100_000 + number % 1000 * 40_000


def _add_versions(rows: Rows, plan: Plan, one: Outline) -> None:
    top = one.leaf.top
    count, size = _contents(top.format, one.number)
    for version in range(1, one.versions + 1):
        key = version_key(plan, one.number, version)
        at = str(one.published if version == 1 else one.updated)
        rows[VERSIONS].append(
            (
                key,
                plan.key(ITEMS, one.number),
                version,
                label_of(version),
                "" if version == 1 else "Small corrections.",
                "",
                "approved",
                at,
                at,
                at,
            )
        )
        rows[FILES].append(
            (
                key - plan.bases[VERSIONS] + plan.bases[FILES],
                key,
                "main",
                0,
                f"{one.leaf.slug}.{top.format}",
                f"products/loaded/{key}/main.{top.format}",
                NO_HASH,
                size,
                top.format,
                _file_facts(one, count),
                at,
            )
        )
    look = top.looks[one.number % len(top.looks)]
    live = version_key(plan, one.number, one.versions)
    for place, (kind, position, *about) in enumerate(look.previews[:MOST_PREVIEWS]):
        rows[PREVIEWS].append(
            (
                plan.key(PREVIEWS, one.number * MOST_PREVIEWS + place),
                live,
                str(kind),
                int(position or 0),
                *(NULL if value is None else value for value in about),
                0,
                str(one.updated),
            )
        )


def _file_facts(one: Outline, count: int) -> str:
    """The first few files of the archive, as an upload's check lists them."""
    if not count:
        return "{}"
    entries = [[f"{one.leaf.slug}/{word}.svg", 900 * count] for word in one.shop.words[:3]]
    return compact(
        {
            "count": count,
            "unpacked_bytes": 900 * count * count,
            "formats": {"svg": count},
            "entries": entries,
        }
    )
