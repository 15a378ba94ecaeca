"""What a thread has spent on a dependency so far, for the log and the numbers of each request."""

from typing import NamedTuple


class Spent(NamedTuple):
    """Ever growing, as long as the thread lives."""

    calls: int
    seconds: float

    def plus(self, seconds: float) -> "Spent":
        return Spent(self.calls + 1, self.seconds + seconds)

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.calls - before.calls, self.seconds - before.seconds)


NOTHING = Spent(0, 0.0)
