"""The visitor's language is the first part of the path: `/de/…`. English has none.

An address means one language to everybody: no cookie and no header is asked, so that whatever
keeps pages by address keeps them by language too.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from market.core.locales import SOURCE_LANGUAGE, language

CODES = frozenset(code for code, _ in settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """`name` is in the language itself; `address` is this page in it."""

    code: str
    name: str
    address: str
    is_current: bool


def home_path() -> str:
    """Where a host's own pages begin in the active language: `/`, `/de/`."""
    return _prefix(language())


def language_of(path: str) -> str:
    """The language that a path is in: `/de/cart/` → `de`, all that names none → English."""
    first = path.lstrip("/").split("/", 1)[0]
    return first if first in CODES else SOURCE_LANGUAGE


def plain_path(path: str) -> str:
    """Without its language: `/de/cart/` → `/cart/`, never one that a browser takes for a host."""
    first, _, rest = path.lstrip("/").partition("/")
    return "/" + (rest.lstrip("/") if first in CODES else path.lstrip("/"))


def path_in(code: str, path: str) -> str:
    """The same page in another language."""
    return _prefix(code) + plain_path(path)[1:]


def choices(request: HttpRequest) -> list[LanguageChoice]:
    """The same page in each language, its query kept.

    What was posted has no address of its own: then it is the page that the form stood on.
    """
    address = _address(request)
    return [
        LanguageChoice(code, name, path_in(code, address), code == language())
        for code, name in settings.LANGUAGES
    ]


def _address(request: HttpRequest) -> str:
    if request.resolver_match is None:
        return "/"  # no page in any language
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    origin = f"{request.scheme}://{request.get_host()}/"
    before = request.headers.get("Referer", "")
    return before.removeprefix(origin[:-1]) if before.startswith(origin) else "/"


def _prefix(code: str) -> str:
    return "/" if code == SOURCE_LANGUAGE else f"/{code}/"


def direction() -> str:
    return "rtl" if translation.get_language_bidi() else "ltr"
