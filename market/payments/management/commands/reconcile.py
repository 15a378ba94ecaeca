from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from market.payments.gateways import gateway_name, is_known
from market.payments.services.reconciliation import reconcile


class Command(BaseCommand):
    help = "Holds a gateway's charges, refunds and payouts against ours, and opens cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_moment, help="a day or moment in UTC; two days ago")
        parser.add_argument("--until", type=_moment, help="the same; an hour ago")
        parser.add_argument("--gateway", default="", help="the one of new payments if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["gateway"] or gateway_name()
        if not is_known(name):
            raise CommandError(f"There is no gateway {name}.")
        until = options["until"] or timezone.now() - timedelta(hours=1)
        since = options["since"] or until - timedelta(days=2)
        if until <= since:
            raise CommandError("--until must come after --since.")
        result = reconcile(gateway_name=name, since=since, until=until)
        self.stdout.write(
            f"{result.compared} compared, {result.differences} differences, "
            f"{result.opened} new cases."
        )
        if result.differences:
            raise CommandError("The books differ: see the cases.")


def _moment(text: str) -> datetime:
    day = parse_date(text) if len(text) == len("2026-01-31") else None
    found = datetime.combine(day, datetime.min.time()) if day else parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
