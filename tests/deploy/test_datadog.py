"""deploy/datadog: every number it names is one that we send, and each that we send is shown."""

import json
import re
from pathlib import Path

import pytest

from market.core.metrics import CATALOGUE, Kind
from tests.deploy.hosts import PROJECT

FOLDER = PROJECT / "deploy" / "datadog"
RUNBOOKS = PROJECT / "docs" / "operators" / "runbooks"
FILES = sorted(FOLDER.glob("*/*.json"))
QUERY = re.compile(
    r"(?P<aggregate>sum|avg|min|max|count|p\d\d):market\.(?P<name>[a-z_.]+?)\{(?P<scope>[^}]*)\}"
    r"(?: by \{(?P<by>[^}]*)\})?"
)
# Set for all numbers: by the agent, or by the client.
EVERYWHERE = {"env", "$env", "version"}
SLO = re.compile(r"\{slo:([a-z-]+)\}")


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def queries(path: Path) -> list[re.Match[str]]:
    body = path.read_text(encoding="utf-8")
    found = [match for text in texts(json.loads(body)) for match in QUERY.finditer(text)]
    assert len(found) == body.count(":market."), f"{path.name}: a query that we cannot read"
    return found


def load(kind: str) -> dict[str, dict]:
    return {path.stem: json.loads(path.read_text()) for path in (FOLDER / kind).glob("*.json")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_queries_ask_for_numbers_and_tags_that_there_are(path):
    for query in queries(path):
        metric = CATALOGUE[query["name"]]
        scope = {part.lstrip("!").partition(":")[0] for part in query["scope"].split(",")}
        tags = (scope | set((query["by"] or "").split(","))) - EVERYWHERE - {""}
        assert tags <= metric.tags, f"{query[0]}: {tags - metric.tags}"
        is_timing = metric.kind is Kind.TIMING
        assert (query["aggregate"] in ("count", "p50", "p95", "p99")) == is_timing, query[0]


def test_every_number_that_we_send_is_on_a_dashboard():
    shown = {query["name"] for path in (FOLDER / "dashboards").iterdir() for query in queries(path)}

    assert shown == set(CATALOGUE)


def test_every_monitor_leads_to_a_page_and_to_somebody():
    for name, monitor in load("monitors").items():
        (page,) = re.findall(r"docs/operators/runbooks/([a-z-]+)\.md", monitor["message"])
        assert (RUNBOOKS / f"{page}.md").exists(), f"{name}: {page}"
        assert f"runbook:{page}" in monitor["tags"]
        assert re.search(r"@(pagerduty|slack)-shelves", monitor["message"])
        assert (monitor["priority"] == 1) == ("@pagerduty-" in monitor["message"])


def test_a_monitors_threshold_is_the_one_of_its_query():
    for name, monitor in load("monitors").items():
        number = re.search(r"[<>]=? (-?[\d.]+)$", monitor["query"])
        assert number, name
        assert float(number[1]) == monitor["options"]["thresholds"]["critical"], name


def test_budgets_burn_at_the_rates_of_the_sre_workbook():
    rates = {
        (SLO.search(one["query"])[1], float(one["query"].rpartition(" ")[2])): re.findall(
            r'_window\("(\w+)"\)', one["query"]
        )
        for one in load("monitors").values()
        if one["type"] == "slo alert"
    }
    windows = {14.4: ["1h", "5m"], 6.0: ["6h", "30m"], 1.0: ["3d", "6h"]}

    assert rates == {(slo, rate): windows[rate] for slo in load("slos") for rate in windows}


def test_objectives_are_named_where_they_are_used():
    named = {name for path in FILES for name in SLO.findall(path.read_text())}

    assert named == set(load("slos"))
    for slo in load("slos").values():
        good, total = slo["query"]["numerator"], slo["query"]["denominator"]
        assert good.replace(",!status:5xx", "") == total


def test_widgets_have_a_title_and_something_to_show():
    for board in load("dashboards").values():
        assert board["layout_type"] == "ordered"
        for widget in board["widgets"]:
            shown = widget["definition"]
            assert shown["title"]
            assert shown.get("requests") or shown.get("slo_id")
