"""The marketplaces, and beside them what `benchmarks/page_cache` compares their pages with.

Under /bare/ the least that Django can do: no middleware, one address, one read from Redis.
"""

import os
import time
from unittest.mock import patch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.settings")
import django

django.setup(set_prefix=False)

# Imported when there are settings.
from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def bare(request: HttpRequest, name: str) -> HttpResponse:
    body = caches["pages"].get(f"bare:{name}")
    return HttpResponse(
        body,
        content_type="text/html; charset=utf-8",
        headers={"Content-Encoding": "br", "Content-Length": str(len(body))},
    )


def used(request: HttpRequest) -> HttpResponse:
    """Processor time of this process so far, in seconds."""
    return HttpResponse(str(time.process_time()))


urlpatterns = [path("bare/used", used), path("bare/<str:name>", bare)]


class BareRequest(WSGIRequest):
    urlconf = __name__


class BareHandler(WSGIHandler):
    request_class = BareRequest

    def load_middleware(self, is_async: bool = False) -> None:
        with patch.object(settings, "MIDDLEWARE", []):
            super().load_middleware(is_async)


_site, _bare = WSGIHandler(), BareHandler()


def application(environ, start_response):
    handler = _bare if environ["PATH_INFO"].startswith("/bare/") else _site
    return handler(environ, start_response)
