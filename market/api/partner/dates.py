"""Partners' clients read ISO 8601 with a numeric offset, no fraction and no `Z`."""

from datetime import datetime


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def dollars(cents: int) -> str:
    """`"24.00"`: the decimal strings that sale amounts are."""
    return f"{cents // 100}.{cents % 100:02d}"
