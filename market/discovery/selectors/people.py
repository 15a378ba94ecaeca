"""What an author's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from market.core.pagination import Page
from market.discovery.selectors.lists import FIRST, Place, cards, listing
from market.items.models import Item, author_node
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.users.models import Profile, normalise_username


@dataclass(frozen=True, slots=True)
class SiteShare:
    """What an author sells on one marketplace, how often it was sold and how it is rated."""

    site_id: int
    items: int
    sales: int
    rating_sum: int
    rating_count: int


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """`items` are of this marketplace, `shares` of all where the author sells something."""

    profile: Profile
    items: Page[Item]
    shares: Sequence[SiteShare]
    total: int

    @property
    def all_items(self) -> int:
        return sum(share.items for share in self.shares)

    @property
    def sales(self) -> int:
        return sum(share.sales for share in self.shares)

    @property
    def rating_count(self) -> int:
        return sum(share.rating_count for share in self.shares)

    @property
    def rating(self) -> float:
        """Mean stars over all items, 0 without ratings."""
        stars = sum(share.rating_sum for share in self.shares)
        return stars / self.rating_count if self.rating_count else 0.0


def author_page(
    marketplace: Marketplace, *, username: str, sort: Sort, place: Place = FIRST
) -> AuthorPage | None:
    """A page of an author's items here, and the counts on all sites. Raises BadCursor.

    Four queries; three where the author sells nothing here.
    """
    profile = (
        Profile.objects.select_related("user")
        .filter(user__username_key=normalise_username(username), user__is_active=True)
        .first()
    )
    if profile is None:
        return None
    shares = _shares(profile.pk)
    total = next((share.items for share in shares if share.site_id == marketplace.id), 0)
    items = listing(
        site_id=marketplace.id,
        node_id=author_node(profile.pk),
        sort=sort,
        place=place,
        size=marketplace.search.page_size,
    )
    if total and not items.rows and place.is_first:
        items = _newest(profile.pk, marketplace)
    return AuthorPage(profile=profile, items=items, shares=shares, total=total)


def _shares(author_id: int) -> list[SiteShare]:
    """By marketplace, from the author's own items alone."""
    on_sale = Item.objects.filter(author_id=author_id, status=Item.Status.APPROVED)
    return [
        SiteShare(
            site_id=row["site_id"],
            items=row["items"],
            sales=row["sales"] or 0,
            rating_sum=row["rating_sum"] or 0,
            rating_count=row["rating_count"] or 0,
        )
        for row in on_sale.order_by("site_id")
        .values("site_id")
        .annotate(
            items=Count("pk"),
            sales=Sum("stats__sales"),
            rating_sum=Sum("stats__rating_sum"),
            rating_count=Sum("stats__rating_count"),
        )
    ]


def _newest(author_id: int, marketplace: Marketplace) -> Page[Item]:
    """Until `remake_cards` has run after an update: items that are in no author's node yet."""
    on_sale = Item.objects.filter(
        author_id=author_id, status=Item.Status.APPROVED, site_id=marketplace.id
    )
    ids = on_sale.order_by("-pk").values_list("pk", flat=True)
    return Page(rows=cards(list(ids[: marketplace.search.page_size])), next_cursor=None)
