"""Categories: the tree beside a list, and what a category's page shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from market.core.db.statements import Statement
from market.core.pagination import Page
from market.discovery.selectors.lists import FIRST, WHOLE_SITE, Place, listing, totals
from market.items.models import Category, Item
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.definitions.parts import CategoryDef


@dataclass(frozen=True, slots=True)
class Branch:
    """A category of the tree; `items` is None where nobody knows how many fit."""

    category: CategoryDef
    items: int | None
    children: Sequence["Branch"] = ()


@dataclass(frozen=True, slots=True)
class CategoryPage:
    category: CategoryDef
    top: CategoryDef
    tree: Sequence[Branch]
    total: int
    items: Page[Item]


def category_page(
    marketplace: Marketplace, *, path: str, sort: Sort, place: Place = FIRST
) -> CategoryPage | None:
    """None for a path that the site does not have. Raises BadCursor. Four queries."""
    category = marketplace.category(path)
    top = marketplace.category(category.top) if category else None
    if category is None or top is None:
        return None
    nodes = category_nodes(marketplace, opened=top)
    if path not in nodes:
        return None
    counts = totals(site_id=marketplace.id, node_ids=nodes.values())
    known = {one: counts[node] for one, node in nodes.items()}
    return CategoryPage(
        category=category,
        top=top,
        tree=branches(marketplace.categories, known, opened=top.path),
        total=known[path],
        items=listing(
            site_id=marketplace.id,
            node_id=nodes[path],
            sort=sort,
            place=place,
            size=marketplace.search.page_size,
        ),
    )


def category_nodes(marketplace: Marketplace, opened: CategoryDef | None = None) -> dict[str, int]:
    """Path → node of the top-level categories, and of the parts of the one that is open."""
    paths = [*marketplace.tops(), *(child.path for child in (opened.children if opened else ()))]
    return dict(_nodes_statement(marketplace.id, tuple(paths)).rows())


@cache
def _nodes_statement(site_id: int, paths: tuple[str, ...]) -> Statement[tuple[str, int]]:
    """There is one for each top-level category of a site."""
    rows = Category.objects.filter(site_id=site_id, path__in=paths, retired_at=None)
    return Statement(lambda: rows.values_list("path", "pk"))


def branches(
    categories: Iterable[CategoryDef], counts: Mapping[str, int | None], opened: str
) -> list[Branch]:
    """The tree of those categories that are in `counts`; one of them shows its parts."""
    return [
        Branch(
            category=one,
            items=counts[one.path],
            children=branches(one.children, counts, opened) if one.path == opened else (),
        )
        for one in categories
        if one.path in counts
    ]


def whole_tree(marketplace: Marketplace) -> tuple[list[Branch], int]:
    """The top-level categories with their counts, and the count of all. Two queries."""
    nodes = category_nodes(marketplace)
    counts = totals(site_id=marketplace.id, node_ids=[WHOLE_SITE, *nodes.values()])
    known = {path: counts[node] for path, node in nodes.items()}
    return branches(marketplace.categories, known, opened=""), counts[WHOLE_SITE]
