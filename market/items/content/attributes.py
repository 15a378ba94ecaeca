"""Typed attributes: what an author typed, a demo file holds or a partner sends → a stored value.

Stored: choice, text, url, date (ISO), version, country → text; multi, colours → list of text;
bool → bool; int, duration → int; decimal → text (exact).
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from market.core import locales
from market.core.text import clean_line
from market.tenancy.definitions import AttributeDef, AttributeType

MAX_TEXT_CHARS = 300
MAX_URL_CHARS = 500
INTEGER = re.compile(r"-?[0-9]{1,12}", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?", re.ASCII)
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+\-]{0,39}", re.ASCII)
CLOCK = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5][0-9])", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}")
YES, NO = {"on", "true", "yes", "1"}, {"off", "false", "no", "0"}

Stored = str | int | bool | list[str]


class BadValue(ValueError):
    """`str(error)` is the sentence at the field."""


def parse_attribute(definition: AttributeDef, raw: object) -> Stored | None:
    """None when nothing was entered. Raises BadValue."""
    if definition.holds_many:
        values = [one for one in _as_list(raw) if one]
        return _parse_many(definition, values) if values else None
    if definition.type is AttributeType.BOOL:
        return _parse_bool(raw)
    text = clean_line(str(raw)) if raw is not None else ""
    return PARSERS[definition.type](definition, text) if text else None


def _as_list(raw: object) -> list[str]:
    if raw is None:
        return []
    if isinstance(raw, list | tuple):
        return [clean_line(str(one)) for one in raw]
    return [clean_line(one) for one in re.split(r"[,\s]+", str(raw))]


def _parse_many(definition: AttributeDef, values: list[str]) -> list[str]:
    unique = list(dict.fromkeys(values))
    if definition.max_values is not None and len(unique) > definition.max_values:
        raise BadValue(_("Choose at most %(limit)d.") % {"limit": definition.max_values})
    if len(unique) > 100:
        raise BadValue(_("That is too many."))
    if definition.type is AttributeType.COLOUR:
        return [_parse_colour(definition, one) for one in unique]
    for one in unique:
        _parse_choice(definition, one)
    # In the site's order, so that equal choices are equal values.
    return [one for one in definition.options if one in unique]


def _parse_bool(raw: object) -> bool | None:
    if raw is None or raw == "":
        return None
    word = str(raw).strip().lower()
    if word not in YES | NO:
        raise BadValue(_("Answer yes or no."))
    return word in YES


def _parse_choice(definition: AttributeDef, text: str) -> str:
    if text not in definition.options:
        raise BadValue(_("“%(value)s” is not one of the options.") % {"value": text[:60]})
    return text


def _parse_int(definition: AttributeDef, text: str) -> int:
    if not INTEGER.fullmatch(text):
        raise BadValue(_("Enter a whole number in digits, such as 120."))
    return int(_in_range(definition, Decimal(text)))


def _parse_decimal(definition: AttributeDef, text: str) -> str:
    if not DECIMAL.fullmatch(text):
        raise BadValue(_("Enter a number in digits with a point, such as 12.5."))
    try:
        return str(_in_range(definition, Decimal(text)).normalize())
    except InvalidOperation as error:
        raise BadValue(_("Enter a number such as 12.5.")) from error


def _in_range(definition: AttributeDef, given: Decimal) -> Decimal:
    low, high = definition.minimum, definition.maximum
    unit = f" {definition.unit}" if definition.unit else ""
    if low is not None and given < low:
        raise BadValue(_("At least %(value)s.") % {"value": f"{low}{unit}"})
    if high is not None and given > high:
        raise BadValue(_("At most %(value)s.") % {"value": f"{high}{unit}"})
    if low is None and given < 0:
        raise BadValue(_("Enter a positive number."))
    return given


def _parse_duration(definition: AttributeDef, text: str) -> int:
    """Seconds: `95`, `1:35` or `1:02:03`; fractions are cut off."""
    if clock := CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = hours * 3600 + minutes * 60 + seconds
    elif DECIMAL.fullmatch(text):
        total = int(Decimal(text))
    else:
        raise BadValue(_("Enter seconds, or minutes and seconds such as 1:35."))
    return int(_in_range(definition, Decimal(total)))


def _parse_text(definition: AttributeDef, text: str) -> str:
    if len(text) > MAX_TEXT_CHARS:
        words = ngettext(
            "At most %(limit)s character.", "At most %(limit)s characters.", MAX_TEXT_CHARS
        )
        raise BadValue(words % {"limit": locales.number(MAX_TEXT_CHARS)})
    return text


def _parse_url(definition: AttributeDef, text: str) -> str:
    return parse_address(text)


def parse_address(text: str, *, https_only: bool = False) -> str:
    """A public web address: no other scheme, no password, no address inside somebody's network."""
    schemes = ("https",) if https_only else ("http", "https")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadValue(_("This is no web address.")) from error
    if parts.scheme not in schemes or not host or len(text) > MAX_URL_CHARS or port == 0:
        raise BadValue(
            _("Enter an address that starts with %(start)s.") % {"start": f"{schemes[-1]}://"}
        )
    if parts.username is not None or "\\" in text or any(char.isspace() for char in text):
        raise BadValue(_("This is no public web address."))
    # A name with a dot and letters at its end: neither `localhost` nor a number.
    if not re.fullmatch(r"(?:[a-z0-9-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)", host, re.ASCII):
        raise BadValue(_("This is no public web address."))
    if host.endswith((".localhost", ".local", ".internal")):
        raise BadValue(_("This is no public web address."))
    return text


def _parse_colour(definition: AttributeDef, text: str) -> str:
    if text in definition.options:
        return text
    if not COLOUR.fullmatch(text):
        raise BadValue(_("Enter a colour such as #1E90FF."))
    return text.upper()


def _parse_date(definition: AttributeDef, text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadValue(_("Enter a date such as 2026-03-31.")) from error
    if not 1800 <= found.year <= 2200:
        raise BadValue(_("Check the year."))
    return found.isoformat()


def _parse_version(definition: AttributeDef, text: str) -> str:
    if not VERSION.fullmatch(text):
        raise BadValue(_("Enter a version such as 2.1.0."))
    return text


def _parse_country(definition: AttributeDef, text: str) -> str:
    if not COUNTRY.fullmatch(text):
        raise BadValue(_("Enter a country by its two letters, such as NO."))
    return text


PARSERS: dict[AttributeType, Callable[[AttributeDef, str], Stored]] = {
    AttributeType.CHOICE: _parse_choice,
    AttributeType.INT: _parse_int,
    AttributeType.DECIMAL: _parse_decimal,
    AttributeType.TEXT: _parse_text,
    AttributeType.URL: _parse_url,
    AttributeType.COLOUR: _parse_colour,
    AttributeType.DURATION: _parse_duration,
    AttributeType.DATE: _parse_date,
    AttributeType.VERSION: _parse_version,
    AttributeType.COUNTRY: _parse_country,
}
