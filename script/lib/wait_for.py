"""Wait until something answers: wait_for.py ADDRESS SECONDS [PID ...].

ADDRESS is HOST:PORT (accepts connections) or an http URL (answers with a status below 400). Ends
with 1 when the time is over, or at once when one of the processes is gone.
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request


def answers(address: str) -> bool:
    try:
        if address.startswith("http://"):
            # No proxy of the environment stands between us and our own server.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            opener.open(address, timeout=5).close()
        else:
            host, port = address.rsplit(":", 1)
            socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, urllib.error.HTTPError):
        return False
    return True


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main(address: str, seconds: str, *pids: str) -> int:
    end = time.monotonic() + float(seconds)
    while not answers(address):
        if time.monotonic() > end or not all(is_running(int(pid)) for pid in pids):
            return 1
        time.sleep(0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
