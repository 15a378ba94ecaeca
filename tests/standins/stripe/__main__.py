"""The stand-in as a service, for who tries cards without an account at Stripe (docker-compose.yml).

    python -m tests.standins.stripe --listen 0.0.0.0:12111 --report-to http://app:8000/… --host NAME

It forgets everything when it ends, and takes no money.
"""

import argparse
import signal
import sys
import threading

from tests.standins.stripe.server import StandIn
from tests.standins.stripe.webhooks import Delivery


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.standins.stripe")
    parser.add_argument("--listen", default="127.0.0.1:12111", metavar="ADDRESS:PORT")
    parser.add_argument("--report-to", default="", metavar="URL", help="where webhooks go")
    parser.add_argument("--host", default="", help="the host name that webhooks ask for")
    parser.add_argument("--secret", default="whsec_stand_in", help="what webhooks are signed with")
    said = parser.parse_args()
    address, _, port = said.listen.rpartition(":")
    stand_in = StandIn((address, int(port)))
    # To people, not to a test: what the application did not take comes again, a while later.
    stand_in.postman.delivery = Delivery(
        url=said.report_to, host=said.host, secret=said.secret, retry_seconds=5.0
    )
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    stand_in.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
