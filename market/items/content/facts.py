"""The few facts that a card shows: stored as (key, value), put into words when it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, override

from market.core import locales
from market.core.units import clock
from market.items.content.attributes import Stored
from market.items.models import Item, ItemVersion
from market.tenancy.definitions import AttributeDef, AttributeType, Marketplace
from market.tenancy.registry import marketplace_by_id

MAX_FACTS = 4
MAX_FACT_CHARS = 60
MAX_LISTED = 6  # of a list of options; a card has room for fewer
# Dull on a card: the same for nearly every item, or said elsewhere.
NOT_ON_CARDS = {"ai_disclosure", "ai_training", "support_terms"}
NOTHING: tuple[Stored, ...] = (False, "none", ["none"])


@dataclass(frozen=True, slots=True)
class CardFact:
    label: str
    value: str


def stored_facts(site: Marketplace, item: Item, version: ItemVersion) -> list[list[Any]]:
    """[[key, value], …] as a card keeps them: what the site names, else what people filter by."""
    label = {"version": version.label} if version.label else {}
    top = item.category.path.split("/")[0]
    return facts_among(site, card_attributes(site, top), label | item.detail.attributes)


def facts_among(
    site: Marketplace, attributes: Sequence[AttributeDef], stored: Mapping[str, Stored]
) -> list[list[Any]]:
    """The same of the stored values; `attributes` are what `card_attributes` says of the top."""
    found = [
        [one.key, _trimmed(stored[one.key])]
        for one in attributes
        if stored.get(one.key, "none") not in NOTHING
    ]
    return found if site.card_facts else found[: MAX_FACTS + len(site.card_badges)]


def card_attributes(site: Marketplace, top: str) -> list[AttributeDef]:
    """Which attributes a card of this category may show, the most telling first."""
    known = {one.key: one for one in site.attributes_for(top)}
    chosen = [known.pop(key) for key in (*site.card_badges, *site.card_facts) if key in known]
    if site.card_facts:
        return chosen
    others = [one for one in known.values() if one.key not in NOT_ON_CARDS]
    others.sort(key=lambda one: one.facet == "none")  # stable: the site's order within
    return chosen + others


def _trimmed(value: Stored) -> Stored:
    if isinstance(value, list):
        return value[:MAX_LISTED]
    return value[:MAX_FACT_CHARS] if isinstance(value, str) else value


def card_badges(site: Marketplace, card: Mapping[str, Any]) -> list[CardFact]:
    """What stands on the picture, in the reader's language."""
    values = dict(card.get("values", ()))
    return _in_words(site, [(key, values[key]) for key in site.card_badges if key in values])


def card_facts(site: Marketplace, card: Mapping[str, Any]) -> list[CardFact]:
    """What stands beside the name, in the reader's language.

    A card of the first release has English words instead of values, until it is made anew.
    """
    if "values" not in card:
        return [CardFact(label, value) for label, value in card.get("facts", ())]
    values = [(key, value) for key, value in card["values"] if key not in site.card_badges]
    return _in_words(site, values)[:MAX_FACTS]


def card_summary(site: Marketplace, card: Mapping[str, Any]) -> str:
    """`Tempo: 118 bpm, Key: Am`: all of them in one line."""
    shown = (*card_badges(site, card), *card_facts(site, card))
    return ", ".join(f"{one.label}: {one.value}" for one in shown)


def _in_words(site: Marketplace, values: Sequence[tuple[str, Stored]]) -> list[CardFact]:
    found = ((site.attribute(key), value) for key, value in values)
    return [CardFact(one.label, card_value(one, value)) for one, value in found if one]


def english_facts(site: Marketplace, item: Item, version: ItemVersion) -> list[list[str]]:
    """[[label, value], …] for the release before this one, which draws them as they are."""
    with override(locales.SOURCE_LANGUAGE):
        site = marketplace_by_id(site.id)  # the one given may be in another language
        values = [(key, value) for key, value in stored_facts(site, item, version)]
        facts = [[one.label, one.value] for one in _in_words(site, values)]
        if (files := count_files(version)) > 1:
            facts.append(["Files", f"{locales.number(files)} files"])
    return facts[:MAX_FACTS]


def count_files(version: ItemVersion) -> int:
    """Files inside the main archive; 0 when it is none."""
    main = next((file for file in version.files.all() if file.role == "main"), None)
    return int(main.facts.get("count", 0)) if main else 0


def card_value(definition: AttributeDef, value: Stored) -> str:
    """Without its label beside it: "4,140 polygons", "Rigged"."""
    if isinstance(value, bool):
        return definition.label
    text = show_value(definition, value)
    if definition.type is not AttributeType.INT or definition.unit:
        return text
    is_source = locales.language() == locales.SOURCE_LANGUAGE
    # English writes what is counted small; other languages have rules of their own.
    return f"{text} {definition.label.lower() if is_source else definition.label}"


def show_value(definition: AttributeDef, value: Stored) -> str:
    """A stored value as people read it."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return _shortened(", ".join(definition.label_of(one) for one in value))
    if definition.type is AttributeType.DURATION and isinstance(value, int):
        return clock(value)
    if isinstance(value, int | float):
        text = locales.number(value)
    else:
        text = definition.label_of(str(value))
    return _shortened(f"{text} {definition.unit}".strip())


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_FACT_CHARS else text[: MAX_FACT_CHARS - 1].rstrip(" ,") + "…"
