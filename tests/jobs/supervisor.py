"""Starts a worker again whenever it is killed, as systemd does: `supervisor.py LEASE_SECONDS`.

Forks, so that a restart costs no start of Python. Ends when a worker ends by itself.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from market.jobs.worker import Worker  # noqa: E402  # needs the settings


def run_worker(lease_seconds: float) -> None:
    queues = ["default", "mail"]
    Worker(queues=queues, with_schedule=False, lease_seconds=lease_seconds).run()


def main() -> None:
    while True:
        child = os.fork()
        if child == 0:
            run_worker(float(sys.argv[1]))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return


main()
