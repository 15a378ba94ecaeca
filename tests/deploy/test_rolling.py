"""Deployments, a new host and a dying one, while people read and buy: nobody notices.

MariaDB and Redis are real, HAProxy plays the load balancer, and two or three hosts run the real
hooks on bundles; each host is a folder, its systemd the stand-in beside this file.
"""

import json
import math
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from market.jobs.models import Job
from market.payments.selectors.ledger import trial_balance
from market.purchases.models import Order
from market.purchases.selectors.order_faults import order_faults
from script.lib.free_ports import first_free
from tests import factories
from tests.deploy.fleet import DRAIN_SECONDS, WORKERS, Fleet, start_mix, wait_for
from tests.jobs.processes import database_url
from tests.purchases import steps

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason="hosts share a server"),
]
DOMAIN = "shelves.example"
RECEIPT = "market.purchases.tasks.send_receipt"
DEPLOYMENTS = int(os.environ.get("ROLL_DEPLOYMENTS", "20"))
# Adds a column that neither release's code knows: what the schema is between two releases.
MIGRATION = '''
from django.db import migrations, models

class Migration(migrations.Migration):
    """Expand: a column that may be null."""
    dependencies = [("purchases", "{last}")]
    operations = [migrations.AddField("order", "proof", models.IntegerField(null=True))]
'''


def last_migration() -> str:
    folder = Path(django_settings.BASE_DIR) / "market" / "purchases" / "migrations"
    return sorted(path.stem for path in folder.glob("0*.py"))[-1]


@pytest.fixture
def fleet(make_host, make_archive, tmp_path) -> Iterator[Fleet]:
    port = first_free(1)
    shared = {
        "SECRET_KEY": django_settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "REDIS_URL": django_settings.REDIS_URL,
        "STORAGE_URL": f"file://{tmp_path}/files",
        "DRAIN_SECONDS": DRAIN_SECONDS,
        "WEB_WORKERS": WORKERS,
        "EMAIL_URL": f"filemail:///{tmp_path}/mails",
        "LOG_LEVEL": "WARNING",
        "SANDBOX_WEBHOOK_ADDRESS": f"http://127.0.0.1:{port}",
    }
    (tmp_path / "mails").mkdir()
    fleet = Fleet(tmp_path, port, [make_host(environment=shared) for _ in range(3)])
    try:
        fleet.roll(make_archive("r0"))
        yield fleet
    finally:
        fleet.stop()
        forget_the_column()


def forget_the_column() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE purchases_order DROP COLUMN IF EXISTS proof")
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_proof'")


class Mix:
    """The process of people; what they met, by time."""

    def __init__(self, folder: Path, port: int, buyers: int) -> None:
        self.stop_file, self.out = folder / "stop", folder / "requests.jsonl"
        items = [factories.make_item(name=f"Item {number}") for number in range(12)]
        config = {
            "stop": str(self.stop_file),
            "out": str(self.out),
            "port": port,
            "people": 6,
            "site": f"graphics.{DOMAIN}",
            "account": f"account.{DOMAIN}",
            "items": [{"id": item.pk, "path": f"/items/{item.slug}/{item.pk}/"} for item in items],
            "buyers": [make_buyer(items[number % len(items)]) for number in range(buyers)],
        }
        (folder / "mix.json").write_text(json.dumps(config))
        self.process: subprocess.Popen[bytes] = start_mix(folder / "mix.json")
        wait_for(lambda: self.out.exists() and len(self.met()) > 20)

    def met(self) -> list[dict]:
        return [json.loads(line) for line in self.out.read_text().splitlines() if line[-1] == "}"]

    def end(self) -> list[dict]:
        self.stop_file.touch()
        self.process.wait(timeout=60)
        return self.met()


def make_buyer(item):
    user = factories.make_user()
    cart = steps.fill_cart(user, item)
    browser = Client(SERVER_NAME=f"account.{DOMAIN}")
    browser.force_login(user)
    session = browser.cookies[django_settings.SESSION_COOKIE_NAME].value
    return {"cookies": {"__Host-session": session}, "form": steps.form_of(cart)}


def bad(met):
    """In words: pytest shows no more of a long list than its first."""
    return [json.dumps(one) for one in met if one["bad"]]


def assert_each_sale_is_booked_once(tmp_path):
    """And each job was done once: a receipt an order, by the mails that went out."""
    waiting = Job.objects.filter(queue__in=["default", "mail"], state__in=["ready", "running"])
    wait_for(lambda: not waiting.filter(task_path=RECEIPT).exists())
    paid = Order.objects.filter(status="paid").count()
    assert paid
    assert trial_balance().is_sound
    assert order_faults() == []
    receipts = Job.objects.filter(task_path=RECEIPT)
    of_orders = Counter(job.arguments["kwargs"]["order_id"] for job in receipts)
    assert set(of_orders.values()) == {1}
    assert len(of_orders) == paid
    mails = list((tmp_path / "mails").iterdir())
    assert mails, "workers sent them"
    assert sum(path.read_text().count("\nTo: ") for path in mails) == paid


def p99(met):
    times = sorted(one["seconds"] for one in met)
    return times[math.ceil(0.99 * len(times)) - 1]


def deploy_in_a_row(fleet, make_archive, tmp_path, times, settle_seconds):
    mix = Mix(tmp_path, fleet.balancer.port, buyers=20 + 15 * times)
    time.sleep(settle_seconds)
    began = time.time()
    for number in range(1, times + 1):
        new = {}
        if number > times // 2:
            path = "market/purchases/migrations/9999_proof.py"
            new = {path: MIGRATION.format(last=last_migration())}
        bundle = make_archive(f"r{number}", new)
        if number == times // 2 + 1:
            unpacked = fleet.agents[0].unpacked(bundle)
            fleet.hosts[0].migrate(unpacked)
        fleet.roll(bundle)
    ended = time.time()
    met = mix.end()
    before = [one for one in met if one["at"] < began]
    during = [one for one in met if began <= one["at"] <= ended]
    kinds = Counter(one["kind"] for one in during)
    paid = Order.objects.filter(status="paid").count()
    print(  # noqa: T201  # the long form's figures, for docs/performance.md
        f"\n{times} deployments in {ended - began:.0f} s: {len(during)} requests {dict(kinds)}, "
        f"{len(bad(met))} failed, {paid} orders paid; p99 before {p99(before) * 1000:.0f} ms, "
        f"during {p99(during) * 1000:.0f} ms"
    )
    assert "\n".join(bad(met)) == ""
    assert {"page", "cart", "checkout"} <= set(kinds)
    assert {host.revision() for host in fleet.hosts[:2]} == {f"r{times}"}
    with connection.cursor() as cursor:
        cursor.execute("SHOW COLUMNS FROM purchases_order LIKE 'proof'")
        assert cursor.fetchone(), "the migration ran while both releases served"


def test_two_deployments_with_a_migration_between_lose_no_request(fleet, make_archive, tmp_path):
    deploy_in_a_row(fleet, make_archive, tmp_path, times=2, settle_seconds=2)

    assert_each_sale_is_booked_once(tmp_path)


@pytest.mark.long
def test_many_deployments_in_a_row_lose_no_request(fleet, make_archive, tmp_path):
    deploy_in_a_row(fleet, make_archive, tmp_path, times=DEPLOYMENTS, settle_seconds=30)

    assert_each_sale_is_booked_once(tmp_path)


def test_a_host_joins_once_it_is_ready_and_one_dies_with_what_it_had(fleet, make_archive, tmp_path):
    mix = Mix(tmp_path, fleet.balancer.port, buyers=60)
    bundle = make_archive("r0")
    early, joined = [], threading.Event()

    def watch():
        while not joined.is_set():
            state = fleet.balancer.states()["h2"]
            if not state["status"].startswith("UP"):
                early.append(int(state["stot"]))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        fleet.agents[2].deploy(bundle)
        wait_for(lambda: fleet.balancer.is_up("h2"))
    finally:
        joined.set()
        watcher.join()
    wait_for(lambda: fleet.balancer.requests_of("h2") > 20)
    assert len(early) > 10
    assert set(early) == {0}
    assert bad(mix.met()) == []

    moment = fleet.kill(1)
    wait_for(lambda: not fleet.balancer.is_up("h1"))
    time.sleep(3)
    met = mix.end()

    lost = [json.loads(line) for line in bad(met)]
    assert all(one["at"] <= moment + 0.05 <= one["at"] + one["seconds"] + 0.1 for one in lost), lost
    assert len(lost) <= 6, "no more than one a person"
    after = [one for one in met if one["at"] > moment + 1]
    assert len(after) > 20
    assert bad(after) == []
    assert trial_balance().is_sound
    assert order_faults() == []
