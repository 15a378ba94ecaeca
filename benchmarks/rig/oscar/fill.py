"""Makes the shop's tables and products; prints a product's address and its category's."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # Django first
from oscar.core.loading import get_model  # noqa: E402

CATEGORIES = 20


def main(products: int) -> None:
    call_command("migrate", verbosity=0)
    categories = _categories()
    found = _products(products, categories)
    print(found.get_absolute_url(), categories[0].get_absolute_url())


def _categories() -> list:
    model = get_model("catalogue", "Category")
    parent = model.add_root(name="Everything", is_public=True, ancestors_are_public=True)
    for number in range(CATEGORIES):
        parent.refresh_from_db()
        parent.add_child(name=f"Shelf {number}")
    parent.refresh_from_db()
    return [parent, *parent.get_children()]


def _products(count: int, categories: list):
    """Each with its stock record, in one of the shelves."""
    product_class = get_model("catalogue", "ProductClass").objects.create(
        name="Download", requires_shipping=False, track_stock=False
    )
    partner = get_model("partner", "Partner").objects.create(name="Seller")
    product, link = get_model("catalogue", "Product"), get_model("catalogue", "ProductCategory")
    stock = get_model("partner", "StockRecord")
    product.objects.bulk_create(
        [
            product(
                title=f"Product {number}",
                slug=f"product-{number}",
                upc=str(number),
                description="What it is, in a sentence or two. " * 8,
                product_class=product_class,
                is_public=True,
            )
            for number in range(count)
        ],
        batch_size=1000,
    )
    made = list(product.objects.order_by("pk"))
    shelves = categories[1:]
    link.objects.bulk_create(
        [link(product=one, category=shelves[at % len(shelves)]) for at, one in enumerate(made)],
        batch_size=1000,
    )
    stock.objects.bulk_create(
        [stock(product=one, partner=partner, partner_sku=str(one.pk), price=19) for one in made],
        batch_size=1000,
    )
    return made[-1]


if __name__ == "__main__":
    main(int(sys.argv[1]))
