from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from market.core import locales
from market.discovery.addresses import ListAddress
from market.discovery.facets.chosen import Selection
from market.discovery.facets.offered import Kind
from market.discovery.facets.shown import ShownFacet, ShownOption, offered_facets
from market.discovery.kept_cards import Card, kept_cards
from market.items.models import Item
from market.items.templatetags.previews import NOTED, note_preload
from market.tenancy.definitions import Marketplace

register = template.Library()
_SWATCH = (
    '<svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">'
    '<circle cx="8" cy="8" r="7" fill="{}"/></svg>'
)
EAGER = 2  # so many pictures of a list's first cards are fetched at once


@register.simple_tag(takes_context=True)
def card_items(
    context: RequestContext, items: Sequence[Item], is_first: bool = False
) -> SafeString:
    """The cards of a list, each an `<li>`. `is_first`: it stands at the top of its page.

    A card sees its item and its marketplace alone, so that its key (kept_cards) can name it all.
    """
    engine = context.template.engine  # type: ignore[union-attr]  # set while a template renders
    drawing = engine.get_template("components/card_item.html")
    marketplace = context["marketplace"]

    def draw(item: Item, is_eager: bool) -> Card:
        noted: list[dict[str, str]] = []
        shown = {"marketplace": marketplace, "item": item, "eager": is_eager, NOTED: noted}
        html = drawing.render(context.new(shown)).strip()
        return Card(html, noted[0] if noted else None)

    cards = kept_cards(items, marketplace=marketplace, eager=EAGER if is_first else 0, draw=draw)
    for card in cards:
        if card.preload:
            note_preload(context, card.preload)
    # Drawn by a template, each of them.
    return mark_safe("".join(f"\n      {card.html}\n    " for card in cards))  # noqa: S308


@register.filter
def inside(here: ListAddress, path: str) -> str:
    """The address of the same list in a category; in all of the site for an empty path."""
    return str(replace(here, category=path))


@register.simple_tag
def offered(marketplace: Marketplace, top: str | None) -> Sequence[ShownFacet]:
    """What the lists of a top-level category can be narrowed by; without one, those of all."""
    return offered_facets(marketplace, top=top or "")


@register.simple_tag
def facet_choice(facet: ShownFacet, option: ShownOption) -> SafeString:
    """Something to choose, and how many items have it. A search has up to hundreds of them."""
    button = _choice_button(
        "radio" if facet.kind is Kind.STEP else "checkbox", facet.key, option.id, option.value,
        str(option.label), option.colour, option.is_chosen,
    )  # fmt: skip
    if option.items is None:
        return format_html("<label>{}</label>", button)
    count = format_html('<span class="count">{}</span>', locales.number(option.items))
    return mark_safe(f"<label>{button}{count}</label>")  # noqa: S308  # both are


@lru_cache(maxsize=4096)
def _choice_button(
    kind: str, key: str, element: str, value: str, label: str, colour: str, is_chosen: bool
) -> SafeString:
    return format_html(
        '<input type="{}" id="{}" name="{}" value="{}"{}>{}<span dir="auto">{}</span>',
        kind,
        element,
        key,
        value,
        SafeString(" checked" if is_chosen else ""),
        format_html(_SWATCH, colour) if colour else "",
        label,
    )


@register.simple_tag
def step_query(facet: ShownFacet, option: ShownOption) -> str:
    """`price_min=5&price_max=9`: what choosing a step adds to the address of a list."""
    return urlencode(Selection(ranges={facet.key: option.bounds}).pairs())


@register.simple_tag
def step_address(here: ListAddress, facet: ShownFacet, option: ShownOption) -> str:
    """The address of the same search within a step of a range; without it, where it is chosen."""
    ranges = {key: kept for key, kept in here.selection.ranges.items() if key != facet.key}
    if not option.is_chosen:
        ranges[facet.key] = option.bounds
    return str(replace(here, selection=replace(here.selection, ranges=ranges)))
