"""Web servers and workers die at random while people pay: nobody pays for nothing, or twice."""

import os
import random
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from market.items.models import Item
from market.jobs.models import Job
from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.models import Account, Payment, PaymentRefund, WebhookEvent
from market.payments.selectors.ledger import trial_balance
from market.payments.services import events, refunds
from market.payments.services.reconciliation import reconcile
from market.payments.tasks import sweep_events
from market.purchases.models import Order, Purchase
from market.purchases.selectors.order_faults import order_faults
from market.purchases.services import recovery
from market.tenancy import hosts
from tests import factories
from tests.payments.conftest import WEBHOOK_SECRET
from tests.payments.killing import Buyer, Shop
from tests.purchases import steps
from tests.purchases.test_killed import environment
from tests.standins.stripe.server import Chaos
from tests.standins.stripe.webhooks import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
# On a machine that others use, fewer say something sooner.
CHECKOUTS = int(os.environ.get("KILL_CHECKOUTS", "500"))
SEED = int(os.environ.get("KILL_SEED", "0")) or random.SystemRandom().randrange(1 << 32)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def shop(on_stripe, tmp_path):
    port = free_port()
    on_stripe.postman.delivery = Delivery(
        url=f"http://127.0.0.1:{port}/payments/webhooks/stripe/",
        host=hosts.host("account").name,
        secret=WEBHOOK_SECRET,
        copies=(1, 1, 2, 3),
        delay_seconds=(0.0, 3.0),
        lost_share=0.1,
        random=random.Random(SEED),
    )
    opened = Shop(
        environment()
        | {
            "PAYMENTS_URL": "stripe://",
            "STRIPE_SECRET_KEY": "sk_test_stand_in",
            "STRIPE_PUBLISHABLE_KEY": "pk_test_stand_in",
            "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
            "STRIPE_API_ADDRESS": on_stripe.address,
        },
        port,
        tmp_path,
    )
    opened.wait()
    yield opened
    opened.stop()


def make_buyer(shop, stand_in, items, dice):
    user = factories.make_user()
    cart = steps.fill_cart(user, dice.choice(items))
    browser = Client(SERVER_NAME=hosts.host("account").name)
    browser.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    cookies = {name: browser.cookies[name].value}
    return Buyer(shop, stand_in.address, cookies, steps.form_of(cart), random.Random(dice.random()))


def come_to_rest(stand_in):
    """What the periodic jobs do within minutes and days, at once."""
    stand_in.chaos = Chaos()
    stand_in.postman.delivery.url = ""
    stand_in.forget_keys()  # a day later: also a 500 that was saved for a key is forgotten
    for _ in range(3):
        Job.objects.filter(state="running").update(state="ready", lease_until=None)
        Job.objects.filter(state="ready").update(available_at=timezone.now() - timedelta(days=1))
        run_jobs(["default", "mail"], raise_errors=False)
        WebhookEvent.objects.update(received_at=timezone.now() - timedelta(hours=1))
        sweep_events.call()
        Order.objects.filter(status__in=Order.PAYABLE).update(expires_at=timezone.now())
        recovery.expire_orders()
        while recovery.recover_payments(older_than_seconds=0) and Payment.objects.filter(
            settled_at=None
        ):
            pass
        PaymentRefund.objects.update(updated_at=timezone.now() - timedelta(days=1))
        refunds.recover_refunds()


def charges_without_a_purchase_or_refund(stand_in):
    """And those with both, or with two."""
    wrong = []
    for charge in stand_in.books.things["charge"].values():
        orders = Order.objects.filter(payment_ref=charge["payment_intent"], status="paid")
        bought = Purchase.objects.filter(order_line__order__in=orders).count()
        back = charge["amount_refunded"] == charge["amount"]
        if (bought, back) not in ((1, False), (0, True)) or (
            charge["amount_refunded"] > 0 and bought
        ):
            wrong.append((charge["payment_intent"], bought, back))
    return wrong


def _take_off_the_market_for_a_moment(item):
    """Staff do so while people pay for it: what arrives in that moment goes back."""
    for status, seconds in (("suspended", 3), (item.status, 2)):
        Item.objects.filter(pk=item.pk).update(status=status)
        time.sleep(seconds)


def run(shop, stand_in, *, checkouts, at_once, pause):
    dice = random.Random(SEED)
    author = factories.make_author()
    items = [factories.make_item(author=author, price_cents=1900) for _ in range(10)]
    buyers = [make_buyer(shop, stand_in, items, dice) for _ in range(checkouts)]
    stand_in.chaos = Chaos(lose=0.08, error=0.02, away=0.05, random=random.Random(SEED))
    shop.kill_at_random(dice, pause)
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        halves = [pool.submit(one.buy) for one in buyers]
        while not all(one.done() for one in halves):
            _take_off_the_market_for_a_moment(dice.choice(items))
        for one in halves:
            one.result()
    seconds = time.monotonic() - began
    shop.stop()
    come_to_rest(stand_in)
    ends = {end: sum(one.end == end for one in buyers) for end in ("paid", "left", "gave up", "")}
    figures = {
        "seed": SEED,
        "checkouts": checkouts,
        "seconds": round(seconds),
        "buyers": ends,
        "killed": shop.kills,
        "faults": {kind: n for kind, n in stand_in.counts.items() if kind},
        "webhooks sent": len(stand_in.postman.sent),
        "charges": len(stand_in.books.things["charge"]),
        "purchases": Purchase.objects.count(),
        "refunds": len(stand_in.books.things["refund"]),
    }
    sys.stderr.write(f"\n{figures}\n")
    return figures


def assert_everybody_got_what_he_paid_for(stand_in, figures):
    assert charges_without_a_purchase_or_refund(stand_in) == []
    assert not Payment.objects.filter(settled_at=None).exists()
    assert figures["purchases"] + figures["refunds"] == figures["charges"]
    assert trial_balance().is_sound
    assert order_faults() == []
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0
    taken = sum(one["amount"] for one in stand_in.books.things["charge"].values())
    back = PaymentRefund.objects.aggregate(cents=Sum("cents"))["cents"] or 0
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="stripe") == back - taken
    now = timezone.now()
    compared = reconcile(
        gateway_name="stripe", since=now - timedelta(days=1), until=now + timedelta(hours=1)
    )
    assert compared.differences == 0
    assert events.fetch_events() == 0
    connections.close_all()


def test_twenty_five_checkouts(shop, stand_in):
    figures = run(shop, stand_in, checkouts=25, at_once=4, pause=(0.5, 2.0))

    assert figures["charges"] > 10
    assert_everybody_got_what_he_paid_for(stand_in, figures)


@pytest.mark.long
def test_five_hundred_checkouts(shop, stand_in):
    figures = run(shop, stand_in, checkouts=CHECKOUTS, at_once=8, pause=(0.5, 6.0))

    assert figures["charges"] > CHECKOUTS * 0.6
    assert_everybody_got_what_he_paid_for(stand_in, figures)
