"""A small shop of real processes that are killed at random while people buy in it."""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from market.tenancy import hosts

ROOT = Path(__file__).parents[2]
CSRF = "k" * 32
PK = "pk_test_stand_in"
# How long a buyer goes on pressing a button that gives no answer.
PATIENCE_SECONDS = 20


class Shop:
    """A web server of two processes and two workers, each of which may die at any moment."""

    def __init__(self, environment: dict[str, str], port: int, logs: Path) -> None:
        self.environment = environment
        self.port = port
        self.kills = {"web process": 0, "web server": 0, "worker": 0}
        self._log = (logs / "shop.log").open("ab")
        self._web = self._start_web()
        self._workers = [self._start_worker() for _ in range(2)]
        self._ends = threading.Event()
        self._killer: threading.Thread | None = None

    def kill_at_random(self, dice: random.Random, pause: tuple[float, float]) -> None:
        def kill() -> None:
            # Between two kills it is open for a moment, else nothing would happen at all.
            while not self._ends.wait(dice.uniform(*pause)):
                self._kill_one(dice)
                self.wait()

        self._killer = threading.Thread(target=kill)
        self._killer.start()

    def stop(self) -> None:
        self._ends.set()
        if self._killer is not None:
            self._killer.join()
        for one in (self._web, *self._workers):
            _kill(one)
        self._log.close()

    def wait(self) -> None:
        for _ in range(600):
            try:
                self.request("GET", "/health/live", {})
            except OSError:
                if self._ends.is_set():
                    return
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("The shop does not open.")

    def request(self, method: str, path: str, cookies: dict[str, str], form: object = None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Host": hosts.host("account").name,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrfmiddlewaretoken": CSRF, **form})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, answer.headers.get("Location", ""), text
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def _kill_one(self, dice: random.Random) -> None:
        what = dice.choice(["web process", "web process", "worker", "worker", "web server"])
        self.kills[what] += 1
        if what == "worker":
            number = dice.randrange(len(self._workers))
            _kill(self._workers[number])
            self._workers[number] = self._start_worker()
        elif what == "web server":
            _kill(self._web)
            self._web = self._start_web()
        elif children := _children(self._web.pid):
            os.kill(dice.choice(children), signal.SIGKILL)  # its master starts another

    def _start_web(self) -> subprocess.Popen:
        return self._start(
            "-m", "gunicorn", "market.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
            "--threads", "2", "--timeout", "30",
        )  # fmt: skip

    def _start_worker(self) -> subprocess.Popen:
        return self._start("manage.py", "work", "--lease-seconds", "4")

    def _start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )


@dataclass
class Buyer:
    """Goes on like a person: presses again when nothing comes, looks at the page, or leaves."""

    shop: Shop
    stripe_address: str
    cookies: dict[str, str]
    form: dict[str, str]
    dice: random.Random
    end: str = ""
    seen: list[int] = field(default_factory=list)

    def buy(self) -> None:
        self.cookies["csrf"] = CSRF
        where = self._press("/checkout/", self.form | {"pay": "yes"})
        for _ in range(20):
            if not where or "/pay/" in where:
                break
            # On the order's page: the payment service gave no answer.
            order = urlsplit(where).path
            time.sleep(0.2)
            where = self._press(f"{order}pay/", {})
        if not where or "/pay/" not in where:
            self.end = "gave up"
            return
        self._pay(urlsplit(where).path)

    def _press(self, path: str, form: dict[str, str]) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                status, where, _ = self.shop.request("POST", path, self.cookies, form)
            except OSError:
                time.sleep(0.2)
                continue
            self.seen.append(status)
            if status == 302:
                return where
            if status < 500:
                return ""
            time.sleep(0.2)
        return ""

    def _pay(self, path: str) -> None:
        if self.dice.random() < 0.05:
            self.end = "left"
            return
        page = self._open(path)
        secret, back = (re.search(rf'data-{name}="([^"]+)"', page) for name in ("secret", "return"))
        if not secret or not back:
            self.end = "gave up"
            return
        self._confirm(unescape(secret[1]))
        self.end = "paid"
        if self.dice.random() < 0.5:  # the others close their browser
            self._look(urlsplit(unescape(back[1])).path)

    def _open(self, path: str) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                status, _, page = self.shop.request("GET", path, self.cookies)
            except OSError:
                status = 0
            if status == 200:
                return page
            time.sleep(0.2)
        return ""

    def _look(self, path: str) -> None:
        with suppress(OSError):
            self.shop.request("GET", path, self.cookies)

    def _confirm(self, secret: str) -> None:
        """As Stripe's script does in the browser: declined first by one card in ten."""
        cards = ["pm_card_visa"]
        if self.dice.random() < 0.1:
            cards.insert(0, "pm_card_visa_chargeDeclined")
        ref = secret.partition("_secret_")[0]
        for card in cards:
            form = {"key": PK, "client_secret": secret, "payment_method": card}
            while True:
                target = urlsplit(self.stripe_address)
                connection = http.client.HTTPConnection(target.netloc, timeout=30)
                try:
                    connection.request(
                        "POST", f"/v1/payment_intents/{ref}/confirm", urlencode(form)
                    )
                    status = connection.getresponse().status
                except (OSError, http.client.HTTPException):
                    continue
                finally:
                    connection.close()
                if status < 500:
                    break


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(one) for one in path.read_text().split()]
    except OSError:
        return []


def _kill(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
