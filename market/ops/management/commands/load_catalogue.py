from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from market.ops.catalogue import loading
from market.ops.catalogue.plan import ITEMS_PER_PURCHASE, Plan, Step

UNITS = {
    Step.PEOPLE.value: "person",
    Step.GOODS.value: "item",
    Step.DEALS.value: "purchase",
    loading.KEYS: "table",
    loading.TOTALS: "table",
}


class Command(BaseCommand):
    help = (
        "Fill an empty database with a made-up catalogue, for measuring. Stopped at any moment, "
        "the same call goes on where it was. Not for production: see docs/operators."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, default=1_000_000)
        parser.add_argument("--users", type=int, help="(default: 7 for 11 items)")
        parser.add_argument("--purchases", type=int, help="(default: 1 for 5 items)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--processes", type=int, default=2, help="(default: %(default)s; SQLite takes 1)"
        )
        parser.add_argument(
            "--beside",
            action="store_true",
            help="load beside what is there already, such as the demo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        items = options["items"]
        wanted = loading.Wanted(
            seed=options["seed"],
            items=items,
            users=_or(options["users"], max(items * 7 // 11, 1)),
            purchases=_or(options["purchases"], items // ITEMS_PER_PURCHASE),
        )
        if min(wanted.items, wanted.users) < 1 or wanted.purchases < 0 or wanted.seed < 0:
            raise CommandError("At least one item and one person, and no number below 0.")
        try:
            started = loading.begin(wanted, beside=options["beside"])
        except loading.NotEmpty:
            raise CommandError(
                "This database has people or items already. --beside loads beside them."
            ) from None
        except loading.OtherLoad as other:
            raise CommandError(f"This database has another catalogue: {other}.") from None
        bars = Bars(loading.plan_of(started), quiet=options["verbosity"] == 0)
        loading.load(started, processes=max(options["processes"], 1), tell=bars.tell)
        bars.close()
        if options["verbosity"]:
            self.stdout.write(f"The catalogue is loaded: {started}.")


def _or(said: int | None, otherwise: int) -> int:
    return otherwise if said is None else said


class Bars:
    """One progress bar a step, drawn when it begins."""

    def __init__(self, plan: Plan, *, quiet: bool) -> None:
        self.plan = plan
        self.quiet = quiet
        self.bars: dict[str, tqdm[Any]] = {}

    def tell(self, step: str, done: int) -> None:
        bar = self.bars.get(step)
        if bar is None:
            total = self.plan.total(Step(step)) if step in list(Step) else None
            bar = self.bars[step] = tqdm(
                total=total,
                initial=done,
                desc=step.capitalize(),
                unit=UNITS[step],
                unit_scale=step in list(Step),
                position=len(self.bars),
                disable=self.quiet or None,
            )
        else:
            bar.update(done)

    def close(self) -> None:
        for bar in self.bars.values():
            bar.close()
