"""How gunicorn serves the application; WEB_… of the environment sizes it for the host."""

import os
from pathlib import Path

from gunicorn import glogging

bind = f"{os.environ.get('WEB_ADDRESS', '0.0.0.0')}:{os.environ.get('WEB_PORT', '8000')}"  # noqa: S104  # behind a load balancer
workers = int(os.environ.get("WEB_WORKERS", str(2 * (os.cpu_count() or 1))))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))

# Above the load balancer's idle time-out of 60 s: it must be the one that closes.
keepalive = 75
# A worker that does not even beat for so long is killed; this bounds no single request.
timeout = 30
# After TERM, running requests get so long. The unit's TimeoutStopSec is above it.
graceful_timeout = 30

# Workers are renewed now and then, and not all in one moment.
max_requests = 2000
max_requests_jitter = 400
# Forked database connections would be shared, and HUP would not reload the code.
preload_app = False
# Beating on a disk can block for seconds.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


class Log(glogging.Logger):
    """Without the process' number: the settings spare each line the call that asks for it."""

    error_fmt = "%(asctime)s [%(levelname)s] %(message)s"


logger_class = Log
accesslog = None  # the application writes one line a request
errorlog = "-"
loglevel = "info"
control_socket_disable = True
