"""The load of the whole business on one machine: all pages, by their real shares, by Zipf.

python -m benchmarks.business_mix --database mysql://root@127.0.0.1:3306/bench_1000000 --seconds 300

Home 10 %, category 20 %, item 45 %, search 15 %, API 7 %, cart, checkout and sign-in 3 %; items by
Zipf (exponent 1) over all that there are, searches over 20,000 different ones. Caches are warmed by
as many seconds of the same before. Prints requests a second, how long they took, errors, how pages
were found in the page cache, and what each process cost; exit code 1 if anything failed.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.rig import catalogue, load, mix, people, report, servers, usage

TARGET = {"per_second": 417.0, "p95_ms": 250.0}
CACHE = "page_cache."
PAGE_KINDS = ("home", "category", "item", "search")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.business_mix")
    parser.add_argument("--database", default="mysql://root@127.0.0.1:3306/bench_1000000")
    parser.add_argument("--items", type=int, default=1_000_000, help="loaded if it is empty")
    parser.add_argument("--users", type=int)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--warm-seconds", type=float, help="(default: as --seconds)")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> int:
    said = arguments()
    machine = report.machine()
    with ExitStack() as stack:
        folder = stack.enter_context(servers.scratch_folder())
        redis, redis_pid = stack.enter_context(servers.redis(folder))
        here = servers.product(folder, said.database, redis, PAGE_CACHE="300", LOG_LEVEL="INFO")
        catalogue.ensure(here, items=said.items, users=said.users)
        everybody = people.signed_in(here, mix.PEOPLE)
        # Enough that none comes again for being at the end of the list.
        count = round((said.seconds + (said.warm_seconds or said.seconds)) * 1000)
        asked = mix.requests(here, seed=said.seed, count=count, people=everybody)
        log = folder / "requests.log"
        web = stack.enter_context(
            servers.gunicorn("market.wsgi", here.environment, port=here.port, log=log)
        )
        half = len(asked) // 2
        drive(web.port, asked[:half], said.warm_seconds or said.seconds, said.connections)
        pids = {"gunicorn": web.pid, "redis": redis_pid}
        database_pid = catalogue.server_pid(said.database)
        if database_pid is not None:
            pids["database"] = database_pid
        start, meter = log.stat().st_size, usage.Meter(pids)
        outcome = drive(web.port, asked[half:], said.seconds, said.connections)
        spent = meter.spent()
        memory = [usage.pss_megabytes(one) for one in usage.children(web.pid)]
        lines = list(read_log(log, start))
    found = {
        "machine": machine,
        "items": said.items,
        "outcome": outcome.as_json(),
        "kinds": by_kind(lines),
        "page_cache": page_cache(lines),
        "statuses": dict(Counter(str(one["code"]) for one in lines)),
        "cpu_seconds": spent,
        "cpu_seconds_per_1000_page_views": 1000 * sum(spent.values()) / max(views(lines), 1),
        "worker_pss_mb": memory,
    }
    tell(found, outcome)
    report.write(said.json, found)
    return 1 if outcome.error_count else 0


def drive(
    port: int, asked: Sequence[load.Request], seconds: float, connections: int
) -> load.Outcome:
    return load.run(port, asked, seconds=seconds, connections=connections)


def read_log(path: Path, start: int) -> Iterable[dict[str, Any]]:
    """The request lines that were written since."""
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if line.startswith(b"{"):
                said = json.loads(line)
                if said.get("event") == "request_finished":
                    yield said


KINDS = {
    "home": "GET /", "category": "GET /category/<path:path>/",
    "item": "GET /items/<str:slug>/<int:item_id>/", "search": "GET /search/",
}  # fmt: skip


def kind_of(line: dict[str, Any]) -> str:
    if line.get("site") == "api":
        return "api"
    named = {route: kind for kind, route in KINDS.items()}
    return named.get(line["request"], "own")


def by_kind(lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """How long the application took, without waiting for a thread; in milliseconds."""
    times: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        times[kind_of(line)].append(line["ms"])
    return {
        kind: {
            "requests": len(found),
            "p50_ms": percentile(found, 50),
            "p95_ms": percentile(found, 95),
            "p99_ms": percentile(found, 99),
        }
        for kind, found in sorted(times.items())
    }


def percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) * share // 100, len(ordered) - 1)]


def page_cache(lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """By kind of page: from memory, from Redis (hit, stale), rendered (miss)."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        answered = line.get("answered_by", "")
        if answered.startswith(CACHE):
            found[kind_of(line)][answered.removeprefix(CACHE)] += 1
    return {kind: dict(counts) for kind, counts in sorted(found.items())}


def views(lines: Sequence[dict[str, Any]]) -> int:
    return sum(kind_of(line) in PAGE_KINDS for line in lines)


def tell(found: dict[str, Any], outcome: load.Outcome) -> None:
    print(
        f"{outcome.per_second:,.0f} requests/s (target {TARGET['per_second']:,.0f}), "
        f"p50 {outcome.p50_ms:.0f} ms, p95 {outcome.p95_ms:.0f} ms (target "
        f"{TARGET['p95_ms']:.0f}), p99 {outcome.p99_ms:.0f} ms, {outcome.error_count} errors\n"
    )
    rows = [
        [kind, one["requests"], one["p50_ms"], one["p95_ms"], one["p99_ms"], _hits(found, kind)]
        for kind, one in found["kinds"].items()
    ]
    print(report.table(["kind", "requests", "p50 ms", "p95 ms", "p99 ms", "from the cache"], rows))
    all_seconds = sum(found["cpu_seconds"].values())
    shares = ", ".join(
        f"{name} {100 * one / max(all_seconds, 0.01):.0f} %"
        for name, one in found["cpu_seconds"].items()
    )
    print(
        f"\nprocessor: {all_seconds:.1f} s ({shares}); "
        f"{found['cpu_seconds_per_1000_page_views']:.2f} s for 1,000 page views; "
        f"workers' memory (PSS): {', '.join(f'{one:.0f} MB' for one in found['worker_pss_mb'])}"
    )
    print(f"statuses: {found['statuses']}")


def _hits(found: dict[str, Any], kind: str) -> str:
    counts = found["page_cache"].get(kind, {})
    kept = sum(number for result, number in counts.items() if result not in ("miss", "away"))
    return f"{100 * kept / sum(counts.values()):.0f} %" if counts else ""


if __name__ == "__main__":
    sys.exit(main())
