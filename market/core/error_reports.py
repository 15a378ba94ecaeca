"""Errors that nobody expected, told to Sentry where SENTRY_DSN is set and its SDK is installed.

What is told is our code's: kinds of errors, files, functions, lines, and a few tags that lead to
the lines in the log. Nothing of the SDK watches requests, logs or statements by itself, and of what
it would add only ALLOWED is sent: never a request, a variable, a breadcrumb or a person. What an
error says is left out too, since it may quote what somebody typed; the log of this host has it,
under the same `request_id`.
"""

import importlib
from functools import cache
from typing import Any

import structlog
from django.conf import settings

from market.core.db.errors import error_number

ALLOWED = frozenset(
    {
        *("event_id", "timestamp", "platform", "level", "sdk"),
        *("release", "environment", "server_name", "exception", "tags"),
    }
)
# Of what the log knows while an error happens.
TAGS = ("request_id", "trace_id", "job", "task", "attempt", "user")
log = structlog.get_logger(__name__)


def start() -> None:
    """As the process starts: a wrong SENTRY_DSN ends it there, not in the midst of an error."""
    _sentry()


def report(error: BaseException, **tags: str) -> None:
    """Never waits: a thread of the SDK sends it, and drops it where nobody answers."""
    sentry = _sentry()
    if sentry is None:
        return
    bound = structlog.contextvars.get_contextvars()
    known = {name: str(bound[name]) for name in TAGS if name in bound}
    number = error_number(error)
    if number is not None:
        known["error_number"] = str(number)
    with sentry.new_scope() as scope:
        scope.set_tags(known | tags)
        scope.capture_exception(error)


@cache
def _sentry() -> Any:
    """The SDK's module, or None. Any: where it is not installed it has no types."""
    if not settings.SENTRY_DSN:
        return None
    try:
        sdk = importlib.import_module("sentry_sdk")
    except ImportError:
        log.warning("sentry_is_not_installed")
        return None
    sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        release=settings.REVISION,
        before_send=scrubbed,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        shutdown_timeout=0,
    )
    return sdk


def scrubbed(event: dict[str, Any], _hint: object) -> dict[str, Any]:
    """Only what is allowed, and of each error only its kind and its place."""
    kept = {name: value for name, value in event.items() if name in ALLOWED}
    for one in kept.get("exception", {}).get("values", []):
        one["value"] = ""
        one.pop("mechanism", None)
        for frame in one.get("stacktrace", {}).get("frames", []):
            frame.pop("vars", None)
    return kept
