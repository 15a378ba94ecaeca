"""A marketplace as the loader sees it: its leaves, what an item there has, and how often."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from market.items.content.facts import card_attributes
from market.items.management.demo.catalogue import prices_of
from market.items.models import Category
from market.items.services.publishing import card_look
from market.ops.catalogue import values, vocabulary
from market.ops.catalogue.chances import Weighted, by_rank
from market.ops.catalogue.looks import Look, rows_of
from market.payments import pricing
from market.tenancy.definitions import AttributeDef, Marketplace
from market.tenancy.registry import marketplace_by_id, marketplaces

TAGS = 2_000
_encoder = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SharedLook:
    """`card` is what a card says of it: the inside of a JSON object. `previews` are rows' ends."""

    card: str
    previews: Sequence[tuple[str | int | None, ...]]


@dataclass(frozen=True, slots=True)
class Top:
    """What items of a top-level category have in common."""

    slug: str
    licence: str
    draws: Sequence[tuple[str, float, values.Draw]]
    on_card: Sequence[AttributeDef]
    looks: Sequence[SharedLook]
    format: str  # of the main file
    has_support: bool
    most_cents: int  # of the default licence, so that every other one may cost its multiple


@dataclass(frozen=True, slots=True)
class Leaf:
    node_id: int
    parent_id: int | None
    slug: str
    name: str
    top: Top


@dataclass(frozen=True, slots=True)
class Shop:
    site: Marketplace
    leaves: Weighted[Leaf]
    words: tuple[str, ...]  # of names, the most frequent first
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    fees: Mapping[str, int]  # by licence


def open_shops(looks: Mapping[int, Sequence[Look]]) -> Weighted[Shop]:
    """All marketplaces, the first with the most items. `looks` by site."""
    return by_rank([_open(site, looks[site.id]) for site in marketplaces()])


def _open(site: Marketplace, looks: Sequence[Look]) -> Shop:
    nodes = Category.objects.filter(site_id=site.id, retired_at=None).in_bulk(field_name="pk")
    by_path = {one.path: one for one in nodes.values()}
    tops = {slug: _top(site, slug, looks) for slug in site.tops()}
    leaves = [
        Leaf(
            node_id=by_path[path].pk,
            parent_id=by_path[path].parent_id,
            slug=by_path[path].slug,
            name=by_path[path].name,
            top=tops[path.split("/")[0]],
        )
        for path in site.leaf_paths()
    ]
    words = vocabulary.turned(vocabulary.vocabulary(), 23 * site.id)
    return Shop(
        site=site,
        leaves=by_rank(leaves),
        words=words,
        tags=words[:TAGS],
        paragraphs=vocabulary.paragraphs(23 * site.id),
        fees=pricing.buyer_fees(site.id),
    )


def _top(site: Marketplace, slug: str, looks: Sequence[Look]) -> Top:
    formats = site.main_file(slug).formats
    return Top(
        slug=slug,
        licence=site.default_licence(slug).code,
        draws=values.draws(site.attributes_for(slug)),
        on_card=card_attributes(site, slug),
        looks=[_shared(site, slug, look) for look in looks],
        format="zip" if "zip" in formats else formats[0],
        has_support=site.support.is_offered_for(slug),
        most_cents=_most_cents(site, slug),
    )


def _most_cents(site: Marketplace, slug: str) -> int:
    step = site.pricing.item_price_step_cents
    multiple = max(one.min_multiple for one in site.licences_for(slug))
    return int(site.pricing.item_price_max_cents / multiple) // step * step


def _shared(site: Marketplace, top: str, look: Look) -> SharedLook:
    ordered = sorted(look, key=lambda one: (one["kind"], one["position"]))
    said = card_look(site, top, rows_of(ordered))
    return SharedLook(
        card=compact(said)[1:-1],
        previews=[
            (
                one["kind"],
                one["position"],
                one["key"],
                one["content_type"],
                one["width"],
                one["height"],
                one["bytes"],
                compact(one["facts"]),
            )
            for one in ordered
        ],
    )


def compact(value: object) -> str:
    """JSON as Django stores it, by one encoder for all."""
    return _encoder.encode(value)


@cache
def price_list(site_id: int, top: str, base_cents: int) -> tuple[tuple[str, int], ...]:
    """(licence, cents) as an author's form would propose them."""
    return tuple(prices_of(marketplace_by_id(site_id), top, base_cents).items())
