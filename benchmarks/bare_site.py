"""The marketplaces, and beside them what `benchmarks/page_cache` compares their pages with.

Under /bare/ the least that Django can do: no middleware, one address, one read from Redis.
"""

import os
from unittest.mock import patch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.settings")
import django

django.setup(set_prefix=False)

from django.conf import settings
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest, name: str) -> HttpResponse:
    body = caches["pages"].get(f"bare:{name}")
    return HttpResponse(
        body,
        content_type="text/html; charset=utf-8",
        headers={"Content-Encoding": "br", "Content-Length": str(len(body))},
    )


urlpatterns = [path("bare/<str:name>", bare)]


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
