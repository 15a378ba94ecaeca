"""Public pages against the least that Django can do, and against django-oscar.

python -m benchmarks.pages --database mysql://root@127.0.0.1:3306/bench_10000 --items 10000

Three servers by the same gunicorn settings: the product, the product without its page cache, and
`rig.bare`. A round asks each of them for each page for some seconds, one after another; the middle
round counts. Prints ratios, which machines have in common, and writes JSON.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import redis as redis_client

from benchmarks.rig import catalogue, load, people, report, servers
from benchmarks.rig.load import Request
from benchmarks.rig.oscar import running as oscar_running
from script.lib.production import Instance, free_port

WORD = "modern"  # the commonest of the first site's names, see ops.catalogue.vocabulary


@dataclass(frozen=True)
class Subject:
    """Something that is asked for; `ports` and `requests` go together."""

    name: str
    port: int
    requests: Sequence[Request]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--database", default="mysql://root@127.0.0.1:3306/bench_10000")
    parser.add_argument("--items", type=int, default=10_000, help="loaded if it is empty")
    parser.add_argument("--seconds", type=float, default=5, help="of each page in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--oscar", action="store_true", help="compare with django-oscar too")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    said = arguments()
    with ExitStack() as stack:
        folder = stack.enter_context(servers.scratch_folder())
        redis, _ = stack.enter_context(servers.redis(folder))
        here = servers.product(folder, said.database, redis, PAGE_CACHE="300")
        catalogue.ensure(here, items=said.items)
        shown = catalogue.shown(here)
        (person,) = people.signed_in(here, 1)
        bare_port, slow_port = free_port(), free_port()
        stack.enter_context(servers.gunicorn("market.wsgi", here.environment, port=here.port))
        off = here.environment | {"PAGE_CACHE": "off"}
        stack.enter_context(servers.gunicorn("market.wsgi", off, port=slow_port))
        bare = servers.plain_environment() | {
            "BARE_DATABASE": said.database,
            "BARE_REDIS": redis,
        }
        stack.enter_context(servers.gunicorn("benchmarks.rig.bare", bare, port=bare_port))
        pages = pages_of(shown)
        subjects = [
            *kept_subjects(pages, here.port, bare_port, redis),
            *rendered_subjects(pages, slow_port),
            Subject("bare row", bare_port, rows_of(shown)),
            *signed_in_subjects(shown, person, here.port),
        ]
        if said.oscar:
            oscar = stack.enter_context(oscar_running(folder, said.database))
            subjects += [Subject(*one) for one in oscar]
        found = measure(subjects, said.seconds, said.rounds)
        queries = {name: count_queries(here, request) for name, (request,) in pages.items()}
    tell(found, queries, said)


def pages_of(shown: catalogue.Shown) -> dict[str, Sequence[Request]]:
    paths = {
        "home": "/",
        "category": f"/category/{shown.category}/",
        "item": shown.item_paths[0],
        "search": f"/search/?q={WORD}",
    }
    return {name: [Request(shown.host, path)] for name, path in paths.items()}


def kept_subjects(
    pages: dict[str, Sequence[Request]], port: int, bare_port: int, redis: str
) -> list[Subject]:
    """Each page from the page cache, and the same bytes from Redis by the bare view."""
    store = redis_client.Redis.from_url(redis)
    found = []
    for name, (request,) in pages.items():
        status, headers, body = load.fetch(port, request)
        if status != 200 or headers.get("Content-Encoding") != "gzip":
            raise SystemExit(f"{request.path} answered {status}, {headers}")
        store.set(servers.BARE_KEY + name, body)
        found.append(Subject(f"{name} kept", port, [request]))
        found.append(Subject(f"{name} bare", bare_port, [Request("bare", f"/kept/{name}")]))
    return found


def rendered_subjects(pages: dict[str, Sequence[Request]], port: int) -> list[Subject]:
    return [Subject(f"{name} rendered", port, requests) for name, requests in pages.items()]


def rows_of(shown: catalogue.Shown) -> list[Request]:
    return [Request("bare", f"/row/{item_id}/") for _, item_id in shown.items]


def signed_in_subjects(shown: catalogue.Shown, person: people.Person, port: int) -> list[Subject]:
    """The item's page alone, and as a signed-in reader's browser asks: with the corner."""
    path, item_id = shown.item_paths[0], shown.items[0][1]
    pair = [
        Request(shown.host, path, cookies=person.cookies),
        Request(shown.host, f"/corner/?item={item_id}", cookies=person.cookies),
    ]
    return [Subject("item and corner", port, pair)]


def measure(subjects: Sequence[Subject], seconds: float, rounds: int) -> dict[str, load.Outcome]:
    """The middle round of each, by requests a second."""
    for one in subjects:
        for request in one.requests:
            status, _headers, body = load.fetch(one.port, request)
            if status != 200 or not body:
                raise SystemExit(f"{one.name}: {request.path} answered {status}")
        load.run(one.port, one.requests, seconds=2)  # warm
    found: dict[str, list[load.Outcome]] = {one.name: [] for one in subjects}
    for _ in range(rounds):
        for one in subjects:
            outcome = load.run(one.port, one.requests, seconds=seconds)
            if outcome.error_count:
                raise SystemExit(f"{one.name}: {outcome.errors}")
            found[one.name].append(outcome)
    return {name: _middle(outcomes) for name, outcomes in found.items()}


def _middle(outcomes: Sequence[load.Outcome]) -> load.Outcome:
    wanted = median(one.per_second for one in outcomes)
    return min(outcomes, key=lambda one: abs(one.per_second - wanted))


def count_queries(here: Instance, request: Request) -> int:
    """Of the page without the page cache, its connection open."""
    said = here.run(
        "from django.db import connection\n"
        "from django.test import Client\n"
        "from django.test.utils import CaptureQueriesContext, override_settings\n"
        "with override_settings(PAGE_CACHE_SECONDS=0):\n"
        f"    client = Client(SERVER_NAME={request.host!r})\n"
        f"    client.get({request.path!r})\n"
        "    with CaptureQueriesContext(connection) as captured:\n"
        f"        assert client.get({request.path!r}).status_code == 200\n"
        "print(len(captured))"
    )
    return int(said.splitlines()[-1])


def tell(found: dict[str, load.Outcome], queries: dict[str, int], said: argparse.Namespace) -> None:
    speed = {name: one.per_second for name, one in found.items()}
    rows: list[list[object]] = []
    ratios: dict[str, float] = {}
    for name, count in queries.items():
        ratios[f"{name} kept"] = speed[f"{name} kept"] / speed[f"{name} bare"]
        ratios[f"{name} rendered"] = speed[f"{name} rendered"] / speed["bare row"]
        rows.append(
            [
                name,
                speed[f"{name} kept"],
                ratios[f"{name} kept"],
                speed[f"{name} rendered"],
                ratios[f"{name} rendered"],
                count,
            ]
        )
    # Two requests make one page.
    ratios["signed in"] = speed["item and corner"] / 2 / speed["item kept"]
    print(
        report.table(
            ["page", "kept/s", "to bare bytes", "rendered/s", "to bare row", "queries"], rows
        )
    )
    print(f"\nbare row: {speed['bare row']:,.0f}/s; item with corner, signed in, to anonymous: "
          f"{ratios['signed in']:.2f}")  # fmt: skip
    if said.oscar:
        for name in ("product", "category"):
            ours = "item" if name == "product" else name
            ratios[f"oscar {name}"] = speed[f"{ours} rendered"] / speed[f"oscar {name}"]
            print(f"oscar {name}: {speed[f'oscar {name}']:,.1f}/s; ours, rendered: "
                  f"{ratios[f'oscar {name}']:.1f} times")  # fmt: skip
    report.write(
        said.json,
        {
            "machine": report.machine(),
            "items": said.items,
            "seconds": said.seconds,
            "rounds": said.rounds,
            "queries": queries,
            "ratios": ratios,
            "outcomes": {name: one.as_json() for name, one in found.items()},
        },
    )


if __name__ == "__main__":
    main()
