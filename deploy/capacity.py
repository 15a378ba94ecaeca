#!/usr/bin/env python3
"""What must run for so many visitors and items, and what it costs a month.

    deploy/capacity.py --requests-per-minute 6000 --items 11000000 --cpu-seconds 41.5

Prices and assumptions are in capacity.toml beside this file (--prices takes another); each price
has its source and date. The result is a first size: measure, and let the groups grow by themselves.
"""

import argparse
import math
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ZONES = 3
ENDPOINTS = 8  # of network.yaml, in each zone
SECRETS = 7
ALARMS = 17
FIREWALL_RULES = 6
MINUTES_A_MONTH = 60 * 730


@dataclass(frozen=True)
class Load:
    requests_per_minute: float
    items: int
    cpu_seconds: float
    """Of a host, for 1,000 page views."""


@dataclass(frozen=True)
class Line:
    what: str
    amount: float
    unit: str
    usd: float


@dataclass(frozen=True)
class Plan:
    web_hosts: int
    worker_hosts: int
    requests_per_host: int
    """A minute: `requests_per_host_and_minute` of shelves_compute."""
    database: str
    cache: str
    database_gigabytes: float
    lines: tuple[Line, ...]

    @property
    def usd(self) -> float:
        return sum(line.usd for line in self.lines)


class NoClassIsBigEnough(Exception):
    pass


def hosts_for(processors_busy: float, *, a_host: int, utilisation: float) -> int:
    """So many that those of two zones carry the peak when the third is gone."""
    needed = processors_busy / (a_host * utilisation)
    return max(ZONES, math.ceil(needed * ZONES / (ZONES - 1)))


def smallest(classes: Sequence[dict[str, Any]], **at_least: float) -> str:
    for one in classes:
        if all(one[key] >= amount for key, amount in at_least.items()):
            return str(one["class"])
    raise NoClassIsBigEnough(
        f"none of {', '.join(str(one['class']) for one in classes)} has {at_least}"
    )


def plan(load: Load, book: dict[str, Any]) -> Plan:
    """Raises NoClassIsBigEnough."""
    assumed, web, worker = book["assumptions"], book["web"], book["worker"]
    a_second = load.requests_per_minute / 60 / 1000
    web_hosts = hosts_for(
        a_second * load.cpu_seconds,
        a_host=web["processors"],
        utilisation=assumed["target_utilisation"],
    )
    worker_busy = a_second * assumed["job_cpu_seconds_per_1000_page_views"]
    worker_hosts = max(
        2, math.ceil(worker_busy / (worker["processors"] * assumed["target_utilisation"]))
    )
    gigabytes = load.items * assumed["kilobytes_per_item_in_database"] / 1e6
    database_busy = a_second * assumed["database_cpu_seconds_per_1000_page_views"]
    database = smallest(
        book["database"],
        memory=gigabytes * assumed["hot_share"] / assumed["database_cache_share_of_memory"],
        processors=database_busy / assumed["database_utilisation"],
    )
    cached = load.items * assumed["cached_share_of_items"] * assumed["cached_kilobytes_per_item"]
    cache = smallest(book["cache"], memory=cached / 1e6 / 0.75)
    return Plan(
        web_hosts,
        worker_hosts,
        int(web["processors"] * assumed["target_utilisation"] * 60_000 / load.cpu_seconds),
        database,
        cache,
        gigabytes,
        tuple(costs(load, book, {web["class"]: web_hosts, worker["class"]: worker_hosts},
                    {database: ZONES, cache: ZONES}, gigabytes)),
    )  # fmt: skip


def costs(
    load: Load,
    book: dict[str, Any],
    hosts: dict[str, int],
    stores: dict[str, int],
    gigabytes: float,
) -> Iterator[Line]:
    assumed, hours = book["assumptions"], book["region"]["hours_a_month"]
    factor = book["region"]["factor"]
    views = load.requests_per_minute * assumed["average_share_of_peak"] * MINUTES_A_MONTH
    traffic = views * assumed["kilobytes_per_page_view"] / 1e6
    stored = load.items * assumed["megabytes_per_item_in_storage"] / 1000
    amounts: dict[str, float] = {name: hours * count for name, count in (hosts | stores).items()}
    amounts |= {
        "disk": 30 * sum(hosts.values()),
        "aurora-storage": gigabytes,
        "aurora-io": views / 1000 * assumed["database_reads_per_1000_page_views"] / 1e6,
        # Our own 35 days beside Aurora's, and the copy in the second region.
        "aurora-backup": gigabytes * 3,
        "load-balancer": hours,
        "load-balancer-unit": hours * max(1.0, load.requests_per_minute / 60 / 25),
        "nat": hours * ZONES,
        "nat-traffic": traffic * 0.02,
        "endpoint": hours * ZONES * ENDPOINTS,
        "storage": stored,
        "storage-copy": stored,
        "cdn-traffic": traffic,
        "cdn-requests": views / (1 - assumed["share_served_by_cdn"]) / 10_000,
        "firewall": 1,
        "firewall-rule": FIREWALL_RULES,
        "firewall-requests": views / (1 - assumed["share_served_by_cdn"]) / 1e6,
        "secret": SECRETS,
        "alarm": ALARMS,
    }
    for name, amount in amounts.items():
        price = book["prices"][name]
        yield Line(name, amount, price["unit"], amount * price["usd"] * factor)


def report(load: Load, made: Plan, book: dict[str, Any]) -> Iterator[str]:
    region = book["region"]
    yield f"{load.requests_per_minute:,.0f} requests a minute at the peak, {load.items:,} items,"
    yield f"{load.cpu_seconds:g} processor seconds for 1,000 page views, {region['name']}"
    yield ""
    yield f"web_min                       {made.web_hosts} × {book['web']['class']}"
    yield f"worker_min                    {made.worker_hosts} × {book['worker']['class']}"
    yield f"requests_per_host_and_minute  {made.requests_per_host}"
    yield f"instance_class                {made.database}, {ZONES} of them, "
    yield f"                              {made.database_gigabytes:,.1f} GB"
    yield f"node_type                     {made.cache}, {ZONES} of them"
    yield ""
    for line in sorted(made.lines, key=lambda one: -one.usd):
        yield f"{line.what:22}{line.amount:>16,.1f} {line.unit:24}{line.usd:>10,.0f} USD"
    yield f"{'a month':63}{made.usd:>10,.0f} USD"
    unchecked = sum(not book["prices"][line.what]["checked"] for line in made.lines)
    yield ""
    yield f"{unchecked} of {len(made.lines)} prices were not looked up: see capacity.toml."
    yield "Without taxes, support, Datadog, the payment gateway and what is reserved in advance."


def main(arguments: Sequence[str] | None = None) -> int:
    beside = Path(__file__).with_name("capacity.toml")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests-per-minute", type=float, required=True, help="at the peak")
    parser.add_argument("--items", type=int, required=True, help="on sale, on all sites")
    parser.add_argument("--cpu-seconds", type=float, help="for 1,000 page views, as measured")
    parser.add_argument("--prices", type=Path, default=beside, help="capacity.toml")
    given = parser.parse_args(arguments)
    book = tomllib.loads(given.prices.read_text(encoding="utf-8"))
    measured = given.cpu_seconds or book["assumptions"]["cpu_seconds_per_1000_page_views"]
    load = Load(given.requests_per_minute, given.items, measured)
    try:
        made = plan(load, book)
    except NoClassIsBigEnough as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  # a command
        return 1
    print("\n".join(report(load, made, book)))  # noqa: T201  # a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
