"""Public pages against the least that Django can do, and against django-oscar.

python -m benchmarks.pages --database mysql://root@127.0.0.1:3306/bench_10000 --items 10000

Three servers by the same gunicorn settings: the product, the product without its page cache, and
`rig.bare`. A round asks each of them for each page for some seconds, one after another; the middle
round counts. Prints ratios, which machines have in common, and writes JSON.
"""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import redis as redis_client

from benchmarks.rig import catalogue, load, people, report, servers
from benchmarks.rig.load import Request
from benchmarks.rig.measuring import Measured, Subject, measure
from benchmarks.rig.oscar import running as oscar_running
from benchmarks.rig.servers import Server
from script.lib.production import Instance, free_port

WORD = "modern"  # the commonest of the first site's names, see ops.catalogue.vocabulary


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
        web = stack.enter_context(servers.gunicorn("market.wsgi", here.environment, port=here.port))
        off = here.environment | {"PAGE_CACHE": "off"}
        slow = stack.enter_context(servers.gunicorn("market.wsgi", off, port=free_port()))
        bare = stack.enter_context(
            servers.gunicorn(
                "benchmarks.rig.bare",
                servers.plain_environment() | {"BARE_DATABASE": said.database, "BARE_REDIS": redis},
                port=free_port(),
            )
        )
        pages = pages_of(shown)
        subjects = [
            *kept_subjects(pages, web, bare, redis),
            *rendered_subjects(pages, slow),
            Subject("bare row", bare, rows_of(shown)),
            *signed_in_subjects(shown, person, web),
        ]
        if said.oscar:
            subjects += stack.enter_context(oscar_running(folder, said.database))
        found = measure(subjects, seconds=said.seconds, rounds=said.rounds)
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
    pages: dict[str, Sequence[Request]], web: Server, bare: Server, redis: str
) -> list[Subject]:
    """Each page from the page cache, and the same bytes from Redis by the bare view."""
    store = redis_client.Redis.from_url(redis)
    found = []
    for name, (request,) in pages.items():
        status, headers, body = load.fetch(web.port, request)
        if status != 200 or headers.get("Content-Encoding") != "gzip":
            raise SystemExit(f"{request.path} answered {status}, {headers}")
        store.set(servers.BARE_KEY + name, body)
        found.append(Subject(f"{name} kept", web, [request]))
        found.append(Subject(f"{name} bare", bare, [Request("bare", f"/kept/{name}")]))
    return found


def rendered_subjects(pages: dict[str, Sequence[Request]], slow: Server) -> list[Subject]:
    return [Subject(f"{name} rendered", slow, requests) for name, requests in pages.items()]


def rows_of(shown: catalogue.Shown) -> list[Request]:
    return [Request("bare", f"/row/{item_id}/") for _, item_id in shown.items]


def signed_in_subjects(shown: catalogue.Shown, person: people.Person, web: Server) -> list[Subject]:
    """The item's page alone, and as a signed-in reader's browser asks: with the corner."""
    path, item_id = shown.item_paths[0], shown.items[0][1]
    pair = [
        Request(shown.host, path, cookies=person.cookies),
        Request(shown.host, f"/corner/?item={item_id}", cookies=person.cookies),
    ]
    return [Subject("item and corner", web, pair)]


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


def tell(found: Mapping[str, Measured], queries: dict[str, int], said: argparse.Namespace) -> None:
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
                found[f"{name} kept"].cpu_ms,
                speed[f"{name} rendered"],
                ratios[f"{name} rendered"],
                found[f"{name} rendered"].cpu_ms,
                count,
            ]
        )
    # Two requests make one page.
    ratios["signed in"] = speed["item and corner"] / 2 / speed["item kept"]
    print(
        report.table(
            [
                "page",
                "kept/s",
                "to bare bytes",
                "CPU ms",
                "rendered/s",
                "to bare row",
                "CPU ms",
                "queries",
            ],
            rows,
        )
    )
    bare = found["bare row"]
    print(
        f"\nbare row: {bare.per_second:,.0f}/s, {bare.cpu_ms:.2f} ms; item with corner, signed "
        f"in, to anonymous: {ratios['signed in']:.2f}"
    )
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
