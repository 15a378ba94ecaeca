"""The rules of an item's words, attributes and prices: one place for form, demo and API.

Pure: knows the marketplace's definition and the input, nothing else. Problems are collected by
field and raised at once as ItemInvalid.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from market.core.locales import number
from market.core.money import format_cents
from market.core.text import clean_line
from market.items.content.attributes import BadValue, Stored, parse_address, parse_attribute
from market.items.errors import ItemInvalid
from market.tenancy.definitions import AttributeDef, LicenceTerms, Marketplace

PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{2})?", re.ASCII)
MIN_NAME_CHARS = 2
MAX_ATTRIBUTION_CHARS = 1000
MAX_UPSTREAM_CHARS = 120
MAX_CHANGELOG_CHARS = 10_000
MAX_LABEL_CHARS = 40
# Controls that turn the reading direction: never needed in a name, often used to deceive.
BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+\- ()]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """What an author says about an item, as it came; `checked_content` makes it fit to store."""

    name: str
    summary: str = ""
    description: str = ""  # Markdown
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
    attribution: str = ""
    upstream_licence: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    has_support: bool = False
    label: str = ""  # of the version that is open: "2.1.0"


def checked_content(site: Marketplace, top: str, content: ItemContent) -> ItemContent:
    """The content, cleaned. Raises ItemInvalid. Gaps are the matter of `missing_content`."""
    problems: dict[str, str] = {}
    limits = site.item
    cleaned = ItemContent(
        name=_line("name", content.name, limits.title_max_chars, problems, needed=True),
        summary=_line("summary", content.summary, limits.summary_max_chars, problems),
        description=_text(
            "description", content.description, limits.description_max_chars, problems
        ),
        tags=_tags(site, content.tags, problems),
        attributes=_attributes(site, top, content.attributes, problems),
        attribution=_line("attribution", content.attribution, MAX_ATTRIBUTION_CHARS, problems),
        upstream_licence=_upstream(content.upstream_licence, problems),
        addresses=_addresses(site, top, content.addresses, problems),
        has_support=bool(content.has_support) and site.support.is_offered_for(top),
        label=_line("label", content.label, MAX_LABEL_CHARS, problems),
    )
    if problems:
        raise ItemInvalid(problems)
    return cleaned


def content_problems(site: Marketplace, top: str, content: ItemContent) -> dict[str, str]:
    """What `checked_content` would refuse, by field."""
    try:
        checked_content(site, top, content)
    except ItemInvalid as refusal:
        return refusal.problems
    return {}


def missing_content(site: Marketplace, top: str, content: ItemContent) -> list[str]:
    """What a draft still lacks before it can be submitted, a sentence each."""
    limits = site.item
    missing = []
    if not content.summary:
        missing.append(_("A summary in one line."))
    if len(content.description) < limits.description_min_chars:
        words = ngettext(
            "A description of at least %(limit)s character.",
            "A description of at least %(limit)s characters.",
            limits.description_min_chars,
        )
        missing.append(words % {"limit": number(limits.description_min_chars)})
    if len(content.tags) < limits.tags_min:
        words = ngettext("At least %(limit)s tag.", "At least %(limit)s tags.", limits.tags_min)
        missing.append(words % {"limit": limits.tags_min})
    missing += [
        f"{one.label}."
        for one in site.attributes_for(top)
        if one.required and content.attributes.get(one.key) in (None, "", [])
    ]
    return missing


def parse_price(text: str) -> int:
    """Cents. Raises BadValue for all but plain digits, with two decimals at most."""
    if not PRICE.fullmatch(text.strip(" ")):
        raise BadValue(_("Enter a price in plain digits, such as 19."))
    whole, _point, cents = text.strip(" ").partition(".")
    return int(whole) * 100 + int(cents or 0)


def checked_prices(site: Marketplace, top: str, prices: Mapping[str, int]) -> dict[str, int]:
    """Item prices in cents by licence. Raises ItemInvalid with keys `price_<code>`."""
    terms = {one.code: one for one in site.licences_for(top)}
    problems = {
        f"price_{code}": _("This licence is not sold here.") for code in prices if code not in terms
    }
    for code, one in terms.items():
        if code not in prices:
            problems[f"price_{code}"] = _("A price for the %(licence)s is missing.") % {
                "licence": one.name
            }
        elif problem := _price_problem(site, prices[code]):
            problems[f"price_{code}"] = problem
    if not problems:
        problems = _multiple_problems(site, top, terms, prices)
    if problems:
        raise ItemInvalid(problems)
    return {code: prices[code] for code in terms}


def _price_problem(site: Marketplace, cents: int) -> str:
    pricing = site.pricing
    low, high = pricing.item_price_min_cents, pricing.item_price_max_cents
    if cents < low:
        return _("At least %(value)s.") % {"value": format_cents(low, pricing.currency)}
    if cents > high:
        return _("At most %(value)s.") % {"value": format_cents(high, pricing.currency)}
    step = pricing.item_price_step_cents
    if cents % step:
        return _("Prices go in steps of %(value)s.") % {
            "value": format_cents(step, pricing.currency)
        }
    return ""


def _multiple_problems(
    site: Marketplace, top: str, terms: Mapping[str, LicenceTerms], prices: Mapping[str, int]
) -> dict[str, str]:
    base = site.default_licence(top)
    problems = {}
    for code, one in terms.items():
        least = prices[base.code] * one.min_multiple
        if prices[code] < least:
            asked = format_cents(-int(-least // 1), site.pricing.currency)
            problems[f"price_{code}"] = _(
                "At least %(multiple)s times the %(licence)s, that is %(price)s."
            ) % {
                "multiple": number(one.min_multiple.normalize()),
                "licence": base.name,
                "price": asked,
            }
    return problems


def checked_release(*, label: str, changelog: str) -> tuple[str, str]:
    """A version's label and changelog. Raises ItemInvalid."""
    problems: dict[str, str] = {}
    clean = (
        _line("label", label, MAX_LABEL_CHARS, problems),
        _text("changelog", changelog, MAX_CHANGELOG_CHARS, problems),
    )
    if problems:
        raise ItemInvalid(problems)
    return clean


def _line(
    key: str, text: str, limit: int, problems: dict[str, str], *, needed: bool = False
) -> str:
    if "\0" in text:
        problems[key] = _("This holds a character that cannot be stored.")
        return ""
    if any(ord(char) in BIDI for char in text):
        problems[key] = _("Remove the invisible marks that turn the reading direction.")
        return ""
    # Looked at before it is normalised: a million characters are refused without work.
    if len(text) > limit * 4 + 100 or len(cleaned := clean_line(text)) > limit:
        problems[key] = _too_long(limit, len(text))
        return ""
    if needed and not any(unicodedata.category(char)[0] in "LNS" for char in cleaned):
        problems[key] = _("Give it a name with at least one letter.")
    elif needed and len(cleaned) < MIN_NAME_CHARS:
        words = ngettext(
            "At least %(limit)s character.", "At least %(limit)s characters.", MIN_NAME_CHARS
        )
        problems[key] = words % {"limit": MIN_NAME_CHARS}
    elif needed and ("<" in cleaned or ">" in cleaned):
        problems[key] = _("Angle brackets cannot be part of a name.")
    return cleaned


def _too_long(limit: int, count: int) -> str:
    words = ngettext(
        "At most %(limit)s character; you have %(count)s.",
        "At most %(limit)s characters; you have %(count)s.",
        limit,
    )
    return words % {"limit": number(limit, grouped=limit >= 10_000), "count": number(count)}


def _text(key: str, text: str, limit: int, problems: dict[str, str]) -> str:
    if "\0" in text:
        problems[key] = _("This holds a character that cannot be stored.")
        return ""
    cleaned = text.replace("\r\n", "\n").strip()
    if len(cleaned) > limit:
        problems[key] = _too_long(limit, len(cleaned))
        return ""
    return cleaned


def _tags(site: Marketplace, tags: tuple[str, ...], problems: dict[str, str]) -> tuple[str, ...]:
    limits = site.item
    if sum(len(tag) for tag in tags) > limits.tags_max * limits.tag_max_chars * 4:
        words = ngettext("At most %(limit)s tag.", "At most %(limit)s tags.", limits.tags_max)
        problems["tags"] = words % {"limit": limits.tags_max}
        return ()
    cleaned = tuple(dict.fromkeys(filter(None, (clean_line(tag).lower() for tag in tags))))
    too_long = [tag for tag in cleaned if len(tag) > limits.tag_max_chars]
    if too_long:
        words = ngettext(
            "A tag has at most %(limit)s character.",
            "A tag has at most %(limit)s characters.",
            limits.tag_max_chars,
        )
        problems["tags"] = words % {"limit": limits.tag_max_chars}
    elif len(cleaned) > limits.tags_max:
        words = ngettext(
            "At most %(limit)s tag; you have %(count)s.",
            "At most %(limit)s tags; you have %(count)s.",
            limits.tags_max,
        )
        problems["tags"] = words % {"limit": limits.tags_max, "count": number(len(cleaned))}
    elif any("<" in tag or "\0" in tag for tag in (*cleaned, *tags)):
        problems["tags"] = _("Tags are plain words.")
    return cleaned


def _attributes(
    site: Marketplace, top: str, raw: Mapping[str, object], problems: dict[str, str]
) -> dict[str, Stored]:
    """Stored values by key, in the site's order; attributes of other categories are refused."""
    definitions: dict[str, AttributeDef] = {one.key: one for one in site.attributes_for(top)}
    for key in raw:
        if key not in definitions:
            problems[f"attr_{key[:60]}"] = _("This category has no such attribute.")
    stored: dict[str, Stored] = {}
    for key, definition in definitions.items():
        try:
            value = parse_attribute(definition, raw.get(key))
        except BadValue as problem:
            problems[f"attr_{key}"] = str(problem)
        else:
            if value is not None:
                stored[key] = value
    return stored


def _upstream(text: str, problems: dict[str, str]) -> str:
    cleaned = clean_line(text[: MAX_UPSTREAM_CHARS * 4])
    if cleaned and (len(cleaned) > MAX_UPSTREAM_CHARS or not SPDX.fullmatch(cleaned)):
        problems["upstream_licence"] = _("Enter an SPDX expression such as MIT or CC-BY-4.0.")
        return ""
    return cleaned


def _addresses(
    site: Marketplace, top: str, raw: Mapping[str, str], problems: dict[str, str]
) -> dict[str, str]:
    roles = {one.role: one for one in site.file_roles_for(top) if one.formats == ("url",)}
    stored = {}
    for key, text in raw.items():
        if not text.strip():
            continue
        if key not in roles:
            problems[f"address_{key[:60]}"] = _("This category takes no such address.")
            continue
        try:
            stored[key] = parse_address(text.strip(), https_only=roles[key].https_only)
        except BadValue as problem:
            problems[f"address_{key}"] = str(problem)
    return stored
