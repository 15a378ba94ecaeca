"""Where browsers fetch public previews."""

from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse

from market.items.models import ItemPreview
from market.tenancy import hosts

_SAFE = "!$&'()*+,;=/~:@"  # as in paths that Django reverses


def preview_url(key: str) -> str:
    """Absolute; `key` is a public storage key (`previews/…`)."""
    if settings.PREVIEWS_BASE_URL:
        return f"{settings.PREVIEWS_BASE_URL.rstrip('/')}/{key}"
    path = quote(key.removeprefix("previews/"), safe=_SAFE)
    return hosts.origin("files") + _previews_path(hosts.host("files").urlconf) + path


@cache
def _previews_path(urlconf: str) -> str:
    """Before the key. A page has dozens of previews, and to reverse each takes 40 µs."""
    path = reverse("items:preview", urlconf=urlconf, kwargs={"key": "any"})
    return path.removesuffix("any")


def live_url(preview: ItemPreview) -> str:
    """The index page of an unpacked live preview; always on the files host, in its sandbox."""
    files = hosts.host("files")
    key = preview.key.removeprefix("previews/live/") + str(preview.facts.get("index", ""))
    return hosts.origin("files") + reverse("items:live", urlconf=files.urlconf, kwargs={"key": key})
