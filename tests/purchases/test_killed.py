"""A host may vanish at any instruction: nobody pays for nothing, nobody gets a thing twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from market.jobs.testing import run_jobs
from market.payments import selectors
from market.payments.models import Payment, SandboxPayment
from market.purchases.models import Order, Purchase
from market.purchases.selectors.orders import order_faults
from market.purchases.services import recovery
from tests.purchases import steps

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def database_url():
    """The address of this test's own database."""
    its = connection.settings_dict
    host = f"{its['USER']}:{quote(its['PASSWORD'])}@{its['HOST']}:{its['PORT']}"
    socket = its["OPTIONS"].get("unix_socket")
    return f"mysql://{host}/{its['NAME']}" + (f"?socket={socket}" if socket else "")


def killed_when(point, order):
    done = subprocess.run(
        [sys.executable, "-m", "tests.purchases.dies", point, order.key.hex],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
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
