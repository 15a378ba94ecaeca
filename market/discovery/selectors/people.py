"""What an author's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from market.items.models import Item
from market.users.models import Profile, normalise_username

SHOWN = 60


@dataclass(frozen=True, slots=True)
class SiteShare:
    """How many items an author sells on one marketplace, and how often they were sold."""

    site_id: int
    items: int
    sales: int


@dataclass(frozen=True, slots=True)
class AuthorPage:
    profile: Profile
    items: Sequence[Item]
    shares: Sequence[SiteShare]

    @property
    def sales(self) -> int:
        return sum(share.sales for share in self.shares)


def author_page(*, username: str, site_id: int) -> AuthorPage | None:
    """The newest items on this site, and the counts on all. Three queries."""
    profile = (
        Profile.objects.select_related("user")
        .filter(user__username_key=normalise_username(username), user__is_active=True)
        .first()
    )
    if profile is None:
        return None
    on_sale = Item.objects.filter(author_id=profile.pk, status=Item.Status.APPROVED)
    shares = [
        SiteShare(site_id=row["site_id"], items=row["items"], sales=row["sales"] or 0)
        for row in on_sale.order_by("site_id")
        .values("site_id")
        .annotate(items=Count("pk"), sales=Sum("stats__sales"))
    ]
    shown = on_sale.filter(site_id=site_id).select_related("stats").order_by("-pk")[:SHOWN]
    return AuthorPage(profile=profile, items=list(shown), shares=shares)
