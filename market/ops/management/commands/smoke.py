import http.client
import platform
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.core import metrics
from market.tenancy import hosts

PAGE_SECONDS = 10
# `staff` sends strangers to sign in, `files` has no page of its own.
PAGES = {"account": ("/sign-in/", "200"), "staff": ("/", "302"), "files": ("/", "404")}


class Command(BaseCommand):
    help = "Asks one server, by address, for readiness and for a real page of every host."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--origin", default="http://127.0.0.1:8000")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="until it is ready"
        )

        parser.add_argument(
            "--announce", action="store_true", help="tell the dashboards that this release serves"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address = urlsplit(options["origin"]).netloc
        deadline = time.monotonic() + options["wait"]
        while (answer := ask(address, address, "/health/ready")) != "200":
            if time.monotonic() > deadline:
                raise CommandError(f"{address} is not ready: {answer}")
            time.sleep(0.5)
        broken = [
            f"{host.name}{path}: {answer}"
            for host in hosts.all_hosts()
            for path, expected in [PAGES.get(host.key, ("/", "200"))]
            if (answer := ask(address, host.name, path)) != expected
        ]
        if broken:
            raise CommandError("These pages fail:\n  " + "\n  ".join(broken))
        if options["announce"]:
            metrics.count("release.started")
            metrics.event("Release", f"{settings.REVISION} serves on {platform.node()}")
        self.stdout.write(f"{address} serves all {len(hosts.all_hosts())} hosts.")


def ask(address: str, host: str, path: str) -> str:
    """The status of a page as the load balancer would get it, or why there is none."""
    connection = http.client.HTTPConnection(address, timeout=PAGE_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
