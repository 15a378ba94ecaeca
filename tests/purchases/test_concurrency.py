"""Real threads, real connections, real row locks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from market.items.errors import WindowFull
from market.items.models import Promotion
from market.items.services import promotions
from market.jobs.testing import run_jobs
from market.payments.models import Payment, SandboxPayment
from market.payments.selectors import ledger as selectors
from market.purchases.models import Claim, Download, Order, Purchase
from market.purchases.selectors import library
from market.purchases.selectors.order_faults import order_faults
from market.purchases.services import downloads
from market.purchases.services.fulfilment import complete_order
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    """Run the functions at the same moment, each on a connection of its own; their answers."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        barrier.wait()
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_twenty_times_pay_at_once_buys_once(buyer, item, client_for):
    form = steps.form_of(steps.fill_cart(buyer, item))
    clients = [client_for("account", buyer) for _ in range(20)]

    def pay(client):
        def job():
            address = client.post("/checkout/", form).headers["Location"]
            if "/sandbox/" in address:  # else another tab has paid already
                client.post(address, {"outcome": "approve"})
                address = client.get(address).headers["Location"]
            return client.get(address).content.decode()

        return job

    pages = at_once([pay(client) for client in clients])

    assert all("it is yours" in page for page in pages)
    assert Order.objects.get().status == "paid"
    assert Payment.objects.count() == SandboxPayment.objects.count() == 1
    assert Purchase.objects.count() == 1
    assert selectors.trial_balance().is_sound
    assert order_faults() == []
    run_jobs(["mail"])


def test_twenty_buyers_at_once_claim_once_each_however_often_they_press(item, client_for):
    factories.make_promotion(item=item)
    buyers = [factories.make_user() for _ in range(20)]

    def claim(client, form):
        def job():
            return client.post("/checkout/", form, follow=True).content.decode()

        return job

    jobs = []
    for buyer in buyers:
        form = steps.form_of(steps.fill_cart(buyer, item))
        jobs += [claim(client_for("account", buyer), form) for _ in range(2)]
    pages = at_once(jobs)

    assert all("it is yours" in page for page in pages)
    assert sorted(Purchase.objects.values_list("buyer", flat=True)) == [one.pk for one in buyers]
    assert Order.objects.filter(status="paid").count() == Claim.objects.count() == 20
    assert not Payment.objects.exists()
    assert selectors.trial_balance().is_sound
    assert order_faults() == []
    assert run_jobs(["mail"]) == 20


def test_one_buyer_in_twenty_tabs_claims_once(buyer, item, client_for):
    """Each tab fills the cart and goes on: forms of different age, some after the claim."""
    factories.make_promotion(item=item)
    clients = [client_for("account", buyer) for _ in range(20)]
    sites = [client_for("graphics", buyer) for _ in range(20)]

    def claim(site, account):
        def job():
            site.post("/cart/add/", {"item_id": item.pk, "licence_code": "standard"})
            return account.post("/checkout/", steps.form_of(buyer.cart)).status_code

        return job

    steps.fill_cart(buyer)
    answers = at_once([claim(*pair) for pair in zip(sites, clients, strict=True)])

    assert set(answers) <= {302, 422}
    assert Purchase.objects.count() == Claim.objects.count() == 1
    assert order_faults() == []


def test_the_same_gift_in_two_orders_that_are_paid_at_once(buyer, item):
    factories.make_promotion(item=item)
    orders = []
    for _ in range(6):
        orders.append(steps.place(buyer, item, factories.make_item()))
        buyer.cart.lines.all().delete()

    at_once(
        [
            lambda order=order: complete_order(
                key=order.key, payment_ref=order.key.hex, paid_cents=order.total_cents
            )
            for order in orders
        ]
    )

    assert Purchase.objects.count() == 7
    assert Claim.objects.get().purchase.item == item
    assert selectors.trial_balance().is_sound
    assert order_faults() == []


def test_two_members_of_staff_schedule_one_free_item(item):
    staff = [factories.make_user(role="staff") for _ in range(8)]
    items = [item, *(factories.make_item() for _ in staff[1:])]
    now = timezone.now()

    def schedule(person, one):
        def job():
            try:
                return promotions.schedule_item(
                    item=one, kind="free_item", staff=person, starts_at=now,
                    ends_at=now + timedelta(days=7), author_agreed=True, note="By mail",
                )  # fmt: skip
            except WindowFull:
                return None

        return job

    at_once([schedule(*pair) for pair in zip(staff, items, strict=True)])

    assert Promotion.objects.count() == 1


def test_browser_webhook_and_recovery_at_once_buy_once(buyer, item):
    order = steps.place(buyer, item)
    payment = steps.decide(steps.ask(order))

    at_once([lambda: steps.settle(Payment.objects.get(pk=payment.pk))] * 10)

    assert Purchase.objects.count() == 1
    assert selectors.trial_balance().is_sound


def test_orders_that_share_authors_do_not_deadlock(sites):
    """Eight buyers buy of two authors, half of them in the other order."""
    items = [factories.make_item(), factories.make_item()]
    orders = [
        steps.place(factories.make_user(), *(items if number % 2 else reversed(items)))
        for number in range(8)
    ]

    at_once(
        [
            lambda order=order: complete_order(
                key=order.key, payment_ref=order.key.hex, paid_cents=order.total_cents
            )
            for order in orders
        ]
    )

    assert Purchase.objects.count() == 16
    assert selectors.trial_balance().is_sound
    assert order_faults() == []


def test_the_last_download_is_given_once(buyer, item, monkeypatch):
    monkeypatch.setattr(library, "DOWNLOAD_LIMIT", 1)
    purchase = factories.make_purchase(buyer=buyer, item=item)
    file = item.live_version.files.get()

    def download():
        try:
            return downloads.download_token(
                user=buyer, code=purchase.code, file_id=file.pk, address="192.0.2.1"
            )
        except downloads.DownloadLimit:
            return None

    tokens = at_once([download] * 5)

    assert len([token for token in tokens if token]) == 1
    assert Download.objects.count() == 1


def test_two_tabs_that_add_at_once_make_one_cart(buyer, item, client_for):
    clients = [client_for("graphics", buyer) for _ in range(6)]
    form = {"item_id": item.pk, "licence_code": "standard"}

    answers = at_once([lambda one=one: one.post("/cart/add/", form).status_code for one in clients])

    assert set(answers) == {302}
    assert buyer.cart.lines.count() == 1
