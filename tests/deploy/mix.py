"""People at the shop, in a process of their own: `python -m tests.deploy.mix CONFIG` runs them.

They read pages, put things into carts and buy, through the load balancer, until CONFIG's `stop`
file is there. Each request is one line of its `out` file: when, of what kind, status, seconds. No
request is repeated; 0 is a connection that failed.
"""

import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

CSRF = "k" * 32
EXPECTED = frozenset({200, 301, 302, 304})
PAUSE_SECONDS = 0.1


class Person:
    def __init__(self, config: dict, number: int, out: object, lock: threading.Lock) -> None:
        self.config = config
        self.dice = random.Random(number)
        self.out = out
        self.lock = lock
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not Path(self.config["stop"]).exists():
            self.dice.choices([self.read, self.fill_cart, self.buy], weights=[90, 6, 4])[0]()

    def read(self) -> None:
        host = self.config["site"]
        item = self.dice.choice(self.config["items"])
        path = self.dice.choice(
            ["/", item["path"], item["path"], "/category/icons/", "/licences/", "/corner/"]
        )
        self.ask("page", "GET", host, path)

    def fill_cart(self) -> None:
        item = self.dice.choice(self.config["items"])
        form = {"item_id": item["id"], "licence_code": "standard"}
        _, cookie, _ = self.ask("cart", "POST", self.config["site"], "/cart/add/", form)
        if cookie:
            self.ask("cart", "GET", self.config["site"], "/cart/", cookies=cookie)

    def buy(self) -> None:
        """From the checkout page to the order's page, as the sandbox gateway leads."""
        with self.lock:
            buyers = self.config["buyers"]
            buyer = buyers.pop() if buyers else None
        if buyer is None:
            return
        account, cookies = self.config["account"], buyer["cookies"]
        form = buyer["form"] | {"pay": "yes"}
        _, _, where = self.ask("checkout", "POST", account, "/checkout/", form, cookies)
        for form in ({"outcome": "approve"}, None, None):
            if not where:
                return
            path = urlsplit(where).path
            method = "POST" if form else "GET"
            _, _, where = self.ask("checkout", method, account, path, form, cookies)

    def ask(
        self,
        kind: str,
        method: str,
        host: str,
        path: str,
        form: dict | None = None,
        cookies: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:
        """Status, cookies that were set, where it leads."""
        jar = {"__Host-csrf": CSRF, **(cookies or {})}
        headers = {"Host": host, "Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())}
        body = None
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{host}",
            }
            body = urlencode({"csrfmiddlewaretoken": CSRF, **form})
        began, started = time.time(), time.monotonic()
        status, found, where, why = 0, {}, "", ""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.config["port"], timeout=30
                )
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
            status, where = answer.status, answer.headers.get("Location", "")
            found = dict(cookies_of(answer))
        except (OSError, http.client.HTTPException) as error:
            why = repr(error)
            self.connection = None
        line = {"at": began, "kind": kind, "status": status, "path": path, "why": why}
        line |= {"seconds": time.monotonic() - started, "bad": status not in EXPECTED}
        with self.lock:
            self.out.write(json.dumps(line) + "\n")
            self.out.flush()
        time.sleep(PAUSE_SECONDS)
        return status, found, where


def cookies_of(answer: http.client.HTTPResponse) -> Iterator[tuple[str, str]]:
    for line in answer.headers.get_all("Set-Cookie") or []:
        name, _, value = line.partition(";")[0].partition("=")
        yield name, value


def main(config: dict) -> None:
    lock = threading.Lock()
    with Path(config["out"]).open("w") as out:
        people = [
            threading.Thread(target=Person(config, number, out, lock).run)
            for number in range(config["people"])
        ]
        for one in people:
            one.start()
        for one in people:
            one.join()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
