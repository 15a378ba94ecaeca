"""Whether pages cost as much at millions of items as at ten thousand, and page 500 as page 1.

python -m benchmarks.scale --large mysql://root@127.0.0.1:3306/bench_1000000 --items 1000000

Two instances without their page cache, one on a small and one on a large catalogue, are asked for
the same kinds of pages in turn; the middle round counts. An item's and a search's page is asked for
many items and words, so that not one row is read again and again.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.rig import catalogue, mix, report, servers
from benchmarks.rig.load import Request
from benchmarks.rig.measuring import Measured, Subject, measure
from script.lib.production import Instance

SMALL_ITEMS = 10_000
DEEP_PAGE = 500
ITEMS, WORDS = 200, 200
SORTS = (
    "best-sellers", "newest", "best-rated", "trending", "recently-updated", "price-low",
    "price-high",
)  # fmt: skip
TARGET = 0.9
# Prints the cursor behind which a page of a category's newest begins; nothing if there is none.
_CURSOR = """
import json
from market.core.pagination import encode_cursor
from market.items.models import Category, ItemListing
from market.tenancy.registry import marketplace
site = marketplace({site!r})
node = Category.objects.get(site_id=site.id, path={category!r})
rows = ItemListing.objects.filter(site_id=site.id, node_id=node.pk)
rows = rows.order_by("-published_at", "-item_id").values_list("published_at", "item_id")
last = rows[{before} - 1 : {before}]
print(json.dumps([encode_cursor(at.isoformat(), item) for at, item in last]))
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--small", default="mysql://root@127.0.0.1:3306/bench_10000")
    parser.add_argument("--large", default="mysql://root@127.0.0.1:3306/bench_1000000")
    parser.add_argument("--items", type=int, default=1_000_000, help="of the large one")
    parser.add_argument("--users", type=int, help="of the large one")
    parser.add_argument("--seconds", type=float, default=5, help="of each page in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    said = arguments()
    subjects: list[Subject] = []
    machine = report.machine()
    with ExitStack() as stack:
        folder = stack.enter_context(servers.scratch_folder())
        redis, _ = stack.enter_context(servers.redis(folder))
        for name, database, items, users in (
            ("small", said.small, SMALL_ITEMS, None),
            ("large", said.large, said.items, said.users),
        ):
            here = servers.product(folder, database, redis, PAGE_CACHE="off")
            catalogue.ensure(here, items=items, users=users)
            web = stack.enter_context(
                servers.gunicorn("market.wsgi", here.environment, port=here.port)
            )
            subjects += [
                Subject(f"{name} {kind}", web, requests)
                for kind, requests in pages_of(here).items()
            ]
        # The two of a kind one after the other, so that both meet the same moment.
        subjects.sort(key=lambda one: one.name.partition(" ")[2])
        found = measure(subjects, seconds=said.seconds, rounds=said.rounds)
    tell(found, said, machine)


def pages_of(here: Instance) -> dict[str, Sequence[Request]]:
    shown = catalogue.shown(here, items=ITEMS)
    category = f"/category/{shown.category}/"
    paths = {
        "home": ["/"],
        **{f"category, {sort}": [f"{category}?sort={sort}"] for sort in SORTS},
        "author": [f"/authors/{shown.author}/"],
        "item": shown.item_paths,
        "search": [f"/search/?q={mix.query(rank)}" for rank in range(WORDS)],
    }
    cursor = deep_cursor(here, shown)
    if cursor:
        paths[f"category, newest, page {DEEP_PAGE}"] = [f"{category}?sort=newest&after={cursor}"]
    return {kind: [Request(shown.host, one) for one in found] for kind, found in paths.items()}


def deep_cursor(here: Instance, shown: catalogue.Shown) -> str:
    before = (DEEP_PAGE - 1) * shown.page_size
    said = here.run(_CURSOR.format(site=shown.site, category=shown.category, before=before))
    found: list[str] = json.loads(said.splitlines()[-1])
    return found[0] if found else ""


def tell(
    found: Mapping[str, Measured], said: argparse.Namespace, machine: dict[str, object]
) -> None:
    speed = {name: one.per_second for name, one in found.items()}
    ratios, rows = {}, []
    for name, large in speed.items():
        size, _, kind = name.partition(" ")
        small = speed.get(f"small {kind}")
        if size == "large" and small is not None:
            ratios[kind] = large / small
            cpu = found[f"small {kind}"].cpu_ms, found[name].cpu_ms
            rows.append([kind, small, large, ratios[kind], *cpu])
    print(
        report.table(
            ["page", "small/s", "large/s", f"ratio ({TARGET} wanted)", "small CPU ms", "large"],
            rows,
        )
    )
    deep = f"large category, newest, page {DEEP_PAGE}"
    if deep in speed:
        ratios[f"page {DEEP_PAGE}"] = speed[deep] / speed["large category, newest"]
        print(
            f"\npage {DEEP_PAGE}: {speed[deep]:,.1f}/s, {ratios[f'page {DEEP_PAGE}']:.2f} of page 1"
        )
    else:
        print(f"\nThe large catalogue's fullest category has no page {DEEP_PAGE}.")
    report.write(
        said.json,
        {
            "machine": machine,
            "small_items": SMALL_ITEMS,
            "large_items": said.items,
            "ratios": ratios,
            "outcomes": {name: one.as_json() for name, one in found.items()},
        },
    )


if __name__ == "__main__":
    main()
