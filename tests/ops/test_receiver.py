"""Each number of the catalogue arrives at a real receiver, with its tags, from the product's code.

The receiver is npm's `statsd`, which reads Datadog's lines with their tags; the client is Datadog's
own, over UDP. Proven: name, value, form and tags of each line are what a receiver that we did
not write reads, and none is refused. Not proven, since it knows less than the agent: that a
distribution (`|d`) becomes percentiles, which it adds up as a count; and the release's event, which
it refuses as a line that is no number, so that its log is asked for that. Nobody has sent
anything to Datadog itself.
"""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection

from market.core import metrics
from market.core.addresses import cache_settings
from market.core.metrics import CATALOGUE, Kind
from market.items.models import ItemFile
from market.items.services import authoring
from market.jobs.services import run_ready
from market.ops.management.commands.smoke import PAGES
from market.ops.tasks import report_numbers
from market.payments.tasks import check_ledger
from market.purchases.models import Purchase
from market.tenancy import hosts
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client
from tests.items.conftest import content
from tests.items.samples import archive
from tests.items.test_uploads import send
from tests.ops.conftest import kill_reader
from tests.purchases import steps

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
# Node took this away in version 23, after the receiver was written.
FOR_NEW_NODE = "require('util').log ??= (...words) => console.log(...words);"


class Receiver:
    def __init__(self, port: int, desk: int, log: Path) -> None:
        self.port, self.desk, self.log = port, desk, log

    def ask(self, command: str) -> str:
        """Its management port answers in JavaScript's form of an object, and ends with END."""
        with socket.create_connection(("127.0.0.1", self.desk), timeout=5) as line:
            line.sendall(f"{command}\n".encode())
            said = b""
            while not said.endswith(b"END\n\n"):
                said += line.recv(65536)
        return said.decode()

    def numbers(self) -> dict[str, dict[str, float]]:
        """`counters` and `gauges`: {name and tags: value}."""
        return {kind: dict(_entries(self.ask(kind))) for kind in ("counters", "gauges")}


def _entries(said: str) -> Iterator[tuple[str, float]]:
    for name, value in re.findall(r"'?(market\.[^']*?)'?: (-?[\d.e+-]+),?\n?", said):
        yield name, float(value)


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def receiver(tmp_path, settings) -> Iterator[Receiver]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    node = shutil.which("node", path=path)
    assert node, "script/test installs Node"
    found = Receiver(
        free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM), tmp_path / "receiver.log"
    )
    config = tmp_path / "receiver.js"
    wanted = {
        "address": "127.0.0.1",
        "port": found.port,
        "mgmt_address": "127.0.0.1",
        "mgmt_port": found.desk,
        # It tells only when it is asked, and tags as they came.
        "flushInterval": 3_600_000,
        "backends": ["./backends/console"],
        "dumpMessages": True,
        "keyNameSanitize": False,
    }
    config.write_text(json.dumps(wanted))
    shim = tmp_path / "shim.js"
    shim.write_text(FOR_NEW_NODE)
    with found.log.open("wb") as log:
        process = subprocess.Popen(
            [node, "--require", str(shim), "stats.js", str(config)],
            cwd=ROOT / "node_modules" / "statsd",
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(found, process)
        settings.STATSD_HOST, settings.STATSD_PORT = "127.0.0.1", found.port
        metrics._client.cache_clear()
        yield found
    finally:
        process.terminate()
        process.wait()
        if (client := metrics._client()) is not None:
            client.close_socket()
        metrics._client.cache_clear()


def wait_for(receiver: Receiver, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            receiver.ask("gauges")
        except OSError:
            assert process.poll() is None, receiver.log.read_text()
            assert time.monotonic() < deadline, receiver.log.read_text()
            time.sleep(0.1)
        else:
            return


def read_pages(item) -> None:
    """`request`, `database`, `cache`, `page_cache`; then `database.reader_away`."""
    address = f"/items/{item.slug}/{item.pk}/"
    assert host_client("graphics").get(address).status_code == 200
    kill_reader()
    assert host_client("graphics").get("/search/?sort=newest").status_code == 200


def break_dependencies(settings) -> None:
    """`database.errors`, `cache.errors`."""
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM jobs_job")
    there = settings.CACHES
    settings.CACHES = there | {"default": cache_settings("redis://127.0.0.1:1/0", folder=ROOT)}
    assert cache.get("number") is None
    settings.CACHES = there


def sell(item) -> None:
    """`gateway`, `sales`, `sales.items`, `sales.cents`, `job`; then `downloads`."""
    buyer = factories.make_user()
    steps.buy(buyer, item)
    run_ready(queues=["mail"])  # the receipt; nobody listens to what the sandbox would report
    purchase = Purchase.objects.get(buyer=buyer)
    file = ItemFile.objects.get(version=item.live_version, role="main")
    asked = host_client("account", buyer).get(f"/library/{purchase.code}/files/{file.pk}/")
    assert asked.status_code == 302


def upload(author) -> None:
    """`uploads`."""
    item = authoring.create_item(
        author=author,
        site_id=marketplace("graphics").id,
        category_path="icons/line",
        content=content(),
    )
    assert send(host_client("account", author), item, "main", "a.zip", archive()).status_code < 400


def tell_what_waits() -> None:
    """`jobs.…`, `webhooks.age`, `review.…`; `ledger.faults`."""
    report_numbers.call()
    check_ledger.call()


def announce_release() -> None:
    """`release.started`, by the command of the last hook; a stand-in has the pages it asks for."""
    expected = {host.name: PAGES.get(host.key, ("/", "200"))[1] for host in hosts.all_hosts()}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(expected.get(self.headers["Host"], "200")))
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        call_command("smoke", origin=address, announce=True, stdout=io.StringIO())
        server.shutdown()


@pytest.mark.skipif(connection.vendor != "mysql", reason="our MySQL backend counts")
def test_the_whole_catalogue_arrives_with_its_tags(receiver, shelf, settings, folder_storage):
    if not settings.REDIS_URL:
        pytest.skip("a folder is not measured")
    settings.PAGE_CACHE_SECONDS = 300
    read_pages(shelf)
    break_dependencies(settings)
    sell(shelf)
    upload(shelf.author)
    tell_what_waits()
    announce_release()

    found = received(receiver)

    assert set(found) == set(CATALOGUE)
    for name, metric in CATALOGUE.items():
        kind, tags = found[name]
        assert tags == metric.tags | {"version"}, name
        assert kind == ("gauges" if metric.kind is Kind.GAUGE else "counters"), name
    refused = set(re.findall(r'Bad line: .* in msg "(.*)"', receiver.log.read_text()))
    assert len(refused) == 1, refused
    assert refused.pop().startswith("_e{7,"), "the release's event"


def received(receiver: Receiver) -> dict[str, tuple[str, set[str]]]:
    """{name: (counters or gauges, names of its tags)}, once the last line is there."""
    deadline = time.monotonic() + 5
    while "market.release.started" not in (said := receiver.ask("counters")):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)
    return {
        key.split(";")[0].removeprefix("market."): (
            kind,
            {tag.partition("=")[0] for tag in key.split(";")[1:]},
        )
        for kind, entries in receiver.numbers().items()
        for key in entries
    }
