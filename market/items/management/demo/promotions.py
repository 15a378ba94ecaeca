"""What stands in the demo's windows: counted from today, so that something always runs."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from market.items.models import Item, Promotion
from market.items.selectors.promotions import running
from market.items.services import promotions
from market.tenancy.registry import marketplace
from market.users.models import User


def load_promotions(
    said: Sequence[Mapping[str, Any]],
    *,
    staff: User,
    items: Mapping[str, Item],
    people: Mapping[str, User],
) -> None:
    """Schedule from now on what does not run; what is not loaded is left out."""
    for one in said:
        site = marketplace(one["site"])
        there = {(row.kind, row.item_id, row.author_id) for row in running(site.id)}
        now = timezone.now()
        until = (now + timedelta(days=int(one["days"]))).replace(hour=23, minute=59, second=0)
        if one["kind"] == Promotion.Kind.FEATURED_AUTHOR:
            author = people[one["author"]]
            sells = Item.objects.filter(author=author, site_id=site.id)
            if (one["kind"], None, author.pk) not in there and sells.exists():
                promotions.schedule_author(
                    author=author, site_id=site.id, staff=staff,
                    starts_at=now, ends_at=until, note=one["note"],
                )  # fmt: skip
        elif (item := items.get(one["item"])) and (one["kind"], item.pk, None) not in there:
            promotions.schedule_item(
                item=item, kind=one["kind"], staff=staff, starts_at=now, ends_at=until,
                note=one["note"], author_agreed=one["kind"] == Promotion.Kind.FREE_ITEM,
            )  # fmt: skip
    promotions.sort_by_todays_prices()
