"""What the dashboards show, as it leaves this host for the agent."""

import socket
from datetime import timedelta

import pytest
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_tasks import task

from market.core.addresses import cache_settings
from market.core.db.spending import spent
from market.core.redis_client import spent as spent_on_redis
from market.items.models import ItemVersion
from market.jobs.models import Job
from market.jobs.services import run_ready
from market.ops.middleware import RequestLogMiddleware
from market.ops.tasks import report_numbers
from market.payments.errors import GatewayRefused, GatewayUnavailable
from market.payments.gateways import gateway
from market.payments.gateways.base import PaymentRequest
from market.payments.models import WebhookEvent
from market.purchases.tasks import send_receipt
from tests import factories
from tests.conftest import host_client
from tests.purchases import steps

on_mysql = pytest.mark.skipif(connection.vendor != "mysql", reason="our MySQL backend counts")


@task()
def succeed() -> None:
    """A job of no other app."""


@task(max_attempts=1)
def break_down() -> None:
    raise ValueError("on purpose")


@task()
def hand_on() -> None:
    succeed.enqueue()


def sent(agent):
    """All that has arrived, without the version that each line carries: {name and tags: value}."""
    agent.settimeout(0.2)
    lines = {}
    while True:
        try:
            packet = agent.recv(8000).decode()
        except TimeoutError:
            return lines
        for line in packet.splitlines():
            name, _, rest = line.partition(":")
            value, _, tags = rest.partition("|")
            own = [tag for tag in tags.partition("#")[2].split(",") if "version:" not in tag]
            lines[" ".join([name.removeprefix("market."), *sorted(own)])] = float(value)


def test_a_sale_is_counted_once_however_often_its_job_comes(agent, buyer, sites):
    order = steps.buy(buyer, factories.make_item(site="photos", category="nature/forests"))
    sent(agent)

    send_receipt.call(order_id=order.pk)
    numbers = sent(agent)
    send_receipt.call(order_id=order.pk)

    assert numbers["sales"] == 1
    assert numbers["sales.items site:photos"] == 1
    assert numbers["sales.cents site:photos"] == order.total_cents
    assert not [name for name in sent(agent) if name.startswith("sales")]


def test_jobs_tell_how_they_ended(agent, db):
    succeed.enqueue()
    break_down.enqueue()

    run_ready()

    names = set(sent(agent))
    here = "task:tests.ops.test_numbers"
    assert f"job outcome:done queue:default {here}.succeed" in names
    assert f"job outcome:failed queue:default {here}.break_down" in names


def test_a_request_is_known_in_the_jobs_that_come_of_it(db):
    with structlog.contextvars.bound_contextvars(request_id="r-1", trace_id="Root=1"):
        hand_on.enqueue()
    run_ready()

    jobs = Job.objects.order_by("pk").values_list("arguments", flat=True)
    assert [(one["request_id"], one["trace_id"]) for one in jobs] == [("r-1", "Root=1")] * 2
    assert "request_id" not in structlog.contextvars.get_contextvars()


def test_what_waits_is_told_each_minute(agent, sites):
    hour = timezone.now() - timedelta(hours=1)
    version = factories.make_item().live_version
    ItemVersion.objects.filter(pk=version.pk).update(status="submitted", submitted_at=hour)
    WebhookEvent.objects.create(gateway="sandbox", event_id="e", kind="k", payload={})
    WebhookEvent.objects.update(received_at=hour)
    Job.objects.all().delete()  # of the item
    succeed.enqueue()
    Job.objects.update(available_at=timezone.now() - timedelta(minutes=2))

    report_numbers.call()

    numbers = sent(agent)
    assert numbers["jobs.due queue:default"] == 1
    assert numbers["jobs.due queue:mail"] == 0
    assert numbers["jobs.age queue:default"] == pytest.approx(120, abs=30)
    assert numbers["review.age"] == pytest.approx(3600, abs=30)
    assert numbers["review.waiting"] == 1
    assert numbers["webhooks.age"] == pytest.approx(3600, abs=30)
    assert numbers["jobs.dead"] == 0


@on_mysql
def test_a_request_tells_what_the_database_took(agent, sites):
    item = factories.make_item()
    sent(agent)

    response = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")

    numbers = sent(agent)
    where = "route:/items/_str:slug_/_int:item_id_/ site:graphics"  # as Datadog writes tags
    assert response.status_code == 200
    assert 0 < numbers[f"database {where}"] < numbers[f"request {where} status:2xx"]


@on_mysql
def test_a_statement_that_fails_is_counted_by_its_number(agent, db):
    before = spent().calls

    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM jobs_job")

    assert sent(agent)["database.errors error:1054"] == 1
    assert spent().calls == before + 1


on_redis = pytest.mark.skipif(not settings.REDIS_URL, reason="a folder is not measured")


@pytest.fixture
def redis_away(settings):
    """The default cache at an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        settings.CACHES = {
            "default": cache_settings(f"redis://127.0.0.1:{port}/0", folder=None),
            "pages": settings.CACHES["pages"],
        }
        yield


@on_redis
def test_a_request_tells_what_redis_took(agent, sites):
    def view(request):
        cache.set("number", 7)
        cache.set_many({"one": 1, "two": 2})  # in one round trip
        assert cache.get("number") == 7
        return HttpResponse()

    RequestLogMiddleware(view)(RequestFactory().get("/"))

    numbers = sent(agent)
    assert numbers["cache route:none site:none"] > 0
    assert (
        numbers["cache route:none site:none"] < numbers["request route:none site:none status:2xx"]
    )


@on_redis
def test_round_trips_are_counted_once_each():
    before = spent_on_redis()

    cache.set("number", 7)
    cache.set_many({"one": 1, "two": 2})
    cache.get("number")

    taken = spent_on_redis().since(before)
    assert taken.calls == 3
    assert taken.seconds > 0


def test_redis_that_is_away_is_counted_and_disturbs_nobody(agent, redis_away):
    assert cache.get("number", "without") == "without"
    cache.set_many({"one": 1})

    assert sent(agent)["cache.errors error:ConnectionError"] == 1


def test_a_request_without_redis_says_nothing_of_it(agent):
    RequestLogMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))

    assert not [name for name in sent(agent) if name.startswith("cache")]


def test_each_call_of_the_sandbox_is_measured_as_a_real_gateways(agent, sites, settings):
    asked = PaymentRequest(
        key="k", cents=1900, currency="USD", description="", return_url="https://x.example/"
    )
    gateway("sandbox").create(asked)
    with pytest.raises(GatewayRefused):
        gateway("sandbox").retrieve("no-such")
    settings.PAYMENTS_URL = "sandbox://?fault=retrieve"
    with pytest.raises(GatewayUnavailable):
        gateway("sandbox").retrieve("no-such")

    names = set(sent(agent))
    for outcome in ("answered", "refused", "away"):
        assert f"gateway gateway:sandbox outcome:{outcome}" in names
