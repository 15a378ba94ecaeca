"""What we count is what we say that we count: catalogue, code, and what the agent gets."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from market.core import metrics
from market.core.metrics import CATALOGUE, Kind

MARKET = Path(settings.BASE_DIR) / "market"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call that sends a number: by which function, and the call."""
    for path in sorted(MARKET.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="metrics"), attr=attr)):
                    if attr in set(Kind):
                        yield attr, node


def name_of(call: ast.Call) -> str:
    first = call.args[0]
    assert isinstance(first, ast.Constant), "a metric's name is written out, to be found"
    return str(first.value)


def test_the_code_sends_all_of_the_catalogue_and_nothing_else():
    sent = {(name_of(call), kind) for kind, call in calls()}

    assert sent == {(name, str(metric.kind)) for name, metric in CATALOGUE.items()}


def test_tags_are_those_of_the_catalogue_where_the_call_writes_them_out():
    checked = 0
    for _, call in calls():
        (tags,) = [word.value for word in call.keywords if word.arg == "tags"] or [ast.Dict([], [])]
        if isinstance(tags, ast.Dict):
            keys = {key.value for key in tags.keys if isinstance(key, ast.Constant)}
            assert keys == CATALOGUE[name_of(call)].tags, name_of(call)
            checked += 1

    assert checked > 8


def test_no_tag_grows_with_the_shop():
    """Each of them has as many values as we have sites, routes, queues, tasks or outcomes."""
    few = {"site", "route", "status", "result", "error"} | {"task", "queue", "outcome", "gateway"}

    assert {tag for metric in CATALOGUE.values() for tag in metric.tags} <= few


def test_each_kind_arrives_as_datadog_reads_it(agent):
    metrics.timing("request", 12.5, tags={"site": "photos"})
    metrics.count("uploads", 3, tags={"site": "photos"})
    metrics.gauge("jobs.dead", 2)
    metrics.event("Release", "r1 serves")

    version = f"version:{settings.REVISION}"
    assert agent.recv(2000).decode().strip() == f"market.request:12.5|d|#site:photos,{version}"
    assert agent.recv(2000).decode().strip() == f"market.uploads:3|c|#site:photos,{version}"
    assert agent.recv(2000).decode().strip() == f"market.jobs.dead:2|g|#{version}"
    assert agent.recv(2000).decode().startswith("_e{7,9}:Release|r1 serves")
