"""Every setting, read from the environment. Each default is safe in production.

`MARKET_ENV=development` is what `script/server` and `script/test` set: plain http, mail to the
console, files without a manifest. The domain's code never asks for it.
"""

import hashlib
import sys
from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from whitenoise.compress import Compressor

from market.core import logs
from market.core.addresses import (
    cache_settings,
    database_settings,
    page_cache_settings,
    storage_settings,
)
from market.core.db.roles import READER
from market.tenancy.names import host_names

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DEVELOPMENT = env.str("MARKET_ENV", default="production") == "development"

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# -- hosts -------------------------------------------------------------------------------------
# `themes.DOMAIN`, `account.DOMAIN` and so on, unless MARKET_HOSTS names others:
# "themes=themeshelf.example,code=codeshelf.example". Seven sites may have seven unrelated domains.
MARKET_DOMAIN = env.str("MARKET_DOMAIN", default="localhost")
MARKET_HOSTS = env.dict("MARKET_HOSTS", default={})
MARKET_SCHEME = env.str("MARKET_SCHEME", default="http" if DEVELOPMENT else "https")
MARKET_PORT = env.str("MARKET_PORT", default="")  # what browsers see; empty: the scheme's own
SITES_DIR = Path(env.str("SITES_DIR", default=str(BASE_DIR / "sites")))
SITE_SLUGS = sorted(path.parent.name for path in SITES_DIR.glob("*/site.toml"))
HOST_NAMES = host_names(domain=MARKET_DOMAIN, overrides=MARKET_HOSTS, slugs=SITE_SLUGS)
# Our own host middleware refuses (421) what is not in its table, before anything reads the host.
ALLOWED_HOSTS = ["*"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies append to X-Forwarded-For; 0 trusts none.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0 if DEVELOPMENT else 1)
SECURE = MARKET_SCHEME == "https"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "csp",
    "django_structlog",
    "django_tasks",
    "rest_framework",
    "drf_spectacular",
    "market.core",
    "market.jobs",
    "market.tenancy",
    "market.users",
    "market.items",
    "market.payments",
    "market.purchases",
    "market.discovery",
    "market.community",
    "market.api",
    "market.ops",
]

MIDDLEWARE = [
    "market.ops.middleware.HealthMiddleware",  # answers before host names are validated
    "market.ops.middleware.RequestLogMiddleware",
    "market.tenancy.middleware.HostMiddleware",
    "market.discovery.middleware.ViewCountMiddleware",
    "market.discovery.middleware.PageCacheMiddleware",  # pages are kept with all headers of below
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "market.ops.maintenance.MaintenanceMiddleware",
    "market.ops.readers.ReaderMiddleware",
    "market.core.middleware.FailureMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "market.urls.account"  # replaced for each request by the host's own
WSGI_APPLICATION = "market.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # sites/: fragments for the named slots, asked for by the tag site_slot alone.
        "DIRS": [BASE_DIR / "market" / "templates", SITES_DIR],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "market.tenancy.context_processors.tenancy",
            ],
        },
    },
]

# -- data --------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'market.sqlite3'}")
DATABASES = {"default": database_settings(DATABASE_URL)}
# A copy that public pages are read from (core.db.reader); empty: there is only one database.
DATABASE_READER_URL = env.str("DATABASE_READER_URL", default="")
if DATABASE_READER_URL:
    DATABASES[READER] = database_settings(DATABASE_READER_URL) | {"TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["market.core.db.reader.ReaderRouter"]
# For so long a reader may lag behind; who wrote, and what was purged, is read from the writer.
READER_CATCH_UP_SECONDS = env.int("READER_CATCH_UP_SECONDS", default=10)
WROTE_COOKIE_NAME = "__Host-wrote" if SECURE else "wrote"
# `app@%`: whom deploy/migrate gives its rights (core.db.grants). Only where migrations run.
APP_DATABASE_USER = env.str("APP_DATABASE_USER", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": cache_settings(REDIS_URL, folder=DATA_DIR / "cache"),
    "pages": page_cache_settings(REDIS_URL, folder=DATA_DIR / "pages"),
}
# Whole public pages: how many seconds one is fresh, or off. In development what is edited shows.
PAGE_CACHE = env.str("PAGE_CACHE", default="off" if DEVELOPMENT else "300")
PAGE_CACHE_SECONDS = 0 if PAGE_CACHE == "off" else int(PAGE_CACHE)
# Parts of pages are drawn once: each process keeps what all pages share, Redis keeps the cards.
KEEP_PARTS = env.bool("KEEP_PARTS", default=not DEVELOPMENT)
# For so long a process answers again without asking Redis: a purge is seen so much later.
PAGE_CACHE_MEMORY_SECONDS = env.float("PAGE_CACHE_MEMORY_SECONDS", default=1.0)
# How often a process writes down how often items were looked at; 0: nobody counts.
VIEW_COUNT_SECONDS = env.int("VIEW_COUNT_SECONDS", default=0 if DEVELOPMENT else 30)
# s3://KEY:SECRET@BUCKET?endpoint=URL&region=NAME (no KEY:SECRET@: the host's role), or a folder
STORAGE_URL = env.str("STORAGE_URL", default=f"file://{DATA_DIR / 'files'}")
# This host's search index: tantivy:///FOLDER, or off:// on a host that keeps none.
SEARCH_INDEX_URL = env.str("SEARCH_INDEX_URL", default=f"tantivy://{DATA_DIR / 'search'}")
# Where browsers fetch public previews; empty: the files host.
PREVIEWS_BASE_URL = env.str("PREVIEWS_BASE_URL", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_HANDLERS = ["market.core.uploads.NoFiles"]  # the one view that takes files has its own
FILE_UPLOAD_TEMP_DIR = env.str("UPLOAD_TEMP_DIR", default=None)

TASKS = {
    "default": {
        "BACKEND": "market.jobs.backend.DatabaseBackend",
        "QUEUES": ["default", "media", "search", "mail"],
    },
}

# (name, task, seconds): see market/jobs/schedule.py
JOBS_SCHEDULE = [
    ("tidy-users", "market.users.tasks.tidy", 3600),
    ("prune-uploads", "market.items.tasks.prune_uploads", 3600),
    ("sort-by-todays-prices", "market.items.tasks.sort_by_todays_prices", 60),
    ("expire-orders", "market.purchases.tasks.expire_orders", 60),
    ("recover-payments", "market.purchases.tasks.recover_payments", 60),
    ("sweep-payment-events", "market.payments.tasks.sweep_events", 900),
    ("reconcile-payments", "market.payments.tasks.reconcile", 24 * 3600),
    ("recover-refunds", "market.payments.tasks.recover_refunds", 300),
    ("run-payouts", "market.payments.tasks.run_payouts", 3600),
    ("move-overdue-refunds", "market.purchases.tasks.move_overdue_requests", 600),
    ("recheck-vat-ids", "market.purchases.tasks.recheck_vat_ids", 600),
    ("take-snapshots", "market.payments.tasks.take_snapshots", 3600),
    ("check-ledger", "market.payments.tasks.check_ledger", 24 * 3600),
    ("bill-authors", "market.payments.tasks.bill_authors", 3600),
    ("prune-carts", "market.purchases.tasks.prune_carts", 3600),
    ("report-numbers", "market.ops.tasks.report_numbers", 60),
    ("roll-up-views", "market.discovery.tasks.roll_up_views", 300),
    ("roll-up-sales", "market.discovery.tasks.roll_up_sales", 60),
    ("prune-changes", "market.discovery.tasks.prune_changes", 3600),
    ("publish-search-snapshot", "market.discovery.tasks.publish_search_snapshot", 6 * 3600),
]

# -- payments ----------------------------------------------------------------------------------
# In production it must be said: a forgotten setting must not give goods away for sandbox money.
PAYMENTS_URL = env.str("PAYMENTS_URL", default="sandbox://" if DEVELOPMENT else env.NOTSET)
# The sandbox signs its own reports; a secret that stands here would be everybody's.
PAYMENTS_WEBHOOK_SECRET = env.str(
    "PAYMENTS_WEBHOOK_SECRET",
    default=hashlib.sha256(f"webhooks:{SECRET_KEY}".encode()).hexdigest(),
)
# Where the sandbox gateway reaches this application to report a payment.
SANDBOX_WEBHOOK_ADDRESS = env.str("SANDBOX_WEBHOOK_ADDRESS", default="http://127.0.0.1:8000")
# The member state that taxes us (ISO 3166-1), or another country for a seller outside the EU.
SELLER_COUNTRY = env.str("SELLER_COUNTRY", default="DE")
# Marketplaces whose authors answer a request for money back first; the others' go to staff.
REFUNDS_TO_AUTHOR_FIRST = env.list("REFUNDS_TO_AUTHOR_FIRST", default=["themes", "code"])
REFUND_ANSWER_DAYS = env.int("REFUND_ANSWER_DAYS", default=14)
REFUND_DISPUTE_DAYS = env.int("REFUND_DISPUTE_DAYS", default=30)
# stripe://: docs/operators/payments.md. Objects and reports of the other mode are refused.
STRIPE_LIVE = env.bool("STRIPE_LIVE", default=False)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])  # two while one is replaced
STRIPE_API_VERSION = env.str("STRIPE_API_VERSION", default="2026-10-28.endive")
STRIPE_API_ADDRESS = env.str("STRIPE_API_ADDRESS", default="https://api.stripe.com")
STRIPE_SCRIPT_ADDRESS = env.str(
    "STRIPE_SCRIPT_ADDRESS", default="https://js.stripe.com/endive/stripe.js"
)
# Payouts: what is sold clears after so many days; cut off and paid on these days of each month.
EARNINGS_CLEAR_DAYS = env.int("EARNINGS_CLEAR_DAYS", default=30)
PAYOUT_CUT_OFF_DAY = env.int("PAYOUT_CUT_OFF_DAY", default=8)
PAYOUT_PAY_DAY = env.int("PAYOUT_PAY_DAY", default=15)
PAYOUT_THRESHOLD_CENTS = {
    "connect": env.int("PAYOUT_THRESHOLD_CONNECT_CENTS", default=5000),
    "bank": env.int("PAYOUT_THRESHOLD_BANK_CENTS", default=50000),
}
PAYOUT_BANK_FEE_CENTS = env.int("PAYOUT_BANK_FEE_CENTS", default=2500)
PAYOUT_CHANGE_HOLD_DAYS = env.int("PAYOUT_CHANGE_HOLD_DAYS", default=7)
# The EU's register of VAT numbers.
VIES_URL = env.str(
    "VIES_URL",
    default="https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number",
)
# What the content delivery network says about the browser's place; a guess, and kept as evidence.
COUNTRY_HEADER = env.str("COUNTRY_HEADER", default="CloudFront-Viewer-Country")
ORDER_EXPIRY_SECONDS = env.int("ORDER_EXPIRY_SECONDS", default=60 * 60)

# -- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "users:sign_in"
LOGIN_REDIRECT_URL = "users:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "market.users.allauth_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = MARKET_SCHEME
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_SESSION_REMEMBER = True
# allauth's own limits refuse everybody while Redis is away; ours (users.limits) go on counting.
ACCOUNT_RATE_LIMITS = False
# How often, in how many seconds.
LIMITS = {
    "sign_in_address": env.str("LIMIT_SIGN_IN", default="30/60"),
    "failed_sign_in_address": env.str("LIMIT_FAILED_SIGN_IN", default="10/60"),
    "failed_sign_in_email": "5/300",
    "sign_up_address": env.str("LIMIT_SIGN_UP", default="20/60"),
    "password_reset_address": env.str("LIMIT_PASSWORD_RESET", default="20/60"),
    "password_change_user": "5/60",
    "mail_to_email": "5/600",
    "document_pdf_user": "60/60",
    "guest_address": env.str("LIMIT_GUESTS", default="20/3600"),
    "guest_email": "5/3600",
}
PASSWORD_RESET_TIMEOUT = 3 * 3600

SESSION_ENGINE = "market.users.sessions"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "market.core.views.csrf_failure"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# -- mail --------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="consolemail://" if DEVELOPMENT else "smtp://localhost:25")
vars().update(env.email_url("EMAIL_URL", default=EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Seven Shelves <post@{MARKET_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who we are, for the foot of each mail and for the terms, privacy and contact pages.
OPERATOR_NAME = env.str("OPERATOR_NAME", default="Seven Shelves")
OPERATOR_ADDRESS = env.str("OPERATOR_ADDRESS", default="")
OPERATOR_VAT_ID = env.str("OPERATOR_VAT_ID", default="")  # stands on invoices
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default=parseaddr(DEFAULT_FROM_EMAIL)[1])

# -- words and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "market" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# -- pages -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
_STATIC_FOLDERS = {
    "": BASE_DIR / "market" / "static",
    "sites": SITES_DIR,
    "fonts": BASE_DIR / "node_modules" / ".fonts",  # cut by script/lib/cut_fonts.py
}
NODE_MODULES = BASE_DIR / "node_modules"
PACKAGE_FILES = (
    "@google/model-viewer/dist/model-viewer.min.js",
    "htmx.org/dist/htmx.esm.js",
    "photoswipe/dist/photoswipe.css",
    "photoswipe/dist/photoswipe.esm.min.js",
)
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "market.core.static_files.PackageFinder",
]
STATICFILES_DIRS = [
    (prefix, folder) for prefix, folder in _STATIC_FOLDERS.items() if folder.is_dir()
]
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = DEVELOPMENT
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "avif")
STORAGES = {
    "default": storage_settings(STORAGE_URL),  # spoken to by core.storage alone
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "market.core.static_files.StaticFiles"
    },
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "market.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "NUM_PROXIES": TRUSTED_PROXIES,
    # A token's, or without one an address's.
    "DEFAULT_THROTTLE_RATES": {"client": env.str("LIMIT_API", default="240/min")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Seven Shelves API",
    "DESCRIPTION": (
        "The catalogue of seven marketplaces, your purchases and your sales. Send a personal token "
        "as `Authorization: Bearer TOKEN`; make one on your account's page."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "PREPROCESSING_HOOKS": ["market.api.schema.plain_paths"],
    "TAGS": [
        {"name": "Catalogue", "description": "Public; a token only raises the limit."},
        {"name": "Your account", "description": "With a token of yours that has the scope."},
        {
            "name": "For existing clients",
            "description": "Clients of other marketplaces work with another base address alone.",
        },
    ],
}

# -- health ------------------------------------------------------------------------------------
# While this file exists the host is not ready: the load balancer takes it out before a stop.
DRAIN_FILE = env.str(
    "DRAIN_FILE", default=str(DATA_DIR / "drain") if DEVELOPMENT else "/run/market/drain"
)
# While MAINTENANCE is on, or this file exists, pages and API answer 503; health checks go on. The
# file may hold the number of minutes that it will take.
MAINTENANCE = env.bool("MAINTENANCE", default=False)
MAINTENANCE_FILE = env.str(
    "MAINTENANCE_FILE",
    default=str(DATA_DIR / "maintenance") if DEVELOPMENT else "/etc/market/maintenance",
)
READY_FREE_DISK_PERCENT = env.float("READY_FREE_DISK_PERCENT", default=1 if DEVELOPMENT else 10)
READY_WRITABLE_FOLDERS = [DATA_DIR] if DEVELOPMENT else []
# Shows /health/status to who sends it as X-Status-Token; our own networks need none.
STATUS_TOKEN = env.str("STATUS_TOKEN", default="")

# -- logs --------------------------------------------------------------------------------------
_REVISION_FILE = BASE_DIR / "REVISION"  # deploy/bundle writes it
REVISION = env.str(
    "MARKET_REVISION",
    default=_REVISION_FILE.read_text().strip() if _REVISION_FILE.exists() else "development",
)
STATSD_HOST = env.str("STATSD_HOST", default="")  # empty: no metrics are sent
STATSD_PORT = env.int("STATSD_PORT", default=8125)
# Unexpected errors are told to this address (core.error_reports); empty: to nobody but the log.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if "pytest" in sys.modules else "INFO")
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = logs.configured(level=LOG_LEVEL, is_development=DEVELOPMENT)

# -- what pages may load ------------------------------------------------------------------------
_PORT = f":{MARKET_PORT}" if MARKET_PORT else ""
_ORIGINS = {key: f"{MARKET_SCHEME}://{name}{_PORT}" for key, name in HOST_NAMES.items()}
_PREVIEWS = [_ORIGINS["files"], *([PREVIEWS_BASE_URL] if PREVIEWS_BASE_URL else [])]
# Forms post to their own host; Chromium also checks where a posted form is redirected to.
_FORM_TARGETS = [origin for key, origin in _ORIGINS.items() if key not in ("api", "files")]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_PREVIEWS],
        "media-src": [SELF, "blob:", *_PREVIEWS],
        "connect-src": [SELF, "blob:", *_PREVIEWS],
        "frame-src": [SELF, *_PREVIEWS],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *_FORM_TARGETS],
        "frame-ancestors": [NONE],
    },
}
