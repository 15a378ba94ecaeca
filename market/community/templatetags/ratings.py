from django import template

from market.items.models import ItemStats

register = template.Library()


@register.filter
def star_bars(stats: ItemStats) -> list[tuple[int, int, int]]:
    """Stars, how many gave them, and their share in whole percent; the most stars first."""
    total = stats.rating_count or 1
    return [(stars, count, round(100 * count / total)) for stars, count in stats.by_stars.items()]
