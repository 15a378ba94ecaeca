"""A process that numbers documents as fast as it can: python -m tests.payments.numberer KIND."""

import sys

import django

django.setup()

from market.payments.services import documents  # noqa: E402  # Django first


def main(kind: str) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # until all are ready
    sys.stdout.write(f"{documents.number_documents(kind=kind)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
