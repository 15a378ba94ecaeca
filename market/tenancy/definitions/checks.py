"""What must be true between the parts of one marketplace, and between marketplaces.

A check is left out while its sections have wrong values, so that one slip is reported once.
"""

from collections.abc import Callable, Iterable

from market.tenancy.definitions.check_catalogue import (
    check_attributes,
    check_categories,
    check_facets,
    check_files,
    check_previews,
    check_tops,
)
from market.tenancy.definitions.colours import contrast_ratio
from market.tenancy.definitions.enums import EndProducts
from market.tenancy.definitions.marketplace import Marketplace
from market.tenancy.definitions.parts import LicenceTerms
from market.tenancy.definitions.reader import Problems

MIN_CONTRAST = 4.5  # WCAG AA for text

Check = Callable[[Marketplace, Problems], None]


def check_marketplace(site: Marketplace, problems: Problems) -> None:
    checks: list[tuple[tuple[str, ...], Check]] = [
        (("site",), _check_site),
        (("pricing",), _check_pricing),
        (("licences", "categories"), _check_licences),
        (("support", "categories"), _check_support),
        (("item",), _check_item),
        (("site", "search"), _check_search),
        (("site", "attributes"), _check_card),
        (("categories",), check_categories),
        (("files", "categories"), check_files),
        (("previews", "files", "categories"), check_previews),
        (("attributes", "files", "categories", "vocabularies"), check_attributes),
        (("facets",), check_facets),
    ]
    # Collected first: what one check finds must not silence the next.
    due = [check for sections, check in checks if not problems.concern(*sections)]
    for check in due:
        check(site, problems)


def check_together(sites: Iterable[tuple[Marketplace, Problems]]) -> None:
    """Identifiers are each of one marketplace only."""
    first: dict[tuple[str, object], str] = {}
    for site, problems in sites:
        if problems.concern("site"):
            continue
        for key in ("id", "slug", "partner_key", "name", "position"):
            value = getattr(site, key)
            owner = first.setdefault((key, value), site.slug)
            if owner != site.slug:
                problems.add(f"site.{key}", f"expected a value of its own, {owner} has {value!r}")


def _check_site(site: Marketplace, problems: Problems) -> None:
    contrast = contrast_ratio(site.accent, site.on_accent)
    if contrast < MIN_CONTRAST:
        problems.add(
            "site.on_accent",
            f"expected a contrast of at least {MIN_CONTRAST}:1 with accent, got {contrast:.2f}:1",
        )


def _check_card(site: Marketplace, problems: Problems) -> None:
    keys = {one.key for one in site.attributes}
    for name, chosen in (("card_badges", site.card_badges), ("card_facts", site.card_facts)):
        for key in chosen:
            if key not in keys:
                problems.add(f"site.{name}", f"expected keys of [[attributes]], got {key!r}")


def _check_pricing(site: Marketplace, problems: Problems) -> None:
    pricing = site.pricing
    low, high, step = (
        pricing.item_price_min_cents,
        pricing.item_price_max_cents,
        pricing.item_price_step_cents,
    )
    if low > high:
        problems.add("pricing.item_price_max_cents", f"expected at least {low}, the minimum")
        return
    named: list[tuple[str, int | None]] = [
        ("portfolio_default_price_cents", pricing.portfolio_default_price_cents),
        ("portfolio_default_extended_cents", pricing.portfolio_default_extended_cents),
        *(("suggested_item_price_cents", cents) for cents in pricing.suggested_item_price_cents),
    ]
    for key, cents in named:
        if cents is not None and (not low <= cents <= high or cents % step):
            problems.add(
                f"pricing.{key}", f"expected {low} to {high} in steps of {step}, got {cents}"
            )


def _check_licences(site: Marketplace, problems: Problems) -> None:
    codes = [licence.code for licence in site.licences]
    for number, licence in enumerate(site.licences):
        path = f"licences[{number}]"
        if codes.count(licence.code) > 1:
            problems.add(f"{path}.code", f"expected a code of its own, {licence.code!r} is twice")
        _check_licence(licence, path, problems)
        for code in licence.upgrades_to:
            if code not in codes or code == licence.code:
                problems.add(
                    f"{path}.upgrades_to", f"expected codes of other licences, got {code!r}"
                )
        check_tops(site, licence.categories, f"{path}.categories", problems)
    for top in site.tops():
        count = sum(licence.is_default for licence in site.licences_for(top))
        if count != 1:
            problems.add("licences", f"expected one default licence for {top}, found {count}")


def _check_licence(licence: LicenceTerms, path: str, problems: Problems) -> None:
    if licence.suggested_multiple < licence.min_multiple or licence.min_multiple < 1:
        problems.add(
            f"{path}.suggested_multiple",
            f"expected at least min_multiple ({licence.min_multiple}), and that at least 1",
        )
    if licence.is_default and licence.min_multiple != 1:
        problems.add(f"{path}.min_multiple", "expected 1, since this is the default licence")
    limited = licence.end_products is EndProducts.UP_TO_LIMIT
    if limited != (licence.sites_limit is not None):
        problems.add(f"{path}.sites_limit", "expected with end_products = up-to-limit, and only so")


def _check_support(site: Marketplace, problems: Problems) -> None:
    support = site.support
    check_tops(site, support.categories, "support.categories", problems)
    longest = max(support.included_months, support.extension_months)
    if support.offered and support.max_months < longest:
        problems.add("support.max_months", f"expected at least {longest}")
    if not support.offered and support.included_months:
        problems.add("support.included_months", "expected 0, since no support is offered")


def _check_item(site: Marketplace, problems: Problems) -> None:
    item = site.item
    if item.description_min_chars > item.description_max_chars:
        problems.add("item.description_min_chars", "expected at most description_max_chars")
    if item.tags_min > item.tags_max:
        problems.add("item.tags_min", "expected at most tags_max")


def _check_search(site: Marketplace, problems: Problems) -> None:
    search = site.search
    if search.default_sort not in search.sorts:
        problems.add("search.default_sort", f"expected one of sorts, got {search.default_sort}")
    if site.default_sort != search.default_sort:
        problems.add("site.default_sort", f"expected {search.default_sort} as in [search]")
    if search.page_size > search.page_size_max:
        problems.add("search.page_size", "expected at most page_size_max")
