"""Buying with an e-mail address alone, and taking it over by the link in the receipt."""

import re
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from market.jobs.testing import run_jobs
from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Document, Payment
from market.purchases.models import Order, Purchase
from market.purchases.services import guests
from market.users import services as users
from market.users.errors import ClaimRefused
from market.users.models import Guest, User
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
EMAIL = "zoe@example.org"
NEW = {"username": "zoe", "password": "a rather long password"}


@pytest.fixture
def browser(client_for):
    return client_for("account")


def buy_as_guest(browser, item, email=EMAIL):
    """The whole way of a browser that never signs in; the address in the mail's link."""
    browser.post("/checkout/guest/", {"email": email})
    guest = Guest.objects.latest("created_at").user
    form = steps.form_of(steps.fill_cart(guest, item))
    to_pay = browser.post("/checkout/", form)
    payment = Payment.objects.latest("pk")
    store.decide(payment.gateway_ref or "", Outcome.APPROVE)
    order = Order.objects.latest("pk")
    page = browser.get(f"/orders/{order.key}/").content.decode()
    run_jobs()
    assert to_pay.status_code == 302
    return page, re.search(r"/claim/\S+/", mail.outbox[-1].body)[0]


def test_a_guest_buys_and_takes_it_over(browser, item):
    page, link = buy_as_guest(browser, item)

    assert EMAIL in page
    assert mail.outbox[-1].to == [EMAIL]
    assert "/library/" not in mail.outbox[-1].body
    assert browser.get("/library/").status_code == 302  # no download before the address is shown

    assert "is yours" in browser.get(link).content.decode()
    assert not User.objects.filter(email=EMAIL).exists()  # looking changes nothing
    taken = browser.post(link, NEW)

    account = User.objects.get(email=EMAIL)
    assert taken["Location"] == "/library/"
    assert account.username == "zoe"
    assert account.check_password(NEW["password"])
    assert EmailAddress.objects.get(user=account).verified
    assert Purchase.objects.get().buyer == account
    assert item.name in browser.get("/library/").content.decode()


def test_documents_of_a_guest_are_read_by_the_account(browser, item, client_for):
    _, link = buy_as_guest(browser, item)
    invoice = Document.objects.get()
    assert invoice.data["buyer"]["email"] == EMAIL
    browser.post(link, NEW)

    assert browser.get(f"/documents/{invoice.code}/").status_code == 200
    assert invoice.code in browser.get("/documents/").content.decode()
    stranger = client_for("account", factories.make_user())
    assert stranger.get(f"/documents/{invoice.code}/").status_code == 404


def test_nothing_tells_who_has_an_account(browser, client_for, buyer):
    known = browser.post("/checkout/guest/", {"email": buyer.email})
    unknown = client_for("account").post("/checkout/guest/", {"email": EMAIL})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mail.outbox == []


def test_who_has_an_account_signs_in_to_take_it_over(browser, item, buyer, client_for):
    _, link = buy_as_guest(browser, item, email=buyer.email.upper())

    asked = browser.get(link)
    assert asked["Location"].startswith("/sign-in/")
    own = client_for("account", buyer)
    assert own.get(link).status_code == 200
    own.post(link)

    assert Purchase.objects.get().buyer == buyer
    assert Order.objects.get().buyer == buyer
    assert User.objects.filter(email=buyer.email).count() == 1


def test_another_account_cannot_take_it(browser, item, buyer, client_for):
    _, link = buy_as_guest(browser, item, email=buyer.email)
    other = client_for("account", factories.make_user())

    assert other.post(link).status_code == 404
    assert Purchase.objects.get().buyer.is_guest


def test_a_link_takes_over_once(browser, item, client_for):
    _, link = buy_as_guest(browser, item)
    browser.post(link, NEW)

    again = client_for("account").post(link, {"username": "eve", "password": "another password"})

    assert again["Location"].startswith("/sign-in/")
    assert not User.objects.filter(username="eve").exists()
    assert browser.post(link).status_code == 302
    with pytest.raises(ClaimRefused):
        guests.claim(guest=Guest.objects.get(), account=factories.make_user())


def test_who_signed_up_but_never_confirmed_has_no_say(browser, item):
    squatter = users.register(email=EMAIL, username="squatter", password="the squatter's own")
    _, link = buy_as_guest(browser, item)

    browser.post(link, NEW)

    squatter.refresh_from_db()
    assert not squatter.check_password("the squatter's own")
    assert squatter.check_password(NEW["password"])
    assert Purchase.objects.get().buyer == squatter


def test_a_locked_account_is_not_opened_by_a_link(browser, item):
    locked = users.register(email=EMAIL, username="locked", password="a long password")
    users.lock_account(user=locked)
    _, link = buy_as_guest(browser, item)

    assert browser.post(link, NEW).status_code == 422
    assert Purchase.objects.get().buyer.is_guest


def test_a_guest_cannot_sign_in_or_reset_a_password(browser, item, client_for):
    buy_as_guest(browser, item)
    guest = Guest.objects.get().user
    sent = len(mail.outbox)

    assert not guest.has_usable_password()
    answer = client_for("account").post("/sign-in/", {"login": guest.email, "password": "x" * 12})
    assert answer.status_code == 422
    client_for("account").post("/password/reset/", {"email": guest.email})
    run_jobs()
    assert all(EMAIL not in one.to for one in mail.outbox[sent:])


def test_a_guests_browser_opens_nothing_but_the_checkout(browser, item):
    buy_as_guest(browser, item)

    for path in (
        "/library/",
        "/statement/",
        "/documents/",
        "/tokens/",
        "/profile/",
        "/",
        "/credit/",
    ):
        assert browser.get(path).status_code == 302, path
    assert browser.get("/checkout/").status_code == 200


def test_another_browser_sees_nothing_of_a_guest(browser, item, client_for):
    buy_as_guest(browser, item)
    order = Order.objects.get()

    assert client_for("account").get(f"/orders/{order.key}/").status_code == 302
    other = client_for("account")
    other.post("/checkout/guest/", {"email": EMAIL})
    assert other.get(f"/orders/{order.key}/").status_code == 404


def test_a_payment_that_arrives_after_the_claim_belongs_to_the_account(browser, item):
    guest = users.open_guest(email=EMAIL)
    order = steps.place(guest, item)
    payment = steps.decide(steps.ask(order))
    account = users.account_for(guest=guest.guest, **NEW)
    guests.claim(guest=guest.guest, account=account)

    steps.settle(payment)

    assert Purchase.objects.get().buyer == account


def test_the_address_of_a_guest_cannot_be_guessed_into(browser, sites):
    for token in ("made-up", "x" * 500, "MQ:1:1", f"{uuid4()}"):
        assert browser.get(f"/claim/{token}/").status_code == 404
        assert browser.post(f"/claim/{token}/", NEW).status_code == 404


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 255 + "@example.org", "a b@c.de"])
def test_an_address_that_is_none_is_refused(browser, sites, email):
    assert browser.post("/checkout/guest/", {"email": email}).status_code == 422
    assert not Guest.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"username": "x"}, {"username": "admin"}, {"username": "buyer"}, {"password": "short"},
     {"password": "x" * 2000}, {"password": ""}],
)  # fmt: skip
def test_a_name_or_password_that_is_none_is_refused(browser, item, buyer, wrong):
    _, link = buy_as_guest(browser, item)

    assert browser.post(link, NEW | wrong).status_code == 422
    assert Purchase.objects.get().buyer.is_guest


def test_too_many_guests_are_refused_for_a_while(client_for, sites, settings):
    settings.LIMITS = settings.LIMITS | {"guest_email": "2/3600"}

    answers = [
        client_for("account").post("/checkout/guest/", {"email": EMAIL}).status_code
        for _ in range(3)
    ]

    assert answers == [302, 302, 429]


def test_the_sign_in_page_on_the_way_to_the_checkout_offers_it(browser, sites):
    page = browser.get("/sign-in/?next=/checkout/").content.decode()
    plain = browser.get("/sign-in/").content.decode()

    assert "/checkout/guest/" in page
    assert "/checkout/guest/" not in plain


def test_who_is_signed_in_is_no_guest(client_for, buyer):
    client = client_for("account", buyer)

    assert client.post("/checkout/guest/", {"email": EMAIL})["Location"] == "/checkout/"
    assert not Guest.objects.exists()
