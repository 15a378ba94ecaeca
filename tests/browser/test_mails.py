"""Every mail, in light and dark, on phone and desk: legible, narrow enough, self-contained."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

from market.tenancy import hosts

pytestmark = pytest.mark.browser

LONG = "An extraordinarily long name of an item without an end 日本語 مجموعة 👩‍👩‍👧"
ROW = SimpleNamespace(
    item=SimpleNamespace(name=LONG),
    licence_name="Standard licence",
    purchase=SimpleNamespace(code=UUID(int=7)),
    line=SimpleNamespace(total_cents=99_999_900, currency="USD"),
)
CONTEXT = {
    "email": "somebody.with.a.very.long.address.indeed@subdomain.of.example.com",
    "user": SimpleNamespace(username="somebody"),
    "activate_url": "http://account.localhost/sign-up/confirm/abc:def/",
    "password_reset_url": "http://account.localhost/password/reset/1-abc/",
    "timestamp": datetime(2026, 11, 5, 14, 7, tzinfo=UTC),
    "ip": "2001:db8::1",
    "subject": f"Your receipt: {LONG}",
    "order": SimpleNamespace(
        buyer=SimpleNamespace(username="somebody"),
        paid_at=datetime(2026, 11, 5, tzinfo=UTC),
        total_cents=199_999_800,
        currency="USD",
        key=UUID(int=9),
    ),
    "lines": [ROW, ROW],
    "outcome": "soft_rejected",
    "reader": SimpleNamespace(username="somebody"),
    "request": SimpleNamespace(
        purchase=SimpleNamespace(item=SimpleNamespace(name=LONG)),
        answer_due_at=datetime(2026, 12, 5, tzinfo=UTC),
        get_ground_display="It is not as its page describes it",
        pk=11,
    ),
    "refund": SimpleNamespace(
        total_cents=99_999_900, card_cents=99_999_800, credit_cents=100, currency="USD"
    ),
    "event": SimpleNamespace(
        to_state="requested",
        words="The page shows 24 icons and the file has 12.",
        item=SimpleNamespace(
            author=SimpleNamespace(username="somebody"), site_id=5, slug="item", name=LONG
        ),
        item_id=7,
        reason="The preview shows less than the item holds.\nAnd the name is too long.",
    ),
}
MAILS = [
    *(
        f"account/email/{name}_message"
        for name in (
            "account_already_exists",
            "email_confirmation",
            "email_confirmation_signup",
            "password_changed",
            "password_reset",
            "password_reset_key",
            "unknown_account",
        )
    ),
    "items/email/decision",
    "purchases/email/receipt",
    "purchases/email/refund",
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 600])
def test_mails_are_legible_and_narrow_enough(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for mail in MAILS:
        page.set_content(render_to_string(f"{mail}.html", CONTEXT))
        if (wider := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{mail}: {wider} px too wide")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = ", ".join(node["html"][:100] for node in violation["nodes"][:3])
                found.append(f"{mail}: {violation['id']}: {nodes}")

    assert not found, "\n".join(found)


def test_every_mail_is_here(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "market" / "templates"
    there = {
        path.relative_to(folder).as_posix().removesuffix(".html")
        for path in folder.glob("*/email/*.html")
    }

    assert there == set(MAILS)


@pytest.mark.parametrize("mail", MAILS)
def test_mails_load_nothing_and_link_to_us_alone(mail: str) -> None:
    html = render_to_string(f"{mail}.html", CONTEXT)
    text = render_to_string(f"{mail}.txt", CONTEXT)

    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", html)
    for address in re.findall(r"https?://[^\s\"<>]+", html + text):
        assert hosts.is_our_page(address), address
    assert "display:none" in html.split("<table")[0]
    assert "Seven Shelves" in text.rsplit("--", 1)[1]
    assert "<" not in text
