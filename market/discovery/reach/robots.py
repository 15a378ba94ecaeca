"""robots.txt (RFC 9309) of each host."""

from django.conf import settings
from django.urls import reverse

from market.tenancy import hosts
from market.tenancy.hosts import Host

# Of a marketplace: what is for one person, or endless.
CLOSED = (
    "/cart/",
    "/corner/",
    "/items/*/buy/",
    "/sign-in/",
    "/search/?*q=",
    "/*?*after=",
    "/*?*before=",
    "/*?*reviews=",
)


# English has no prefix.
PREFIXES = ["" if code == settings.LANGUAGE_CODE else f"/{code}" for code, _ in settings.LANGUAGES]


def robots_of(host: Host) -> str:
    """A marketplace may be read; the files host shows its pictures; the rest is for people."""
    if host.marketplace is not None:
        sitemap = hosts.origin(host.key) + reverse("sitemap", urlconf=host.urlconf)
        return _rules(
            *(f"Disallow: {start}{one}" for start in PREFIXES for one in CLOSED),
            "",
            f"Sitemap: {sitemap}",
        )
    if host.key == "files":
        # Previews of links and search for pictures fetch them here.
        return _rules("Allow: /previews/", "Disallow: /")
    return _rules("Disallow: /")


def _rules(*lines: str) -> str:
    return "\n".join(("User-agent: *", *lines, ""))
