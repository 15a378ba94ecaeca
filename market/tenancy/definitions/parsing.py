"""From TOML tables to a marketplace; what is wrong is noted in the table's `Problems`."""

import re

from market.tenancy.definitions.enums import (
    Card,
    EndProducts,
    FreeItems,
    Medium,
    PriceSetter,
    Scheme,
    Sort,
    SupportBasis,
)
from market.tenancy.definitions.marketplace import Marketplace, Vocabulary
from market.tenancy.definitions.parsing_catalogue import (
    parse_attribute,
    parse_category,
    parse_facet,
    parse_file_role,
    parse_preview,
)
from market.tenancy.definitions.parts import (
    ItemLimits,
    LicenceTerms,
    Pricing,
    ReviewRules,
    SearchRules,
    SupportTerms,
)
from market.tenancy.definitions.reader import COLOUR, SLUG, Table

CURRENCY = re.compile(r"[A-Z]{3}")
BASIS_POINTS = 10_000


def parse_marketplace(root: Table) -> Marketplace:
    root.integer("schema", low=1, high=1)
    site = root.table("site")
    vocabularies = _vocabularies(root.table("vocabularies", required=False))
    marketplace = Marketplace(
        id=site.integer("id", low=1, high=32767),
        slug=site.text("slug", pattern=SLUG),
        partner_key=site.text("partner_key", pattern=re.compile(r"[a-z0-9]+")),
        name=site.text("name"),
        position=site.integer("position", low=1),
        tagline=site.text("tagline"),
        purpose=site.text("purpose"),
        item_noun=site.text("item_noun"),
        item_noun_plural=site.text("item_noun_plural"),
        accent=site.text("accent", pattern=COLOUR),
        accent_dark=site.text("accent_dark", pattern=COLOUR),
        on_accent=site.text("on_accent", pattern=COLOUR),
        icon=site.text("icon", pattern=SLUG),
        default_sort=site.choice("default_sort", Sort),
        card=site.choice("card", Card),
        card_badges=site.texts("card_badges", required=False),
        card_facts=site.texts("card_facts", required=False),
        default_scheme=site.choice("default_scheme", Scheme),
        heading_font=site.text("heading_font"),
        pricing=_pricing(root.table("pricing")),
        licences=tuple(_licence(table) for table in root.tables("licences")),
        support=_support(root.table("support")),
        review=_review(root.table("review")),
        item=_item_limits(root.table("item")),
        files=tuple(parse_file_role(table) for table in root.tables("files")),
        previews=tuple(parse_preview(table) for table in root.tables("previews")),
        vocabularies=vocabularies,
        attributes=tuple(
            parse_attribute(table, vocabularies) for table in root.tables("attributes")
        ),
        search=_search(root.table("search")),
        facets=tuple(parse_facet(table) for table in root.tables("facets", required=False)),
        categories=tuple(parse_category(table) for table in root.tables("categories")),
    )
    site.close()
    root.close()
    return marketplace


def _vocabularies(table: Table) -> tuple[Vocabulary, ...]:
    return tuple(Vocabulary(name, table.texts(name)) for name in table.names())


def _pricing(table: Table) -> Pricing:
    pricing = Pricing(
        currency=table.text("currency", pattern=CURRENCY),
        item_price_min_cents=table.integer("item_price_min_cents", low=1),
        item_price_max_cents=table.integer("item_price_max_cents", low=1),
        item_price_step_cents=table.integer("item_price_step_cents", low=1),
        suggested_item_price_cents=table.integers("suggested_item_price_cents"),
        free_items=table.choice("free_items", FreeItems),
        portfolio_default_price_cents=table.optional_integer("portfolio_default_price_cents"),
        portfolio_default_extended_cents=table.optional_integer("portfolio_default_extended_cents"),
    )
    table.close()
    return pricing


def _licence(table: Table) -> LicenceTerms:
    licence = LicenceTerms(
        code=table.text("code", pattern=SLUG),
        name=table.text("name"),
        is_default=table.flag("default"),
        summary=table.text("summary"),
        end_products=table.choice("end_products", EndProducts),
        end_product_may_be_sold=table.flag("end_product_may_be_sold"),
        client_transfer=table.flag("client_transfer"),
        price=table.choice("price", PriceSetter),
        min_multiple=table.decimal("min_multiple"),
        suggested_multiple=table.decimal("suggested_multiple"),
        buyer_fee_cents=table.integer("buyer_fee_cents"),
        upgrades_to=table.texts("upgrades_to", required=False),
        categories=table.texts("categories", required=False),
        sites_limit=table.optional_integer("sites_limit", low=1),
        seats_limit=table.optional_integer("seats_limit", low=1),
        copies_limit=table.optional_integer("copies_limit", low=1),
        broadcast_audience_limit=table.optional_integer("broadcast_audience_limit"),
        theatrical=table.flag("theatrical") if table.has("theatrical") else None,
        goods_for_resale=table.flag("goods_for_resale") if table.has("goods_for_resale") else None,
        media=table.choices("media", Medium) if table.has("media") else (),
    )
    table.close()
    return licence


def _support(table: Table) -> SupportTerms:
    support = SupportTerms(
        offered=table.flag("offered"),
        basis=table.choice("basis", SupportBasis),
        author_may_decline=table.flag("author_may_decline"),
        included_months=table.integer("included_months"),
        extension_months=table.integer("extension_months"),
        max_months=table.integer("max_months"),
        upgrade_bp=table.integer("upgrade_bp", high=BASIS_POINTS),
        extension_bp=table.integer("extension_bp", high=BASIS_POINTS),
        renewal_bp=table.integer("renewal_bp", high=BASIS_POINTS),
        response_target_hours=table.integer("response_target_hours"),
        categories=table.texts("categories", required=False),
    )
    table.close()
    return support


def _review(table: Table) -> ReviewRules:
    review = ReviewRules(
        checks=table.texts("checks"),
        human_checks=table.texts("human_checks"),
        queue_target_days=table.integer("queue_target_days", low=1),
        max_open_new=table.integer("max_open_new", low=1),
        max_open_trusted=table.integer("max_open_trusted", low=1),
        trusted_updates=table.flag("trusted_updates"),
        bulk_upload=table.flag("bulk_upload", default=False),
        rejection_needs_reasons=table.flag("rejection_needs_reasons"),
        resubmit_window_days=table.integer("resubmit_window_days", low=1),
        appeal_window_days=table.integer("appeal_window_days", low=1),
        takedown_notice_days=table.integer("takedown_notice_days", low=1),
    )
    table.close()
    return review


def _item_limits(table: Table) -> ItemLimits:
    limits = ItemLimits(
        title_max_chars=table.integer("title_max_chars", low=1, high=100),
        summary_max_chars=table.integer("summary_max_chars", low=1, high=200),
        description_min_chars=table.integer("description_min_chars"),
        description_max_chars=table.integer("description_max_chars", low=1),
        tags_min=table.integer("tags_min"),
        tags_max=table.integer("tags_max", low=1),
        tag_max_chars=table.integer("tag_max_chars", low=1, high=40),
        review_note_max_chars=table.integer("review_note_max_chars", low=1),
        changelog_required_on_update=table.flag("changelog_required_on_update"),
    )
    table.close()
    return limits


def _search(table: Table) -> SearchRules:
    search = SearchRules(
        sorts=table.choices("sorts", Sort),
        default_sort=table.choice("default_sort", Sort),
        page_size=table.integer("page_size", low=1, high=100),
        page_size_max=table.integer("page_size_max", low=1, high=100),
        rating_prior_count=table.integer("rating_prior_count", low=0, high=1000),
        rating_prior_hundredths=table.integer("rating_prior_hundredths", low=100, high=500),
        suggest=table.flag("suggest"),
        exclude_tags=table.flag("exclude_tags"),
        synonyms=_synonyms(table),
    )
    table.close()
    return search


def _synonyms(table: Table) -> tuple[tuple[str, ...], ...]:
    """Each text is a group of words that mean the same."""
    groups = tuple(tuple(group.split()) for group in table.texts("synonyms", required=False))
    for group in groups:
        if len(set(group)) < 2:
            table.fail("synonyms", "two words or more in each text", " ".join(group))
    return groups
