"""Values of attributes as an author might give them: each one is what the site's form accepts."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from market.items.content.attributes import Stored
from market.ops.catalogue.chances import by_rank
from market.ops.catalogue.vocabulary import COMMON
from market.tenancy.definitions import AttributeDef, AttributeType

Draw = Callable[[Random], Stored]
SAID = 0.7  # how many state what they need not
MOST_CHOSEN = 4
COUNTRIES = ("DE", "US", "NO", "PT", "BR", "IN", "JP", "FR", "UA", "VN")
FIRST_DAY = date(2018, 1, 1)
LARGE = 100_000


def draws(definitions: Sequence[AttributeDef]) -> list[tuple[str, float, Draw]]:
    """(key, how often it is stated, how a value is drawn) of each attribute, in their order."""
    return [(one.key, 1.0 if one.required else SAID, _DRAWS[one.type](one)) for one in definitions]


def _choice(definition: AttributeDef) -> Draw:
    options = by_rank(definition.options)
    return lambda chance: options.at(chance.random())


def _multi(definition: AttributeDef) -> Draw:
    most = min(definition.max_values or MOST_CHOSEN, MOST_CHOSEN)
    options = by_rank(definition.options)
    order = {option: place for place, option in enumerate(definition.options)}

    def draw(chance: Random) -> Stored:
        chosen = {options.at(chance.random()) for _ in range(chance.randint(1, most))}
        return sorted(chosen, key=order.__getitem__)

    return draw


def _colours(definition: AttributeDef) -> Draw:
    named = definition.options
    most = min(definition.max_values or MOST_CHOSEN, MOST_CHOSEN)

    def one(chance: Random) -> str:
        return chance.choice(named) if named else f"#{chance.randrange(2**24):06X}"

    if not definition.holds_many:
        return one
    return lambda chance: list(dict.fromkeys(one(chance) for _ in range(chance.randint(1, most))))


def _whole(definition: AttributeDef) -> Callable[[Random], int]:
    """Small numbers are more frequent than large ones."""
    low = int(definition.minimum or 0)
    high = LARGE if definition.maximum is None else int(definition.maximum)
    return lambda chance: low + int((high - low + 1) ** chance.random()) - 1


def _decimal(definition: AttributeDef) -> Draw:
    whole = _whole(definition)
    low, high = definition.minimum, definition.maximum

    def draw(chance: Random) -> Stored:
        value = whole(chance) + Decimal(chance.randrange(10)) / 10
        value = value if low is None else max(value, low)
        return str((value if high is None else min(value, high)).normalize())

    return draw


def _day(definition: AttributeDef) -> Draw:
    return lambda chance: (FIRST_DAY + timedelta(days=chance.randrange(2500))).isoformat()


_DRAWS: dict[AttributeType, Callable[[AttributeDef], Draw]] = {
    AttributeType.CHOICE: _choice,
    AttributeType.MULTI: _multi,
    AttributeType.COLOUR: _colours,
    AttributeType.INT: _whole,
    AttributeType.DURATION: _whole,
    AttributeType.DECIMAL: _decimal,
    AttributeType.DATE: _day,
    AttributeType.BOOL: lambda definition: lambda chance: chance.random() < 0.5,
    AttributeType.TEXT: lambda definition: lambda chance: chance.choice(COMMON),
    AttributeType.URL: lambda definition: (
        lambda chance: f"https://example.com/{chance.choice(COMMON)}"
    ),
    AttributeType.VERSION: lambda definition: (
        lambda chance: f"{chance.randint(1, 9)}.{chance.randrange(12)}.{chance.randrange(6)}"
    ),
    AttributeType.COUNTRY: lambda definition: lambda chance: chance.choice(COUNTRIES),
}
