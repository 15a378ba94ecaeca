"""Real threads, real connections, real row locks."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from market.jobs.testing import run_jobs
from market.payments import selectors
from market.payments.models import Payment, SandboxPayment
from market.purchases.models import Download, Order, Purchase
from market.purchases.selectors.orders import order_faults
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
            client.post(address, {"outcome": "approve"})
            back = client.get(address).headers["Location"]
            return client.get(back).content.decode()

        return job

    pages = at_once([pay(client) for client in clients])

    assert all("it is yours" in page for page in pages)
    assert Order.objects.get().status == "paid"
    assert Payment.objects.count() == SandboxPayment.objects.count() == 1
    assert Purchase.objects.count() == 1
    assert selectors.trial_balance().is_sound
    assert order_faults() == []
    run_jobs(["mail"])


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
    monkeypatch.setattr(downloads, "LIMIT", 1)
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
