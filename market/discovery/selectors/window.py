"""What staff have put into a marketplace's window: the free item, featured items, an author."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.items.models import Item, Promotion
from market.items.selectors.promotions import running
from market.tenancy.definitions import Marketplace
from market.users.models import Profile

AUTHORS_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Each part may be missing. An item that went off sale is left out, and comes back with it."""

    free: Item | None = None
    featured: Sequence[Item] = ()
    author: Profile | None = None
    author_items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Which items must be drawn, before they are: the page draws all of its cards at once."""

    free_id: int | None
    featured_ids: Sequence[int]
    author: Profile | None
    author_item_ids: Sequence[int]

    @property
    def item_ids(self) -> list[int]:
        return [*self.card_ids, *self.author_item_ids]

    @property
    def card_ids(self) -> list[int]:
        """Those that the window shows as large as a shelf does."""
        free = [self.free_id] if self.free_id else []
        return [*free, *self.featured_ids]

    def dress(self, drawn: Mapping[int, Item]) -> Window:
        items = [drawn[one] for one in self.author_item_ids if one in drawn]
        return Window(
            free=drawn.get(self.free_id or 0),
            featured=[drawn[one] for one in self.featured_ids if one in drawn],
            author=self.author if items else None,
            author_items=items,
        )


def plan_window(marketplace: Marketplace) -> WindowPlan:
    """One query, and one more where an author is featured."""
    promotions = running(marketplace.id)
    author = _featured_author(promotions)
    newest = Item.objects.filter(
        author_id=author.pk if author else 0,
        status=Item.Status.APPROVED,
        site_id=marketplace.id,
    ).order_by("-pk")
    return WindowPlan(
        free_id=next(iter(_items(promotions, Promotion.Kind.FREE_ITEM)), None),
        featured_ids=_items(promotions, Promotion.Kind.FEATURED_ITEM),
        author=author,
        author_item_ids=list(newest.values_list("pk", flat=True)[:AUTHORS_ITEMS]) if author else [],
    )


def _items(promotions: Sequence[Promotion], kind: str) -> list[int]:
    return [one.item_id for one in promotions if one.kind == kind and one.item_id]


def _featured_author(promotions: Sequence[Promotion]) -> Profile | None:
    for one in promotions:
        author = one.author
        if author is not None and author.is_active and hasattr(author, "profile"):
            return author.profile
    return None
