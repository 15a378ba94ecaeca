"""All kinds of pages that people see: one list, for every test that goes through all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, BrowserContext, Page

if TYPE_CHECKING:
    from tests.browser.conftest import Shop

SITES = ("themes", "code", "video", "audio", "graphics", "photos", "models")
MAIN_SITE = "graphics"  # whose pages stand for those that look the same everywhere
PASSWORD = "shelves-demo-2026"
# Two of each marketplace; the first is the one whose page is looked at.
DEMO_ITEMS = (
    "themes/kiln-and-clay-storefront", "themes/mint-and-moss-garden",
    "code/swiper-touch-slider", "code/driver-product-tours",
    "video/clean-lower-thirds", "video/pop-countdown-five",
    "audio/pixel-quest-overworld", "audio/sunlit-acoustic-morning",
    "graphics/featherlight-line-icons", "graphics/everyday-outline-icons",
    "photos/rocket-at-dusk", "photos/espresso-on-the-bar",
    "models/pinewood-island", "models/retro-toy-rocket",
)  # fmt: skip
PAGES = (
    "about", "contact", "copyright", "help", "help-buying", "help-owning", "help-selling",
    "privacy", "refunds", "selling", "terms",
)  # fmt: skip
ERRORS = ("400", "403", "csrf", "421", "429", "500", "503", "maintenance")


@dataclass(frozen=True)
class Kind:
    """`host` is a service's key, or "" for a marketplace; `path` names facts in braces.

    `act` brings the page, once opened, into the state that is meant.
    """

    name: str
    path: str
    host: str = ""
    who: str = ""
    act: Callable[[Page], None] | None = None
    error: str = ""  # a page that only a failure shows, as it is drawn by the application


def _with_errors(page: Page) -> None:
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.get_by_role("main").get_by_role("button").first.click()
    page.locator("[role=alert]").first.wait_for()


def _save_with_errors(page: Page) -> None:
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.locator("#id_name").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("[role=alert]").first.wait_for()


# Those whose look is each marketplace's own.
OWN_KINDS = (
    Kind("home", "/"),
    Kind("category", "/category/{category}/"),
    Kind("item", "{item}"),
)
PUBLIC_KINDS = (
    Kind("search", "/search/?q=icons"),
    Kind("search-empty", "/search/?q=qqzzqq"),
    Kind("search-sorted", "/search/?sort=price-low"),
    Kind("author", "/authors/{author}/"),
    Kind("files", "{item}files/"),
    Kind("licences", "/licences/"),
    Kind("licence", "/licences/{licence}/"),
    Kind("adviser", "/licences/adviser/"),
    *(Kind(f"page-{slug}", f"/page/{slug}/") for slug in PAGES),
    Kind("not-found", "/no/such/page/"),
    Kind("visitor-cart-empty", "/cart/"),
    Kind("buy", "{item}buy/"),
    Kind("signed-out", "/signed-out/"),
)
PREVIEW_KINDS = (Kind("live-preview", "{themes_item}preview/", host="themes"),)
ENTRANCE_KINDS = (
    Kind("sign-in", "/sign-in/", "account"),
    Kind("sign-in-errors", "/sign-in/", "account", act=_with_errors),
    Kind("sign-up", "/sign-up/", "account"),
    Kind("sign-up-errors", "/sign-up/", "account", act=_with_errors),
    Kind("sign-up-sent", "/sign-up/sent/", "account"),
    Kind("password-reset", "/password/reset/", "account"),
    Kind("password-reset-sent", "/password/reset/sent/", "account"),
)
ACCOUNT_KINDS = (
    Kind("account", "/", "account", "lena-hartwig"),
    Kind("profile", "/profile/", "account", "lena-hartwig"),
    Kind("password", "/password/", "account", "lena-hartwig"),
    Kind("tokens", "/tokens/", "account", "lena-hartwig"),
    Kind("cart", "/cart/", "account", "lena-hartwig"),
    Kind("cart-empty", "/cart/", "account", "newcomer"),
    Kind("checkout", "/checkout/", "account", "lena-hartwig"),
    Kind("checkout-empty", "/checkout/", "account", "newcomer"),
    Kind("order-paid", "/orders/{paid}/", "account", "lena-hartwig"),
    Kind("order-waiting", "/orders/{waiting}/?checks=999", "account", "joao-teles"),
    Kind("order-declined", "/orders/{declined}/", "account", "lena-hartwig"),
    Kind("order-closed", "/orders/{closed}/", "account", "priya-raman"),
    Kind("sandbox", "/sandbox/pay/{payment}/", "account", "joao-teles"),
    Kind("library", "/library/", "account", "lena-hartwig"),
    Kind("library-nothing-found", "/library/?q=qqzzqq", "account", "lena-hartwig"),
    Kind("library-empty", "/library/", "account", "newcomer"),
    Kind("become-author", "/become-author/", "account", "newcomer"),
    Kind("desk", "/author/items/", "account", "northlight"),
    Kind("item-new-where", "/author/items/new/", "account", "northlight"),
    Kind("item-new", "/author/items/new/?site=graphics", "account", "northlight"),
    Kind("item-edit", "/author/items/{draft}/", "account", "northlight"),
    Kind("item-edit-errors", "/author/items/{draft}/", "account", "northlight", _save_with_errors),
    Kind("item-on-sale", "/author/items/{on_sale}/", "account", "northlight"),
    Kind("statement", "/statement/", "account", "northlight"),
    Kind("statement-line", "/statement/lines/{line}/", "account", "northlight"),
    Kind("calculator", "/calculator/", "account", "northlight"),
    Kind("payouts", "/payouts/", "account", "northlight"),
    Kind("payout-settings", "/payouts/settings/", "account", "northlight"),
    Kind("tax-form", "/payouts/tax-form/", "account", "northlight"),
    Kind("author-refunds", "/author/refunds/", "account", "northlight"),
    Kind("credit", "/credit/", "account", "lena-hartwig"),
    Kind("documents", "/documents/", "account", "lena-hartwig"),
    Kind("certificate", "/library/{bought}/certificate/", "account", "lena-hartwig"),
    Kind("support", "/library/{bought}/support/", "account", "lena-hartwig"),
    Kind("refund-ask", "/library/{bought}/refund/", "account", "lena-hartwig"),
    Kind("refunds", "/refunds/", "account", "joao-teles"),
    Kind("refund", "/refunds/{refund}/", "account", "joao-teles"),
    Kind("review-queue", "/", "staff", "robin-vale"),
    Kind("review", "/reviews/{version}/", "staff", "robin-vale"),
    Kind("promotions", "/promotions/", "staff", "alex-moreau"),
    Kind("promotion-new", "/promotions/new/", "staff", "alex-moreau"),
    Kind("money", "/money/", "staff", "alex-moreau"),
    Kind("money-order", "/money/orders/{paid}/", "staff", "alex-moreau"),
    Kind("money-person", "/money/people/{buyer}/", "staff", "alex-moreau"),
    Kind("staff-payouts", "/payouts/", "staff", "alex-moreau"),
    Kind("staff-refunds", "/refunds/", "staff", "alex-moreau"),
    Kind("staff-refund", "/refunds/{refund}/", "staff", "alex-moreau"),
)
ERROR_KINDS = tuple(Kind(f"error-{name}", f"/shown/{name}/", error=name) for name in ERRORS)
REST_KINDS = (*PUBLIC_KINDS, *PREVIEW_KINDS, *ENTRANCE_KINDS, *ACCOUNT_KINDS, *ERROR_KINDS)
ALL_KINDS = (*OWN_KINDS, *REST_KINDS)


@dataclass(frozen=True)
class Windows:
    """A shop, and what stands in the braces of the paths; `facts["sites"]` by marketplace."""

    shop: Shop
    facts: dict[str, Any]

    def address(self, kind: Kind, site: str = MAIN_SITE) -> str:
        facts = self.facts | self.facts["sites"][site]
        facts["themes_item"] = self.facts["sites"]["themes"]["item"]
        return self.shop.address(kind.host or site, kind.path.format(**facts))

    def open(self, page: Page, kind: Kind, site: str = MAIN_SITE) -> None:
        """Bring the page up and to rest; pictures below the fold are not waited for."""
        address = self.address(kind, site)
        if kind.error:
            html = self.facts["errors"][kind.error]
            page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(address)
        if kind.act is not None:
            kind.act(page)

    def sign_in(self, context: BrowserContext, who: str) -> None:
        """On the account's host, and on the staff's for those who may be there."""
        page = context.new_page()
        page.goto(self.shop.address("account", "/sign-in/"))
        page.get_by_label("E-mail").fill(f"{who}@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        page.close()


class Visitors:
    """A page of an own browser context for everybody; signing in is done once each."""

    def __init__(self, browser: Browser, windows: Windows, **options: Any) -> None:
        self._browser, self._windows, self._options = browser, windows, options
        self._pages: dict[str, Page] = {}

    def page_of(self, who: str) -> Page:
        if who not in self._pages:
            context = self._browser.new_context(**{"reduced_motion": "reduce", **self._options})
            if who:
                self._windows.sign_in(context, who)
            self._pages[who] = context.new_page()
        return self._pages[who]

    def leave(self) -> None:
        for page in self._pages.values():
            page.context.close()


def prepare(shop: Shop) -> Windows:
    said = shop.run(PREPARE.replace("DEMO_ITEMS", repr(DEMO_ITEMS)))
    return Windows(shop=shop, facts=json.loads(said.splitlines()[-1]))


# Runs inside the application. What people do goes through services, as in the demo itself.
PREPARE = f"""
import json
from uuid import uuid4
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import set_urlconf
from django.utils import timezone
from market.core import failures, views
from market.items.content.validation import ItemContent
from market.items.management.demo.catalogue import find_item
from market.items.management.demo.folder import read_items
from market.items.models import Item, ItemVersion
from market.items.services import authoring
from market.payments.services import payments
from market.payments.gateways.sandbox import store
from market.payments.models import Line
from market.purchases.models import Order, Purchase
from market.purchases.selectors.carts import cart_page
from market.purchases.services.billing import Billing
from market.purchases.services import cart as carts, checkout, fulfilment, refund_requests
from market.tenancy import hosts
from market.tenancy.registry import marketplace
from market.users import services as users
from market.users.models import User
from tests import factories

def person(name):
    return User.objects.get(username=name)

def fill(buyer, *names):
    cart = carts.user_cart(buyer)
    for name in names:
        item = items[name]
        carts.add_to_cart(cart=cart, item_id=item.pk, licence_code=item.card["licence"])
    cart.refresh_from_db()
    return cart

def order(buyer, name, outcome=None):
    cart = fill(buyer, name)
    cart.checkout_key = uuid4()  # whatever was ordered from this cart before
    cart.save(update_fields=["checkout_key"])
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    placed = checkout.place_order(
        buyer=buyer,
        cart=cart,
        key=cart.checkout_key,
        shown_cents=shown,
        billing=Billing(country="US"),
    )
    back = hosts.link("account", "purchases:order", key=placed.key)
    payment = checkout.request_payment(order=placed, return_url=back)
    if outcome:
        store.decide(payment.gateway_ref, outcome)
        fulfilment.settle(payment=payments.refresh_payment(payment=payment))
    return placed, payment

items = {{
    one.name: find_item(one, person(one.said["author"]))
    for one in read_items() if one.name in DEMO_ITEMS
}}

newcomer = users.register(
    email="newcomer@example.com", username="newcomer", password="{PASSWORD}"
)
users.confirm_email(user=newcomer)
lena, joao, author = person("lena-hartwig"), person("joao-teles"), person("northlight")
users.create_token(user=lena, name="Backup of my library", scopes=["default"])
paid = Order.objects.filter(buyer=lena, status=Order.Status.PAID).order_by("pk").first()
if paid is None:
    paid, _ = order(lena, DEMO_ITEMS[4], store.Outcome.APPROVE)
closed, _ = order(person("priya-raman"), DEMO_ITEMS[11])
Order.objects.filter(pk=closed.pk).update(status=Order.Status.EXPIRED)
declined, _ = order(lena, DEMO_ITEMS[7], store.Outcome.DECLINE)
paid_back, _ = order(joao, DEMO_ITEMS[9], store.Outcome.APPROVE)
refund = refund_requests.ask_for_refund(
    purchase=Purchase.objects.get(order_line__order=paid_back), buyer=joao,
    ground="not_as_described", words="The page shows 24 icons and the file has 12.",
)
waiting, payment = order(joao, DEMO_ITEMS[11])
fill(lena, DEMO_ITEMS[2], DEMO_ITEMS[9])

draft = authoring.create_item(
    author=author, site_id=marketplace("graphics").id, category_path="icons/line",
    content=ItemContent(name="Quiet arrows"),
)
sold = factories.make_item(author=author, name="Paper cranes", status=Item.Status.SUBMITTED)
Item.objects.filter(pk=sold.pk).update(live_version=None)
version = ItemVersion.objects.get(item=sold)
ItemVersion.objects.filter(pk=version.pk).update(
    status=ItemVersion.Status.SUBMITTED, submitted_at=timezone.now(), approved_at=None
)
request = RequestFactory().get("/", SERVER_NAME="graphics.localhost")
set_urlconf(hosts.host("graphics").urlconf)
request.user = AnonymousUser()
request.host, request.marketplace = hosts.host("graphics"), marketplace("graphics")
request.request_id = "00000000-0000-4000-8000-000000000000"
def failure(name, status, **words):
    return failures.failure_page(request, name, status=status, **words)
errors = {{
    "400": views.bad_request(request, Exception()), "403": views.denied(request, Exception()),
    "csrf": views.csrf_failure(request), "421": failure("421.html", 421),
    "429": views.too_many(request, wait_seconds=300), "500": views.server_error(request),
    "503": failure("503.html", 503),
    "maintenance": failure("maintenance.html", 503, minutes=10),
}}
facts = {{
    "paid": str(paid.key), "closed": str(closed.key), "declined": str(declined.key),
    "waiting": str(waiting.key), "payment": payment.gateway_ref, "draft": draft.pk,
    "on_sale": Item.objects.filter(author=author, status="approved").first().pk,
    "version": version.pk, "buyer": lena.pk, "refund": refund.pk,
    "bought": str(Purchase.objects.filter(order_line__order=paid).order_by("pk")[0].code),
    "line": Line.objects.filter(account__scope=f"user:{{author.pk}}").order_by("pk")[0].pk,
    "errors": {{name: answer.content.decode() for name, answer in errors.items()}},
    "sites": {{}},
}}
for name in DEMO_ITEMS[::2]:
    item = items[name]
    site = name.split("/")[0]
    facts["sites"][site] = {{
        "item": f"/items/{{item.slug}}/{{item.pk}}/",
        "category": item.category.path.split("/")[0],
        "author": item.author.username, "licence": item.card["licence"],
    }}
print(json.dumps(facts))
"""
