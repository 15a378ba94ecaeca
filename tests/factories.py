"""Plain functions that make valid rows; a test passes only what it is about."""

import itertools
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone
from django.utils.text import slugify

from market.discovery.search import feeding
from market.items.models import (
    Category,
    Item,
    ItemDetail,
    ItemFile,
    ItemListing,
    ItemStats,
    ItemVersion,
    LicencePrice,
    NodeStats,
    Promotion,
    author_node,
)
from market.items.services import sites as site_mirror
from market.items.services.changes import note_changes
from market.payments import pricing
from market.purchases.models import Order, OrderLine, Purchase
from market.tenancy.registry import marketplace, marketplace_by_id
from market.users import services as users
from market.users.models import User

PASSWORD = "a long test password"
_numbers = itertools.count(1)


def ensure_sites() -> None:
    """What `manage.py sync_sites` does after each migration, unless it is done."""
    if not Category.objects.exists():
        site_mirror.sync_sites()
        pricing.seed_rates()
        users.sync_roles()


def make_user(*, username: str = "", role: str = "") -> User:
    name = username or f"person{next(_numbers)}"
    user = users.register(email=f"{name}@example.com", username=name, password=PASSWORD)
    users.confirm_email(user=user)
    if role:
        users.grant_role(user=user, role=role)
    return user


def make_author(*, username: str = "") -> User:
    user = make_user(username=username)
    users.become_author(user=user, display_name=f"Studio {user.username}")
    return User.objects.get(pk=user.pk)


def make_item(
    *,
    author: User | None = None,
    site: str = "graphics",
    category: str = "icons/line",
    name: str = "",
    price_cents: int = 1900,
    status: str = Item.Status.APPROVED,
    published_at: datetime | None = None,
    tags: tuple[str, ...] = ("one", "two", "three"),
) -> Item:
    """An item with a live version, a main file row, prices for each licence, and listing rows."""
    definition = marketplace(site)
    node = Category.objects.get(site_id=definition.id, path=category)
    name = name or f"Item {next(_numbers)}"
    author = author or make_author()
    top = category.split("/", maxsplit=1)[0]
    licence = definition.default_licence(top)
    fee = pricing.buyer_fees(definition.id)[licence.code]
    now = published_at or timezone.now()
    item = Item.objects.create(
        site_id=definition.id,
        author=author,
        category=node,
        slug=slugify(name) or "item",
        name=name,
        summary=f"{name} in one line",
        card={
            "price_cents": price_cents + fee,
            "licence": licence.code,
            "author": author.username,
            "author_name": author.username,
            "facts": [],
        },
    )
    ItemDetail.objects.create(
        item=item,
        description_source=f"About {name}",
        description_html=f"<p>About {name}</p>",
        tags=list(tags),
        attributes={"ai_disclosure": "none"},
    )
    ItemStats.objects.create(item=item)
    version = ItemVersion.objects.create(
        item=item, number=1, status=ItemVersion.Status.APPROVED, approved_at=now
    )
    ItemFile.objects.create(
        version=version,
        role="main",
        name="main.zip",
        key=f"products/{uuid4().hex}/main.zip",
        sha256="0" * 64,
        bytes=1000,
        format="zip",
    )
    for terms in definition.licences_for(top):
        cents = round(price_cents * terms.min_multiple)
        LicencePrice.objects.create(item=item, licence_code=terms.code, cents=cents)
    item.live_version = version
    item.published_at = now
    item.status = status
    item.save(update_fields=["live_version", "published_at", "status"])
    if item.is_for_sale:
        _list_item(item, node, price_cents + fee, now)
    return item


def make_supported_item(*, author: User | None = None, price_cents: int = 2900) -> Item:
    """One that its author answers questions about."""
    item = make_item(
        author=author, site="code", category="javascript/forms", price_cents=price_cents
    )
    ItemDetail.objects.filter(item=item).update(has_support=True)
    item.refresh_from_db()
    return item


def _list_item(item: Item, node: Category, price_cents: int, now: datetime) -> None:
    nodes = [0, node.pk, author_node(item.author_id)]
    nodes += [node.parent_id] if node.parent_id else []
    for node_id in nodes:
        ItemListing.objects.create(
            site_id=item.site_id,
            node_id=node_id,
            item=item,
            published_at=now,
            updated_at=now,
            price_cents=price_cents,
        )
        stats, _ = NodeStats.objects.get_or_create(site_id=item.site_id, node_id=node_id)
        stats.items += 1
        stats.save(update_fields=["items"])


def make_purchase(*, buyer: User, item: Item, licence_code: str = "") -> Purchase:
    """A paid order of one line, as rows: nothing is booked in the ledger."""
    definition = marketplace_by_id(item.site_id)
    code = licence_code or definition.default_licence(item.category.path.split("/")[0]).code
    price = LicencePrice.objects.get(item=item, licence_code=code, current=1).cents
    fee = pricing.buyer_fees(item.site_id)[code]
    money = {
        "item_price_cents": price,
        "buyer_fee_cents": fee,
        "total_cents": price + fee,
        "author_fee_bp": 3750,
        "author_fee_cents": price * 3750 // 10000,
    }
    now = timezone.now()
    order = Order.objects.create(
        key=uuid4(),
        buyer=buyer,
        total_cents=price + fee,
        status=Order.Status.PAID,
        payment_ref=f"test_{uuid4().hex}",
        paid_at=now,
        expires_at=now,
    )
    line = OrderLine.objects.create(
        order=order,
        item=item,
        author=item.author,
        licence_code=code,
        licence_text_version=1,
        **money,
    )
    assert item.live_version is not None
    return Purchase.objects.create(
        code=uuid4(),
        order_line=line,
        buyer=buyer,
        author=item.author,
        item=item,
        version=item.live_version,
        site_id=item.site_id,
        licence_code=code,
        licence_text_version=1,
        **money,
    )


def make_promotion(
    *,
    item: Item | None = None,
    author: User | None = None,
    site: str = "graphics",
    kind: str = Promotion.Kind.FREE_ITEM,
    starts_in: timedelta = -timedelta(days=1),
    ends_in: timedelta = timedelta(days=7),
) -> Promotion:
    """A row, whatever else runs then; by default an item that is free now."""
    now = timezone.now()
    return Promotion.objects.create(
        site_id=item.site_id if item else marketplace(site).id,
        kind=kind,
        item=item,
        author=author,
        starts_at=now + starts_in,
        ends_at=now + ends_in,
        author_agreed=True,
        note="Agreed by mail",
        made_by=make_user(),
    )


def index() -> None:
    """Let search find all items as they are now, as the job does that follows a change."""
    note_changes(Item.objects.values_list("pk", flat=True))
    feeding.keep_up()
