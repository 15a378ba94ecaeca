"""An item's page with parts that were drawn for another item is the page that is drawn whole."""

import pytest

from market.items.models import ItemDetail, ItemStats, LicencePrice
from market.tenancy.registry import marketplaces
from tests import factories
from tests.conftest import host_client

SITES = [(site.slug, next(iter(site.leaf_paths()))) for site in marketplaces()]


@pytest.mark.django_db
@pytest.mark.parametrize(("site", "category"), SITES)
def test_a_page_with_parts_of_others_is_the_same_as_without(settings, sites, site, category):
    items = [factories.make_item(site=site, category=category, name=f"Item {n}") for n in "abc"]
    ItemDetail.objects.filter(item=items[1]).update(has_support=True, tags=["<b>"])
    ItemStats.objects.filter(item=items[1]).update(
        sales=7, rating_sum=9, rating_count=2, stars_4=1, stars_5=1
    )
    LicencePrice.objects.filter(item=items[1]).update(cents=12345)
    factories.make_promotion(item=items[2])
    client = host_client(site)
    addresses = [
        f"{language}/items/{item.slug}/{item.pk}/{query}"
        for language in ("", "/de")
        for item in items
        for query in ("", "?products=1", "?licence=extended&stars=5")
    ]
    settings.KEEP_PARTS = True
    kept = [client.get(address).content for address in addresses * 2]
    settings.KEEP_PARTS = False

    drawn = [client.get(address).content for address in addresses]

    assert kept == drawn * 2
    assert len(set(drawn)) == len(drawn)
