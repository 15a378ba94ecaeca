"""The main pages in German: they are there on every marketplace, and mails follow the person."""

import pytest
from django.core import mail

from market.purchases.services import receipts
from market.tenancy.registry import marketplaces
from tests import factories
from tests.conftest import host_client

CATEGORIES = {
    "themes": "site-templates/creative",
    "code": "javascript/sliders",
    "video": "motion-graphics/lower-thirds",
    "audio": "sound-effects/interface",
    "graphics": "icons/line",
    "photos": "nature/landscapes",
    "models": "props/household",
}


@pytest.mark.parametrize("site", [one.slug for one in marketplaces()])
def test_the_main_pages_of_a_marketplace(sites, site):
    item = factories.make_item(site=site, category=CATEGORIES[site], name="Ein Werk")
    factories.index()
    client = host_client(site)
    for path in (
        "/de/",
        f"/de/category/{CATEGORIES[site]}/",
        "/de/search/?q=werk",
        f"/de/items/{item.slug}/{item.pk}/",
        f"/de/items/{item.slug}/{item.pk}/buy/",
        f"/de/authors/{item.author.username}/",
        "/de/licences/",
        "/de/cart/",
        "/de/page/help/",
    ):
        response = client.get(path)

        assert response.status_code == 200, path
        assert '<html lang="de"' in response.text, path
        assert "Warenkorb" in response.text, path
        assert "Skip to content" not in response.text, path


def test_a_receipt_is_in_the_language_of_the_buyer(sites):
    buyer = factories.make_user(username="lena")
    buyer.language = "de"
    buyer.save(update_fields=["language"])
    purchase = factories.make_purchase(buyer=buyer, item=factories.make_item())

    receipts.send_receipt(order_id=purchase.order_line.order_id)

    (message,) = mail.outbox
    assert message.subject.startswith("Dein Beleg")
    assert "/de/library/" in message.body
