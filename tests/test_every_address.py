"""No address shows a row of another marketplace or of another person.

Generated from the URL map: each route of each host is asked for as each role, with the objects of
each marketplace and of each person. A new route needs an example for its parameters (or this
fails), and is then covered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from market.items.models import Item
from market.payments.document_data import party, sale_data
from market.payments.models import Document, SandboxPayment
from market.purchases.models import Cart, CartLine, Order, RefundRequest
from market.tenancy import hosts
from market.tenancy.registry import marketplaces
from market.users import services as users
from market.users.models import User
from tests import factories
from tests.addresses import Route, routes
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
SITES = [site.slug for site in marketplaces()]
SERVICES = ("account", "staff", "files", "api")
OPEN_TO_ALL = ("admin:login", "admin:jsi18n", "robots")


@dataclass
class Person:
    """`marks` are words that only this person (or staff) may read."""

    user: User
    marks: list[str] = field(default_factory=list)
    objects: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    items: dict[str, Item]  # by marketplace
    people: dict[str, Person]

    def site_marks(self, slug: str) -> list[str]:
        return [f"Mark{slug}item", f"mark-{slug}-author"]


@pytest.fixture
def world(sites: None) -> World:
    items = {}
    for site in marketplaces():
        seller = factories.make_author(username=f"mark-{site.slug}-author")
        items[site.slug] = factories.make_item(
            author=seller,
            site=site.slug,
            category=CATEGORIES[site.slug],
            name=f"Mark{site.slug}item",
        )
    people = {name: _person(name, items) for name in ("alice", "mallory")}
    people["reviewer"] = Person(factories.make_user(username="rita", role="reviewer"))
    people["staff"] = Person(factories.make_user(username="stan", role="staff"))
    return World(items=items, people=people)


def _person(name: str, items: dict[str, Item]) -> Person:
    """A buyer and author with one private object of each kind."""
    user = factories.make_author(username=name)
    draft = factories.make_item(
        author=user,
        site="models",
        category="props/household",
        name=f"Draft of {name}",
        status="draft",
    )
    bought = factories.make_purchase(buyer=user, item=items["graphics"])
    cart = Cart.objects.create(user=user, checkout_key=uuid4())
    CartLine.objects.create(
        cart=cart, item=items["video"], licence_code=_licence(items["video"]), shown_cents=1
    )
    payment = SandboxPayment.objects.create(
        ref=f"sp_{name}", idempotency_key=f"test:{name}", cents=1, currency="USD",
        description=f"Payment of {name}", return_url="/",
    )  # fmt: skip
    data = sale_data(
        language="en", currency="USD", buyer=party(name=f"Invoice of {name}"), lines=[],
        supplied_at=bought.bought_at, order="0",
    )  # fmt: skip
    Document.objects.create(
        kind="invoice", series=name, number=1, code=f"INV-{name}", source=f"order:{name}",
        user=user, data=data, issued_at=bought.bought_at,
    )  # fmt: skip
    token, _ = users.create_token(user=user, name=f"Token of {name}", scopes=["default"])
    version = draft.live_version
    assert version is not None
    file = bought.version.files.get()
    asked = RefundRequest.objects.create(
        purchase=bought, line=bought.order_line, buyer=user, author=bought.author,
        ground="not_working", scope="whole", words=f"Words of {name}",
    )  # fmt: skip
    return Person(
        user=user,
        marks=[user.email, str(bought.code), f"Draft of {name}", f"Token of {name}",
               f"Invoice of {name}"],
        objects={
            "item_id": draft.pk, "slug": draft.slug, "code": bought.code, "file_id": file.pk,
            "key": bought.order_line.order.key, "ref": payment.ref, "token_id": token.pk,
            "request_id": asked.pk,
            "documents:code": f"INV-{name}", "order_line_id": bought.order_line.pk,
            "version_id": version.pk, "line_id": cart.lines.get().pk, "username": user.username,
        },
    )  # fmt: skip


def _client(world: World, host_key: str, role: str) -> Client:
    visitor = world.people.get(role)
    return host_client(host_key, visitor.user if visitor else None)


def _licence(item: Item) -> str:
    return item.card["licence"]


# Values for parameters that name no row of the world.
CONSTANTS: dict[str, Any] = {
    "role": "main", "gateway": "sandbox", "token": "made-up", "uidb36": "1", "object_id": "1",
    "app_label": "users", "content_type_id": "1", "url": "nothing", "upload_key": UUID(int=1),
    "path": "no/such", "slug": "none", "item_id": 999_999, "username": "nobody",
    "code": UUID(int=2),
    "key": "none", "file_id": 999_999,
    "version_id": 999_999, "version": 1, "ref": "none", "token_id": 999_999,
    "line_id": 999_999, "promotion_id": 999_999, "kind": "items", "number": 0,
    "order_line_id": 999_999, "payment_id": 999_999, "user_id": 999_999, "adjustment_id": 999_999,
    "case_id": 999_999, "request_id": 999_999, "payout_id": 999_999, "period": "2020-01",
    "hold_id": 999_999,
}  # fmt: skip


def _address(route: Route, host_key: str, values: dict[str, Any]) -> str:
    """The route's path with these values; keys of both kinds (UUID, text) are tried."""
    missing = route.parameters - CONSTANTS.keys()
    assert not missing, (
        f"{route.name}: give an example for {', '.join(sorted(missing))} in CONSTANTS"
    )
    chosen = {name: values.get(name, CONSTANTS[name]) for name in route.parameters}
    for name in route.parameters:  # a name that means another thing there
        if route.name.startswith("payments:document"):
            chosen[name] = values.get(f"documents:{name}", "INV-0-000000")
    urlconf = hosts.host(host_key).urlconf
    try:
        return reverse(route.name, urlconf=urlconf, kwargs=chosen or None)
    except NoReverseMatch:
        chosen |= {name: UUID(int=3) for name in ("key",) if name in chosen}
        return reverse(route.name, urlconf=urlconf, kwargs=chosen or None)


def _text(response: Any) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode(errors="replace")
    return response.content.decode(errors="replace")


def _answers(client: Client, address: str) -> Iterator[tuple[str, int, str]]:
    for method in (client.get, client.post):
        response = method(address)
        assert response.status_code < 500, f"{address}: {response.status_code}"
        yield f"{method.__name__.upper()} {address}", response.status_code, _text(response)


def test_every_route_has_a_name():
    for kind in ("marketplace", *SERVICES):
        assert [route.name for route in routes(kind) if "unnamed" in route.name] == []


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("role", ["nobody", "mallory", "reviewer", "staff"])
def test_a_marketplace_shows_nothing_of_another(world, site, role):
    client = _client(world, site, role)
    foreign = [mark for other in world.items if other != site for mark in world.site_marks(other)]
    in_cart = world.site_marks("video")
    for route in routes("marketplace"):
        for owner, item in world.items.items():
            values = {
                "item_id": item.pk, "slug": item.slug, "username": item.author.username,
                "path": item.category.path,
            }  # fmt: skip
            asked_for = set(world.site_marks(owner)) if owner != site else set()
            for what, status, text in _answers(client, _address(route, site, values)):
                seen = [mark for mark in foreign if mark in text]
                if route.name in ("discovery:author", "discovery:author_feed"):
                    seen = [mark for mark in seen if mark not in asked_for]  # one person, all sites
                if route.name == "purchases:cart" and role == "mallory":
                    seen = [mark for mark in seen if mark not in in_cart]  # one cart, all sites
                assert seen == [], f"{site}: {what} ({status}) shows {seen}"


@pytest.mark.parametrize("host_key", [*SITES, *SERVICES])
@pytest.mark.parametrize("role", ["nobody", "mallory", "reviewer"])
def test_nobody_reads_what_is_anothers(world, host_key, role):
    client = _client(world, host_key, role)
    alice = world.people["alice"]
    kind = "marketplace" if host_key in SITES else host_key
    marks = [mark for mark in alice.marks if role != "reviewer" or not mark.startswith("Draft")]
    for route in routes(kind):
        for what, status, text in _answers(client, _address(route, host_key, alice.objects)):
            shown = [mark for mark in marks if mark in text and mark not in what]
            assert shown == [], f"{host_key} as {role}: {what} ({status}) shows {shown}"


@pytest.mark.parametrize("role", ["nobody", "mallory", "alice"])
def test_staff_pages_are_for_staff(world, role):
    client = _client(world, "staff", role)
    for route in routes("staff"):
        if route.name.startswith("users:") or route.name in OPEN_TO_ALL:
            continue
        for what, status, _ in _answers(client, _address(route, "staff", {})):
            assert status in (302, 301, 403, 404, 405), f"{role}: {what} answers {status}"


def test_a_strangers_post_changes_nothing_of_anothers(world):
    alice = world.people["alice"]
    client = host_client("account", world.people["mallory"].user)
    before = _state(alice.user)

    for route in routes("account"):
        client.post(_address(route, "account", alice.objects))

    assert _state(alice.user) == before


def _state(user: User) -> list[Any]:
    return [
        list(Item.objects.filter(author=user).values("pk", "status", "name", "updated_at")),
        list(CartLine.objects.filter(cart__user=user).values()),
        list(Order.objects.filter(buyer=user).values()),
        list(RefundRequest.objects.filter(buyer=user).values()),
        list(user.tokens.values("pk", "revoked_at")),
        list(User.objects.filter(pk=user.pk).values("auth_epoch", "password", "email")),
    ]
