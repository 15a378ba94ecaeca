import runpy
import subprocess
import sys
import tomllib

import pytest

from tests.deploy.hosts import PROJECT

PROGRAM = PROJECT / "deploy" / "capacity.py"
BOOK = tomllib.loads(PROGRAM.with_name("capacity.toml").read_text(encoding="utf-8"))
capacity = runpy.run_path(str(PROGRAM), run_name="capacity")


def sized(**given: float):
    load = {"requests_per_minute": 6000, "items": 11_000_000, "cpu_seconds": 40.0} | given
    return capacity["plan"](capacity["Load"](**load), BOOK)


@pytest.mark.parametrize(
    ("requests_per_minute", "hosts"),
    [(60, 3), (6000, 3), (12_000, 6), (60_000, 28)],
)
def test_two_zones_carry_the_peak_when_the_third_is_gone(requests_per_minute, hosts):
    made = sized(requests_per_minute=requests_per_minute)

    assert made.web_hosts == hosts
    assert hosts * 2 / 3 * made.requests_per_host >= requests_per_minute


def test_the_target_of_a_host_follows_from_what_a_page_costs():
    assert sized(cpu_seconds=40.0).requests_per_host == 3300
    assert sized(cpu_seconds=80.0).requests_per_host == 1650


def test_the_database_grows_with_items_and_with_requests():
    assert sized(items=11_000_000).database == "db.r6g.large"
    assert sized(items=50_000_000).database == "db.r6g.4xlarge"
    assert sized(requests_per_minute=30_000).database == "db.r6g.2xlarge"


def test_what_no_class_can_hold_is_refused():
    with pytest.raises(capacity["NoClassIsBigEnough"], match=r"db\.r6g\.8xlarge"):
        sized(items=1_000_000_000)


def test_every_line_is_amount_times_price_times_the_regions_factor():
    made = sized()
    lines = {line.what: line for line in made.lines}

    assert lines["m7i.xlarge"].amount == 3 * 730
    assert lines["m7i.xlarge"].usd == pytest.approx(3 * 730 * 0.2016 * 1.115)
    assert lines["nat"].amount == 3 * 730
    assert made.usd == pytest.approx(sum(line.usd for line in made.lines))


def test_every_price_says_where_it_comes_from_and_when():
    for name, price in BOOK["prices"].items():
        assert set(price) == {"usd", "unit", "source", "date", "checked"}, name
        assert price["usd"] > 0
    classes = [one["class"] for kind in ("database", "cache") for one in BOOK[kind]]
    assert {*classes, BOOK["web"]["class"], BOOK["worker"]["class"]} <= set(BOOK["prices"])


def test_as_a_command_it_prints_the_parameters_and_the_table():
    command = [sys.executable, PROGRAM, "--requests-per-minute", "6000", "--items", "100000"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "web_min                       3 × m7i.xlarge" in printed
    assert "a month" in printed
    assert "prices were not looked up" in printed
    helped = subprocess.run([sys.executable, PROGRAM, "--help"], capture_output=True, check=True)
    assert b"--cpu-seconds" in helped.stdout
