"""At 100,000 items no page reads a whole table or sorts without an index (MariaDB, MySQL)."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection

from market.discovery.selectors.reach import PART
from market.items.models import Category, Item, ItemListing
from market.purchases.models import Cart, CartLine
from market.users import services as users
from market.users.models import User
from tests import factories
from tests.conftest import host_client
from tests.explain import indexed_only

DOUBLINGS = 17  # 131,072 items
SORTS = (
    "best-sellers",
    "newest",
    "best-rated",
    "trending",
    "recently-updated",
    "price-low",
    "price-high",
)
GROWING = {"items_item", "items_itemdetail", "items_itemstats", "items_itemlisting",
           "users_user", "users_profile", "purchases_order",
           "purchases_orderline", "purchases_purchase", "payments_account",
           "payments_balance"}  # fmt: skip
# Mirrored from the sites' definitions or counted per site: some hundred rows at any size.
SMALL = frozenset({"items_category", "items_licence", "items_nodestats", "payments_buyerfee",
                   "payments_authorfeerate", "auth_group", "auth_permission", "users_user_groups",
                   "auth_group_permissions", "django_content_type"})  # fmt: skip


@pytest.fixture
def item(transactional_db: None) -> Iterator[Item]:
    """One of 131,072 items of graphics, each listed in three nodes; as many users and purchases."""
    if connection.vendor != "mysql":
        pytest.fail("this test explains MariaDB's and MySQL's plans: give it such a DATABASE_URL")
    first = factories.make_item(
        author=factories.make_author(username="seller"), name="Weather icons"
    )
    assert first.category.parent_id is not None
    factories.index()  # finding is the engine's; what it finds is read from here
    with connection.cursor() as cursor:
        for _ in range(DOUBLINGS):
            _double(cursor, "items_item", "id")
        for table in ("items_itemdetail", "items_itemstats"):
            columns = _columns(cursor, table, without=("item_id",))
            cursor.execute(
                f"INSERT INTO {table} (item_id, {columns}) SELECT i.id, {columns} "
                f"FROM items_item i JOIN {table} WHERE i.id <> {first.pk}"
            )
        for node in (0, first.category.parent_id, first.category_id):
            cursor.execute(
                "INSERT INTO items_itemlisting (site_id, node_id, item_id, published_at,"
                " updated_at, price_cents, sales, rating, trending) SELECT 5, %s, id, "
                "published_at + INTERVAL id SECOND, updated_at + INTERVAL id SECOND, "
                "id %% 500, id %% 997, id %% 500, id %% 77 FROM items_item WHERE id <> %s",
                [node, first.pk],
            )
        _fill_people_and_sales(cursor)
        cursor.execute(  # a hundred items an author
            "UPDATE items_item i JOIN "
            "(SELECT MIN(id) AS first, id DIV 100 AS hundred FROM items_item "
            "GROUP BY hundred) one ON one.hundred = i.id DIV 100 "
            "SET i.author_id = 10000000 + one.first WHERE i.id <> %s",
            [first.pk],
        )
        cursor.execute(f"ANALYZE TABLE {', '.join(sorted(GROWING))}")
        cursor.fetchall()
    # The first one is listed at its author too.
    assert ItemListing.objects.count() == 3 * 2**DOUBLINGS + 1
    yield first
    with connection.cursor() as cursor:  # the test's own end would delete row by row
        cursor.execute("SET foreign_key_checks=0")
        for table in GROWING:
            cursor.execute(f"TRUNCATE TABLE {table}")
        cursor.execute("SET foreign_key_checks=1")


def _fill_people_and_sales(cursor) -> None:
    """A person and a sale beside each item: only where there are many rows does a plan tell."""
    for table, key in (("users_user", "id"), ("users_profile", "user_id")):
        others = _columns(cursor, table, without=(key, "email", "username", "username_key"))
        unique = "email, username, username_key, " if table == "users_user" else ""
        values = (
            "CONCAT(i.id, '@example.net'), CONCAT('u', i.id), CONCAT('u', i.id), " if unique else ""
        )
        cursor.execute(
            f"INSERT INTO {table} ({key}, {unique}{others}) "
            f"SELECT 10000000 + i.id, {values}{others} FROM items_item i "
            f"JOIN (SELECT {others} FROM {table} LIMIT 1) one"
        )
    cursor.execute(
        "INSERT INTO payments_account (id, kind, scope, currency) SELECT 10000000 + id, "
        "'author_earnings', CONCAT('user:', 10000000 + id), 'USD' FROM items_item"
    )
    columns = _columns(cursor, "payments_balance", without=("account_id",))
    cursor.execute(
        f"INSERT INTO payments_balance (account_id, {columns}) SELECT 10000000 + id, "
        f"{', '.join('0' for _ in columns.split(','))} FROM items_item"
    )
    first = {"purchases_order": "`key`", "purchases_orderline": "", "purchases_purchase": "code"}
    links = {"purchases_order": {"buyer_id"}, "purchases_orderline": {"order_id", "item_id"},
             "purchases_purchase": {"order_line_id", "buyer_id", "item_id"}}  # fmt: skip
    person = factories.make_user()
    factories.make_purchase(buyer=person, item=Item.objects.earliest("pk"))
    for table, unique in first.items():
        owned = sorted(links[table])
        others = _columns(cursor, table, without=("id", "key", "code", "payment_ref", *owned))
        names = ", ".join(["id", *([unique] if unique else []), *owned, others])
        values = ["10000000 + i.id", *(["REPLACE(UUID(), '-', '')"] if unique else [])]
        values += ["i.id" if name == "item_id" else "10000000 + i.id" for name in owned]
        payment = ", payment_ref" if table == "purchases_order" else ""
        reference = ", CONCAT('bulk', i.id)" if payment else ""
        cursor.execute(
            f"INSERT INTO {table} ({names}{payment}) SELECT {', '.join(values)}, "
            f"{others}{reference} FROM (SELECT id FROM items_item) i "
            f"JOIN (SELECT {others} FROM {table} LIMIT 1) one"
        )


def _double(cursor, table: str, key: str) -> None:
    columns = _columns(cursor, table, without=(key,))
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}")


def _columns(cursor, table: str, *, without: tuple[str, ...]) -> str:
    names = [
        column.name for column in connection.introspection.get_table_description(cursor, table)
    ]
    return ", ".join(f"`{name}`" for name in names if name not in without)


def test_every_page_reads_by_index(item):
    buyer = factories.make_user(username="buyer")
    _give_history(buyer, item)
    for host, user, path in pages(item, buyer):
        client = host_client(host, user)
        with indexed_only(small_tables=SMALL):
            response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        # Forth and back again.
        for turn in ("next_page", "previous_page"):
            other = (response.context or {}).get(turn) or ""
            if other:
                with indexed_only(small_tables=SMALL):
                    response = client.get(other)
                assert response.status_code == 200, other

    _check_reach(item)
    _check_api(buyer)


def _check_reach(item: Item) -> None:
    """Sitemaps are sent while they are read: what reads them explains them."""
    client = host_client("graphics")
    for path in (
        "/sitemap.xml",
        f"/sitemaps/items-{item.pk // PART + 1}.xml",
        f"/sitemaps/authors-{item.author_id // PART}.xml",
        "/feeds/new.xml",
        f"/feeds/category/{item.category.path}.xml",
        f"/feeds/author/{item.author.username}.xml",
    ):
        with indexed_only(small_tables=SMALL):
            response = client.get(path)
            text = response.getvalue()
        assert response.status_code == 200, path
        assert b"<loc>" in text or b"<entry>" in text, path


def _give_history(buyer: User, item: Item) -> None:
    for _ in range(3):
        factories.make_purchase(buyer=buyer, item=item)
    cart = Cart.objects.create(user=buyer, checkout_key=uuid4())
    CartLine.objects.create(cart=cart, item=item, licence_code="standard", shown_cents=1)


def pages(item: Item, buyer: User) -> list[tuple[str, User | None, str]]:
    seller = item.author
    reviewer = factories.make_user(username="rita", role="reviewer")
    staff = factories.make_user(username="stan", role="staff")
    parent = Category.objects.get(pk=item.category.parent_id)
    public = [
        "/",
        *(f"/category/{parent.path}/?sort={sort}" for sort in SORTS),
        *(f"/category/{item.category.path}/?sort={sort}" for sort in SORTS),
        "/search/?q=weather",
        "/search/?q=weather+word77",
        f"/search/?q=weather&category={parent.path}",
        "/search/?q=unheard",
        "/search/?sort=newest",
        f"/items/{item.slug}/{item.pk}/",
        f"/authors/{Item.objects.latest('pk').author.username}/",
    ]  # fmt: skip
    private = [
        ("account", buyer, "/library/"),
        ("account", buyer, "/library/?q=wea"),
        ("account", buyer, "/cart/"),
        ("account", buyer, "/checkout/"),
        ("account", seller, "/author/items/"),
        ("account", seller, "/statement/"),
        ("account", buyer, "/statement/?of=purchases"),
        ("account", buyer, "/documents/"),
        ("staff", reviewer, "/"),
        ("staff", staff, "/money/?q=nobody@example.net"),
        ("staff", staff, f"/money/?q={uuid4()}"),
        ("staff", staff, f"/money/people/{buyer.pk}/"),
        ("graphics", buyer, "/corner/"),
    ]
    return [("graphics", None, path) for path in public] + private


def _check_api(buyer: User) -> None:
    _, token = users.create_token(user=buyer, name="all", scopes=["purchase:list", "sale:history"])
    client = host_client("api")
    headers = {"Authorization": f"Bearer {token}"}
    for path in (
        "/rest/v1/items/?marketplace=graphics&sort=price-low",
        "/rest/v1/items/?marketplace=graphics&category=icons/line",
        "/rest/v1/search/?marketplace=graphics&q=weather",
        "/rest/v1/purchases/",
        "/rest/v1/sales/",
    ):
        with indexed_only(small_tables=SMALL):
            response = client.get(path, headers=headers)
        assert response.status_code == 200, response.content
