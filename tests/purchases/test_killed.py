"""A host may vanish at any instruction: nobody pays for nothing, nobody gets a thing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from market.jobs.testing import run_jobs
from market.payments.models import Payment, SandboxPayment
from market.payments.selectors import ledger as selectors
from market.purchases.models import Order, Purchase
from market.purchases.selectors.order_faults import order_faults
from market.purchases.services import recovery
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def database_url():
    """The address of this test's own database."""
    its = connection.settings_dict
    host = f"{its['USER']}:{quote(its['PASSWORD'])}@{its['HOST']}:{its['PORT']}"
    socket = its["OPTIONS"].get("unix_socket")
    return f"mysql://{host}/{its['NAME']}" + (f"?socket={socket}" if socket else "")


def environment():
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


def killed_when(point, order):
    done = subprocess.run(
        [sys.executable, "-m", "tests.purchases.dies", point, order.key.hex],
        cwd=ROOT,
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def assert_bought_exactly_once():
    order = Order.objects.get()
    assert order.status == "paid"
    assert Purchase.objects.count() == 1
    assert order.payment_ref == SandboxPayment.objects.get().ref
    assert selectors.trial_balance().is_sound
    assert order_faults() == []


@pytest.mark.parametrize(
    "point",
    [
        "gateway has said succeeded",
        "success is noted",
        "all is booked but not committed",
        "all is committed",
    ],
)
def test_killed_while_booking(buyer, item, point):
    order = steps.place(buyer, item)
    steps.decide(steps.ask(order))

    killed_when(point, order)
    assert Purchase.objects.count() == (1 if point == "all is committed" else 0)
    for _ in range(2):
        recovery.recover_payments(older_than_seconds=0)

    assert_bought_exactly_once()
    run_jobs(["mail"])


def test_killed_between_the_gateways_answer_and_our_note_of_it(buyer, item):
    order = steps.place(buyer, item)

    killed_when("gateway has made the payment", order)
    assert Payment.objects.get().gateway_ref is None
    steps.decide(Payment(gateway_ref=SandboxPayment.objects.get().ref))
    recovery.recover_payments(older_than_seconds=0)

    assert_bought_exactly_once()


def pay_in_another_process(order, *, kill_after):
    """How many seconds it took from its first step to its end."""
    payer = subprocess.Popen(
        [sys.executable, "-m", "tests.purchases.dies", "never", order.key.hex],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert payer.stdout is not None
    payer.stdout.readline()  # it has loaded its code, and begins
    start = time.perf_counter()
    try:
        payer.wait(kill_after)
    except subprocess.TimeoutExpired:
        payer.kill()
    payer.communicate()
    assert payer.returncode in (0, -signal.SIGKILL)
    return time.perf_counter() - start


@pytest.mark.long
def test_killed_forty_times_at_any_moment(sites, item):
    """The short form above knows the moments that matter; this looks for those it forgot."""
    orders = [steps.place(factories.make_user(), item) for _ in range(40)]
    for order in orders:
        steps.decide(steps.ask(order))
    takes = pay_in_another_process(orders[0], kill_after=60)
    for order in orders[1:]:
        pay_in_another_process(order, kill_after=random.uniform(0, takes))
    assert 0 < Purchase.objects.count() < len(orders)  # the moments were spread over the work
    recovery.recover_payments(older_than_seconds=0)

    assert set(Order.objects.values_list("status", flat=True)) == {"paid"}
    assert Purchase.objects.count() == len(orders)
    assert selectors.trial_balance().is_sound
    assert order_faults() == []
    run_jobs(["mail"])
