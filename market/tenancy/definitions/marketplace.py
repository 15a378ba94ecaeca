"""One marketplace as its `site.toml` describes it."""

from collections.abc import Iterator
from dataclasses import dataclass

from market.tenancy.definitions.enums import Card, Scheme, Sort
from market.tenancy.definitions.files import FileRole
from market.tenancy.definitions.parts import (
    AttributeDef,
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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A list of options that staff extend often."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """Read once at start, never changed. `id` is what rows carry as `site_id`.

    `top` is the slug of a top-level category throughout; an unknown one simply has nothing.
    """

    id: int
    slug: str
    partner_key: str
    name: str
    position: int
    tagline: str
    purpose: str
    item_noun: str
    item_noun_plural: str
    accent: str
    accent_dark: str
    on_accent: str
    icon: str
    default_sort: Sort
    card: Card
    card_badges: tuple[str, ...]  # keys of attributes: on a card's picture
    card_facts: tuple[str, ...]  # beside its name; without them, what people filter by
    default_scheme: Scheme
    heading_font: str
    pricing: Pricing
    licences: tuple[LicenceTerms, ...]
    support: SupportTerms
    review: ReviewRules
    item: ItemLimits
    files: tuple[FileRole, ...]
    previews: tuple[PreviewRule, ...]
    vocabularies: tuple[Vocabulary, ...]
    attributes: tuple[AttributeDef, ...]
    search: SearchRules
    facets: tuple[SiteFacet, ...]
    categories: tuple[CategoryDef, ...]

    def __str__(self) -> str:
        return self.name

    def all_categories(self) -> Iterator[CategoryDef]:
        """Parents before their children, in the site's order."""
        for top in self.categories:
            yield top
            yield from top.children

    def category(self, path: str) -> CategoryDef | None:
        return next((one for one in self.all_categories() if one.path == path), None)

    def leaf_paths(self) -> tuple[str, ...]:
        return tuple(one.path for one in self.all_categories() if one.is_leaf)

    def tops(self) -> tuple[str, ...]:
        return tuple(one.slug for one in self.categories)

    def licence(self, code: str) -> LicenceTerms | None:
        return next((one for one in self.licences if one.code == code), None)

    def licences_for(self, top: str) -> tuple[LicenceTerms, ...]:
        return tuple(one for one in self.licences if one.applies_to(top))

    def default_licence(self, top: str) -> LicenceTerms:
        """The licence that the item price is for; there is exactly one a category."""
        return next(one for one in self.licences_for(top) if one.is_default)

    def attribute(self, key: str) -> AttributeDef | None:
        return next((one for one in self.attributes if one.key == key), None)

    def attributes_for(self, top: str) -> tuple[AttributeDef, ...]:
        return tuple(one for one in self.attributes if one.applies_to(top))

    def file_roles_for(self, top: str) -> tuple[FileRole, ...]:
        """All roles: uploads, addresses, and those found inside the main file."""
        return tuple(one for one in self.files if one.applies_to(top))

    def file_role(self, role: str, top: str) -> FileRole | None:
        return next((one for one in self.file_roles_for(top) if one.role == role), None)

    def main_file(self, top: str) -> FileRole:
        """What buyers download; there is exactly one such role a category."""
        return next(one for one in self.file_roles_for(top) if one.role == "main")

    def required_file_roles(self, top: str) -> tuple[FileRole, ...]:
        """Each is met by itself or by one of its `alternatives`."""
        return tuple(one for one in self.file_roles_for(top) if one.is_required_for(top))

    def previews_for(self, top: str) -> tuple[PreviewRule, ...]:
        """In order of preference: of one kind, the first whose file is there counts."""
        return tuple(one for one in self.previews if one.applies_to(top))
