"""How it reports: https://docs.stripe.com/webhooks.

At least once, in no order, signed for the endpoint's secret, and again later to whoever does not
say 2xx ("Event delivery behaviors").
"""

import heapq
import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import stripe


@dataclass
class Delivery:
    """Where to, and what goes wrong. Seconds are those of a test, not of Stripe."""

    url: str = ""
    host: str = ""
    secret: str = "whsec_stand_in"
    copies: tuple[int, ...] = (1,)  # each event is sent as often as one of these says
    delay_seconds: tuple[float, float] = (0.0, 0.0)  # a random delay puts them out of order
    lost_share: float = 0.0  # never sent at all: the list of events still has them
    retry_seconds: float = 1.0
    retries: int = 50
    random: Random = field(default_factory=Random)


class Postman:
    def __init__(self) -> None:
        self.delivery = Delivery()
        self.sent: list[tuple[str, int]] = []  # (event id, what the receiver said)
        self._heap: list[tuple[float, int, str, str, int]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._ends = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(4)]
        for one in self._threads:
            one.start()

    def post(self, event: dict[str, Any]) -> None:
        its = self.delivery
        if not its.url or its.random.random() < its.lost_share:
            return
        for _ in range(its.random.choice(its.copies)):
            self._later(its.random.uniform(*its.delay_seconds), event["id"], json.dumps(event), 0)

    def stop(self) -> None:
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        for one in self._threads:
            one.join(5)

    def is_idle(self) -> bool:
        with self._changed:
            return not self._heap

    def _later(self, seconds: float, event_id: str, body: str, tries: int) -> None:
        with self._changed:
            due = time.monotonic() + seconds
            heapq.heappush(self._heap, (due, next(self._numbers), event_id, body, tries))
            self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._ends and (not self._heap or self._heap[0][0] > time.monotonic()):
                    wait = self._heap[0][0] - time.monotonic() if self._heap else None
                    self._changed.wait(None if wait is None else max(0, wait))
                if self._ends:
                    return
                _, _, event_id, body, tries = heapq.heappop(self._heap)
            if not self.delivery.url:
                continue  # the test has switched it off
            status = self._send(body)
            self.sent.append((event_id, status))
            if not 200 <= status < 300 and tries < self.delivery.retries:
                self._later(self.delivery.retry_seconds, event_id, body, tries + 1)

    def _send(self, body: str) -> int:
        target = urlsplit(self.delivery.url)
        connection = http.client.HTTPConnection(target.netloc, timeout=10)
        signature = stripe.WebhookSignature.generate_signature_header(body, self.delivery.secret)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        if self.delivery.host:
            headers["Host"] = self.delivery.host
        try:
            connection.request("POST", target.path, body.encode(), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
