"""The application's own settings, read with an environment that touches nobody's data.

pytest reads settings before it reads conftest.py; what must stand in the environment, for
processes too that tests start, is therefore set here.
"""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("MARKET_ENV", "development")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="market-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("EMAIL_URL", "memorymail://")
# Playwright's synchronous interface keeps an event loop in the main thread, which Django takes for
# an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# Each process of a parallel run empties its cache after each test: each needs a cache of its own.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and os.environ.get("REDIS_URL"):
    _server, _, _database = os.environ["REDIS_URL"].rpartition("/")
    _number = int(_database or 0) + 1 + int(_worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{_server}/{_number}"

from script.lib import catalogue  # noqa: E402

catalogue.compile_all()  # where somebody runs pytest without script/test

from market.settings import *  # noqa: E402, F403

# A test process may leave its connection alone for longer than a web process does.
_options = DATABASES["default"].get("OPTIONS", {})  # noqa: F405
if "wait_timeout" in _options.get("init_command", ""):
    _options["init_command"] = _options["init_command"].replace(
        "wait_timeout=30", "wait_timeout=900"
    )
    _options["read_timeout"] = 120  # what a test fills in bulk
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405

# Argon2 is slow on purpose; a test that is about it says so with override_settings.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405
