"""Print the first of COUNT neighbouring ports of 127.0.0.1 that nobody uses.

They lie below the range that the kernel gives to outgoing connections, so that none of these
takes a port between our look and the server's start.
"""

import random
import socket
import sys

LOWEST, HIGHEST = 20000, 32000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def first_free(count: int) -> int:
    for _ in range(200):
        first = random.randrange(LOWEST, HIGHEST - count)  # noqa: S311 (no secret)
        if all(is_free(port) for port in range(first, first + count)):
            return first
    sys.exit(f"found no {count} neighbouring free ports from {LOWEST} to {HIGHEST}")


if __name__ == "__main__":
    print(first_free(int(sys.argv[1])))
