"""What a category's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.core.pagination import Page
from market.discovery.selectors.lists import listing, totals
from market.items.models import Category, Item
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.definitions.parts import CategoryDef


@dataclass(frozen=True, slots=True)
class Branch:
    category: CategoryDef
    items: int


@dataclass(frozen=True, slots=True)
class CategoryPage:
    category: CategoryDef
    top: CategoryDef
    branches: Sequence[Branch]
    total: int
    items: Page[Item]


def category_page(
    marketplace: Marketplace, *, path: str, sort: Sort, cursor: str = ""
) -> CategoryPage | None:
    """None for a path that the site does not have. Raises BadCursor. Four queries."""
    category = marketplace.category(path)
    top = marketplace.category(category.top) if category else None
    if category is None or top is None:
        return None
    family = {category.path: category, **{child.path: child for child in top.children}}
    nodes = dict(
        Category.objects.filter(
            site_id=marketplace.id, path__in=family, retired_at=None
        ).values_list("path", "pk")
    )
    if path not in nodes:
        return None
    counts = totals(site_id=marketplace.id, node_ids=nodes.values())
    return CategoryPage(
        category=category,
        top=top,
        branches=[
            Branch(child, counts[nodes[child.path]])
            for child in top.children
            if child.path in nodes
        ],
        total=counts[nodes[path]],
        items=listing(
            site_id=marketplace.id,
            node_id=nodes[path],
            sort=sort,
            cursor=cursor,
            size=marketplace.search.page_size,
        ),
    )
