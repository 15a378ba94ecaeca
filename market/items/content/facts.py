"""The few facts that a card shows beside the name: from attributes, else as measured."""

from market.items.content.attributes import Stored
from market.items.models import Item, ItemVersion
from market.tenancy.definitions import AttributeDef, AttributeType, Marketplace

MAX_FACTS = 4
MAX_FACT_CHARS = 60
# Dull on a card: the same for nearly every item, or said elsewhere.
NOT_ON_CARDS = {"ai_disclosure", "ai_training", "support_terms"}
NOTHING: tuple[Stored, ...] = (False, "none", ["none"])


def card_facts(site: Marketplace, item: Item, version: ItemVersion) -> list[list[str]]:
    """[[label, value], …]: what people filter by comes first."""
    top = item.category.path.split("/")[0]
    shown = [one for one in site.attributes_for(top) if one.key not in NOT_ON_CARDS]
    shown.sort(key=lambda one: one.facet == "none")  # stable: the site's order within
    stored = item.detail.attributes
    facts = [
        [one.label, _card_value(one, stored[one.key])]
        for one in shown
        if stored.get(one.key, "none") not in NOTHING
    ]
    files = next((file for file in version.files.all() if file.role == "main"), None)
    if files is not None and files.facts.get("count", 0) > 1:
        facts.append(["Files", f"{files.facts['count']:,} files"])
    return facts[:MAX_FACTS]


def _card_value(definition: AttributeDef, value: Stored) -> str:
    """Without its label beside it: "4,140 polygons", "Rigged"."""
    if isinstance(value, bool):
        return definition.label
    text = show_value(definition, value)
    is_bare = definition.type is AttributeType.INT and not definition.unit
    return f"{text} {definition.label.lower()}" if is_bare else text


def show_value(definition: AttributeDef, value: Stored) -> str:
    """A stored value as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return _shortened(", ".join(value))
    if definition.type is AttributeType.DURATION and isinstance(value, int):
        minutes, seconds = divmod(value, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return _shortened(f"{text} {definition.unit}".strip())


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_FACT_CHARS else text[: MAX_FACT_CHARS - 1].rstrip(" ,") + "…"
