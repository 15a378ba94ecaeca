"""The marketplaces as data: `sites/<slug>/site.toml`, validated, as one frozen tree a language.

Knows nothing of Django: settings, tests and scripts may load it.
"""

from market.tenancy.definitions.enums import (
    AttributeFacet,
    AttributeType,
    Card,
    EndProducts,
    FacetType,
    Medium,
    PreviewKind,
    PreviewPlace,
    Scheme,
    Sort,
)
from market.tenancy.definitions.errors import DefinitionError
from market.tenancy.definitions.files import FileRole, format_of, is_legal_text, is_read_me
from market.tenancy.definitions.loading import load_marketplaces
from market.tenancy.definitions.marketplace import Marketplace, Vocabulary
from market.tenancy.definitions.parts import (
    AttributeDef,
    Bucket,
    CategoryDef,
    ItemLimits,
    LicenceTerms,
    PreviewRule,
    Pricing,
    ReviewRules,
    SearchRules,
    SiteFacet,
    SupportTerms,
)
from market.tenancy.definitions.words import translate_marketplaces

__all__ = [
    "AttributeDef",
    "AttributeFacet",
    "AttributeType",
    "Bucket",
    "Card",
    "CategoryDef",
    "DefinitionError",
    "EndProducts",
    "FacetType",
    "FileRole",
    "ItemLimits",
    "LicenceTerms",
    "Marketplace",
    "Medium",
    "PreviewKind",
    "PreviewPlace",
    "PreviewRule",
    "Pricing",
    "ReviewRules",
    "Scheme",
    "SearchRules",
    "SiteFacet",
    "Sort",
    "SupportTerms",
    "Vocabulary",
    "format_of",
    "is_legal_text",
    "is_read_me",
    "load_marketplaces",
    "translate_marketplaces",
]
