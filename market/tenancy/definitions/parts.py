"""The parts of a marketplace: money, licences, support, review, upload limits, search."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from market.tenancy.definitions.enums import (
    AttributeFacet,
    AttributeType,
    EndProducts,
    FacetType,
    FreeItems,
    Medium,
    PreviewKind,
    PreviewPlace,
    PriceSetter,
    Sort,
    SupportBasis,
)
from market.tenancy.definitions.scope import Scoped


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    currency: str
    item_price_min_cents: int
    item_price_max_cents: int
    item_price_step_cents: int
    suggested_item_price_cents: tuple[int, ...]
    free_items: FreeItems
    portfolio_default_price_cents: int | None
    portfolio_default_extended_cents: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceTerms(Scoped):
    """A limit that is None is no limit; `broadcast_audience_limit` 0 means no broadcasting.

    Without `media` it holds for all of them; `goods_for_resale` and `theatrical` are None where
    the licence does not speak of it.
    """

    code: str
    name: str
    is_default: bool
    summary: str
    end_products: EndProducts
    end_product_may_be_sold: bool
    client_transfer: bool
    price: PriceSetter
    min_multiple: Decimal
    suggested_multiple: Decimal
    buyer_fee_cents: int
    upgrades_to: tuple[str, ...]
    categories: tuple[str, ...]
    sites_limit: int | None
    seats_limit: int | None
    copies_limit: int | None
    broadcast_audience_limit: int | None
    theatrical: bool | None
    goods_for_resale: bool | None
    media: tuple[Medium, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTerms(Scoped):
    """Rates are basis points of the item price."""

    offered: bool
    basis: SupportBasis
    author_may_decline: bool
    included_months: int
    extension_months: int
    max_months: int
    upgrade_bp: int
    extension_bp: int
    renewal_bp: int
    response_target_hours: int
    categories: tuple[str, ...]

    def is_offered_for(self, top: str) -> bool:
        return self.offered and self.applies_to(top)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRules:
    checks: tuple[str, ...]
    human_checks: tuple[str, ...]
    queue_target_days: int
    max_open_new: int
    max_open_trusted: int
    trusted_updates: bool
    bulk_upload: bool
    rejection_needs_reasons: bool
    resubmit_window_days: int
    appeal_window_days: int
    takedown_notice_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLimits:
    title_max_chars: int
    summary_max_chars: int
    description_min_chars: int
    description_max_chars: int
    tags_min: int
    tags_max: int
    tag_max_chars: int
    review_note_max_chars: int
    changelog_required_on_update: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRule(Scoped):
    kind: PreviewKind
    file: str
    on: tuple[PreviewPlace, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A step of a range: from `start` (included) up to the next one. Name is empty for plain ones.

    In a date facet `start` is the number of days back.
    """

    name: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDef(Scoped):
    """One typed fact about an item; `options` already holds the vocabulary's words."""

    key: str
    label: str
    type: AttributeType
    required: bool
    facet: AttributeFacet
    help: str
    unit: str
    derived_from: str
    options: tuple[str, ...]
    options_from: str
    default: str
    minimum: Decimal | None
    maximum: Decimal | None
    max_values: int | None
    buckets: tuple[Bucket, ...]
    categories: tuple[str, ...]
    # How options are called in another language; stored and asked for they are `options`.
    option_labels: Mapping[str, str] = field(default_factory=dict, compare=False)

    def label_of(self, option: str) -> str:
        return self.option_labels.get(option, option)

    @property
    def holds_many(self) -> bool:
        """Whether a value is a list: several options, or several colours."""
        return self.type is AttributeType.MULTI or (
            self.type is AttributeType.COLOUR and self.max_values != 1
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRules:
    sorts: tuple[Sort, ...]
    default_sort: Sort
    page_size: int
    page_size_max: int
    # An item counts as if so many buyers more had given so much (hundredths of a star): see
    # `rated_hundredths`.
    rating_prior_count: int
    rating_prior_hundredths: int
    suggest: bool
    exclude_tags: bool
    synonyms: tuple[tuple[str, ...], ...]  # groups of words that mean the same, in all languages

    def rated_hundredths(self, *, stars: int, ratings: int) -> int:
        """Where an item stands among the best rated; 0 for one that nobody rated.

        A Bayesian mean: a single 5 says less than a hundred that come to 4.8.
        """
        if not ratings:
            return 0
        prior = self.rating_prior_count * self.rating_prior_hundredths
        return round((prior + 100 * stars) / (self.rating_prior_count + ratings))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacet:
    key: str
    label: str
    type: FacetType
    source: str
    unit: str
    buckets: tuple[Bucket, ...]
    excludable: bool
    signed_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDef:
    """`path` is `top/child`, or `top` for a top-level category. Those may have an icon."""

    slug: str
    name: str
    position: int
    path: str
    children: tuple["CategoryDef", ...]
    icon: str = ""

    @property
    def top(self) -> str:
        return self.path.split("/", 1)[0]

    @property
    def is_leaf(self) -> bool:
        """Items belong to leaves only."""
        return not self.children
