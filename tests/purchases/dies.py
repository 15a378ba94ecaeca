"""A process that pays and is killed at one point: python -m tests.purchases.dies POINT KEY."""

import os
import signal
import sys
from uuid import UUID

import django

django.setup()

from market.payments import ledger  # noqa: E402  # Django first
from market.payments.services import payments as services  # noqa: E402
from market.purchases.models import Order  # noqa: E402
from market.purchases.services import checkout, fulfilment, recovery  # noqa: E402


def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def after(function):
    def run(**given):
        function(**given)
        die()

    return run


def main(point: str, key: str) -> None:
    order = Order.objects.get(key=UUID(key))
    match point:
        case "gateway has made the payment":
            services._keep = die
            checkout.request_payment(order=order, return_url="http://account.localhost/")
        case "gateway has said succeeded":
            services._keep = die
        case "success is noted":
            fulfilment.complete_order = die
        case "all is booked but not committed":
            ledger.book_sales = after(ledger.book_sales)
        case "all is committed":
            services.mark_settled = die
        case "never":  # the caller kills it
            sys.stdout.write("begins\n")
            sys.stdout.flush()
    recovery.refresh_order(order=order)


if __name__ == "__main__":
    main(*sys.argv[1:])
