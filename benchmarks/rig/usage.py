"""What processes cost: processor time and memory, as /proc tells it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Direct ones; gunicorn's workers."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


def cpu_seconds(pid: int) -> float:
    """Of the process and its children, those that have ended and were waited for included."""
    return sum(_own(one) for one in _family(pid))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for one in children(pid):
        yield from _family(one)


def _own(pid: int) -> float:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # ended just now: its parent has its time
        return 0.0
    return sum(int(one) for one in after_name[11:15]) / TICKS


def pss_megabytes(pid: int) -> float:
    """The process's share of memory: what several share is divided among them."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    kilobytes = next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1]
    return int(kilobytes) / 1024


class Meter:
    """Processor time of named processes from one moment to another."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self.pids = dict(pids)
        self.started = {name: cpu_seconds(pid) for name, pid in self.pids.items()}

    def spent(self) -> dict[str, float]:
        return {name: cpu_seconds(pid) - self.started[name] for name, pid in self.pids.items()}
