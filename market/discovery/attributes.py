"""An item's attributes as a buyer reads them: labels and units of the site's definition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from market.core import locales
from market.core.units import clock
from market.tenancy.definitions.enums import AttributeType
from market.tenancy.definitions.parts import AttributeDef


@dataclass(frozen=True, slots=True)
class Fact:
    key: str
    label: str
    value: str


def facts_of(definitions: Iterable[AttributeDef], values: Mapping[str, object]) -> list[Fact]:
    """In the site's order; what the item does not state is left out."""
    return [
        Fact(one.key, one.label, shown)
        for one in definitions
        if one.key in values and (shown := in_words(one, values[one.key]))
    ]


def in_words(definition: AttributeDef, value: object) -> str:
    """`["Chrome", "Edge"]` → `Chrome, Edge`, `True` → `Yes`, 215 seconds → `3:35`."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(definition.label_of(str(one)) for one in value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if definition.type is AttributeType.DURATION and isinstance(value, int | float):
        return clock(value)
    if isinstance(value, int | float):
        return f"{_grouped(value)} {definition.unit}".rstrip()
    return definition.label_of(str(value))


def _grouped(number: float) -> str:
    """Thousands apart from 10,000 on, so that a year stays a year."""
    return locales.number(number, grouped=abs(number) >= 10_000)
