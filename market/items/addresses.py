"""Where browsers fetch public previews."""

from django.conf import settings
from django.urls import reverse

from market.tenancy import hosts


def preview_url(key: str) -> str:
    """Absolute; `key` is a public storage key (`previews/…`)."""
    if settings.PREVIEWS_BASE_URL:
        return f"{settings.PREVIEWS_BASE_URL.rstrip('/')}/{key}"
    files = hosts.host("files")
    path = reverse("items:preview", urlconf=files.urlconf, kwargs={"key": key.removeprefix("previews/")})
    return hosts.origin("files") + path
