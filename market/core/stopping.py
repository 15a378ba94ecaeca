import signal
from types import FrameType


class Stopping:
    """SIGTERM and SIGINT as a question that a loop asks between two rounds."""

    def __init__(self) -> None:
        self.is_due = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_due = True
