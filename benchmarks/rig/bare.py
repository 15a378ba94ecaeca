"""The least that Django can do, for comparison: no middleware, no session, no rule.

`/kept/…` answers bytes from Redis; `/row/ID/` selects a row by its primary key and renders a small
template. Run by the same gunicorn settings; addresses come from BARE_DATABASE and BARE_REDIS.
"""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.rig.servers import BARE_KEY
from market.core.addresses import database_settings

TEMPLATE = """<!doctype html><html lang="en"><head><title>{{ row.name }}</title></head><body>
<h1>{{ row.name }}</h1><p>{{ row.summary }}</p>
<ul>{% for one in facts %}<li>{{ one.0 }}: {{ one.1 }}</li>{% endfor %}</ul></body></html>"""

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={
            "default": database_settings(os.environ["BARE_DATABASE"])
            # A connection that is kept, and no question before each request whether it lives.
            | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[],
        MIDDLEWARE=[],
        ROOT_URLCONF=__name__,
        SECRET_KEY="bare",  # noqa: S106  # signs nothing
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [("django.template.loaders.locmem.Loader", {"row.html": TEMPLATE})],
                        )
                    ]
                },
            }
        ],
        USE_TZ=True,
    )
    django.setup()

import redis  # noqa: E402  # Django first
from django.db import models  # noqa: E402
from django.shortcuts import render  # noqa: E402

kept_bytes = redis.Redis.from_url(os.environ["BARE_REDIS"])


class Row(models.Model):
    """An item's row, as much of it as the template shows."""

    name = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)
    status = models.CharField(max_length=16)
    site_id = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "bare"
        db_table = "items_item"
        managed = False

    def __str__(self) -> str:
        return self.name


def kept(request: HttpRequest, name: str) -> HttpResponse:
    body = kept_bytes.get(BARE_KEY + name)
    return HttpResponse(body, headers={"Content-Encoding": "gzip"})


def row(request: HttpRequest, row_id: int) -> HttpResponse:
    found = Row.objects.get(pk=row_id)
    facts = [("status", found.status), ("site", found.site_id)]
    return render(request, "row.html", {"row": found, "facts": facts})


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bare")


urlpatterns = [
    path("", nothing),
    path("kept/<path:name>", kept),
    path("row/<int:row_id>/", row),
]
application = WSGIHandler()
