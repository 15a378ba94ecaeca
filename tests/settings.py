"""The application's own settings, read with an environment that touches nobody's data.

pytest reads settings before it reads conftest.py; what must stand in the environment, for
processes too that tests start, is therefore set here.
"""

import os
import tempfile

os.environ.setdefault("MARKET_ENV", "development")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="market-tests-"))
os.environ.setdefault("EMAIL_URL", "memorymail://")

from market.settings import *  # noqa: F403
