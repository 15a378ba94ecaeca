"""Pages for when something is broken: no database, no cache, no context processor is asked.

They know only what the request already carries. Where not even the template can be drawn, a
few plain sentences are left.
"""

from collections.abc import Mapping

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from market.core.locales import SOURCE_LANGUAGE, language

logger = structlog.get_logger(__name__)


def failure_page(
    request: HttpRequest,
    template: str,
    *,
    status: int,
    headers: Mapping[str, str] | None = None,
    **words: object,
) -> HttpResponse:
    """`template` extends failure.html, and sees host, marketplace, request id and `words`."""
    host = getattr(request, "host", None)
    request_id = getattr(request, "request_id", "")
    context = {
        "host_key": host.key if host else "",
        "marketplace": host.marketplace if host else None,
        "request_id": request_id,
        "front": _front(host),
        "again": request.get_full_path() if request.method in ("GET", "HEAD") else "",
        **words,
    }
    try:
        body: str = render_to_string(template, context)
    except Exception as error:  # the page for failures must not be one
        logger.error("failure_page_failed", template=template, exc_info=error)
        body = _plain(status, request_id)
    response = HttpResponse(body, status=status, headers=dict(headers or {}))
    response.headers["Cache-Control"] = "no-store"
    return response


def _front(host: object) -> str:
    """The host's front page in the language of this one."""
    code = language()
    return f"/{code}/" if getattr(host, "has_languages", False) and code != SOURCE_LANGUAGE else "/"


def _plain(status: int, request_id: str) -> str:
    return format_html(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>{status}</title>'
        '<h1>{title}</h1><p>{words}</p><p><a href="/">{front}</a></p><p>{id}</p></html>',
        status=status,
        title=_("Something broke on our side"),
        words=_("Please try again in a moment. Nothing is charged twice."),
        front=_("To the front page"),
        id=request_id,
    )
