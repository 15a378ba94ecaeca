"""Versions from before their marketplace showed what is in their archives."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from market.items.models import ItemPreview, ItemVersion
from market.items.selectors.drafts import MADE_OF_CONTENT
from market.tenancy.registry import marketplaces

SHOWN = (
    ItemVersion.Status.APPROVED,
    ItemVersion.Status.SUBMITTED,
    ItemVersion.Status.IN_REVIEW,
)


def versions_without_content(*, after: int = 0, until: int | None = None) -> Iterator[int]:
    """Ids of shown versions in categories with such previews that have none, in order."""
    for site in marketplaces():
        for category in site.categories:
            shown = {rule.kind for rule in site.previews_for(category.slug)}
            kinds = [kind for rule, (kind, _) in MADE_OF_CONTENT.items() if rule in shown]
            if kinds:
                yield from _versions(site.id, category.slug, kinds, after=after, until=until)


def _versions(
    site_id: int, top: str, kinds: list[str], *, after: int, until: int | None
) -> Iterator[int]:
    made = ItemPreview.objects.filter(version=OuterRef("pk"), kind__in=kinds)
    rows = ItemVersion.objects.filter(
        ~Exists(made),
        item__site_id=site_id,
        item__category__path__startswith=f"{top}/",
        status__in=SHOWN,
        pk__gt=after,
    )
    if until is not None:
        rows = rows.filter(pk__lte=until)
    yield from rows.order_by("pk").values_list("pk", flat=True).iterator()
