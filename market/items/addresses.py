"""Where browsers fetch public previews."""

from django.conf import settings
from django.urls import reverse

from market.items.models import ItemPreview
from market.tenancy import hosts


def preview_url(key: str) -> str:
    """Absolute; `key` is a public storage key (`previews/…`)."""
    if settings.PREVIEWS_BASE_URL:
        return f"{settings.PREVIEWS_BASE_URL.rstrip('/')}/{key}"
    files = hosts.host("files")
    path = reverse(
        "items:preview", urlconf=files.urlconf, kwargs={"key": key.removeprefix("previews/")}
    )
    return hosts.origin("files") + path


def live_url(preview: ItemPreview) -> str:
    """The index page of an unpacked live preview; always on the files host, in its sandbox."""
    files = hosts.host("files")
    key = preview.key.removeprefix("previews/live/") + str(preview.facts.get("index", ""))
    return hosts.origin("files") + reverse("items:live", urlconf=files.urlconf, kwargs={"key": key})
