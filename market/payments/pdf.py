"""HTML of ours as PDF. The only module that knows WeasyPrint.

It may fetch nothing but our own face from this host's disk: names on a document come from people,
and must not make the server ask for any address.
"""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# WeasyPrint turns this on for the whole process; a picture that is cut off is no upload of ours.
ImageFile.LOAD_TRUNCATED_IMAGES = False

_FACES = ("inter.woff2", "inter-more.woff2")
_SHEETS = ("papers.css", "papers-print.css")


def write_pdf(html: str) -> bytes:
    fonts, offline = FontConfiguration(), Offline()
    sheets = [CSS(string=_sheet(name), font_config=fonts, url_fetcher=offline) for name in _SHEETS]
    page = HTML(string=html, url_fetcher=offline)
    pdf: bytes = page.write_pdf(stylesheets=sheets, font_config=fonts)
    return pdf


class Offline(URLFetcher):  # type: ignore[misc]  # WeasyPrint is not typed
    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.rpartition("/")[2]
        if url != f"face:///{name}" or name not in _FACES:
            raise ValueError(f"Documents fetch nothing: {url}")
        face = settings.NODE_MODULES / ".fonts" / name
        return URLFetcherResponse(url, face.read_bytes(), {"Content-Type": "font/woff2"})


@cache
def _sheet(name: str) -> str:
    """A style sheet of ours, wherever this installation keeps static files."""
    found = finders.find(f"css/{name}")
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")
