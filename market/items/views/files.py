"""Public previews and live previews on `files.`: strangers' bytes, no cookies, nothing else."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from market.core import storage
from market.items.making.archives import LIVE_TYPES
from market.tenancy import hosts
from market.tenancy.definitions import format_of

FOR_EVER = "public, max-age=31536000, immutable"  # a key is never used for other bytes
KEY = re.compile(r"[^/\\\0]+(/[^/\\\0]+)*")
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
MAX_PART_BYTES = 255  # no store has longer names
PARTIAL, UNSATISFIABLE = 206, 416
PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
TEXTS = ("text/", "application/json", "image/svg")
SERVICE_HOSTS = ("api", "files")
PREVIEW_TYPES = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "glb": "model/gltf-binary",
    "json": "application/json",
}


@csrf_exempt
@require_safe
def preview(request: HttpRequest, key: str) -> HttpResponseBase:
    """A preview by its storage key below `previews/`; a single range is answered with 206."""
    content_type = PREVIEW_TYPES.get(format_of(key))
    if content_type is None or key.startswith("live/"):
        raise Http404
    response = _serve(request, f"previews/{key}", content_type)
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _public(response)


@csrf_exempt
@require_safe
def live(request: HttpRequest, key: str) -> HttpResponseBase:
    """A file of an unpacked live preview: its scripts run in a sandbox without an origin."""
    content_type = LIVE_TYPES.get(format_of(key))
    if content_type is None:
        raise Http404
    response = _serve(request, f"previews/live/{key}", content_type)
    response.headers["Content-Security-Policy"] = live_policy()
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
    )
    # Our pages frame it; the policy names which.
    response.xframe_options_exempt = True  # type: ignore[attr-defined]  # Django's middleware
    return _public(response)


def live_policy() -> str:
    """Only files of this host, no requests elsewhere, framed by our marketplaces alone.

    The sandbox gives the page an opaque origin: `'self'` would match nothing, so the host is
    named. Old pages write scripts and styles inline; in the sandbox that harms nobody.
    """
    files = hosts.origin("files")
    framers = " ".join(
        hosts.origin(host.key) for host in hosts.all_hosts() if host.key not in SERVICE_HOSTS
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {files} 'unsafe-inline' 'unsafe-eval'",
            f"style-src {files} 'unsafe-inline'",
            f"img-src {files} data: blob:",
            f"font-src {files} data:",
            f"media-src {files} data: blob:",
            f"connect-src {files} data:",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {framers}",
            "sandbox allow-scripts",
        )
    )


def _public(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Viewers on our pages fetch models and sounds; nothing here is anybody's own.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _serve(request: HttpRequest, key: str, content_type: str) -> HttpResponseBase:
    parts = key.split("/")
    too_long = any(len(part.encode()) > MAX_PART_BYTES for part in parts)
    if not KEY.fullmatch(key) or ".." in parts or "." in parts or too_long:
        raise Http404
    try:
        file = storage.open_file(key)
        size = file.seek(0, 2)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404 from error
    wanted = _range(request.headers.get("Range", ""), size)
    if wanted is not None or not content_type.startswith(TEXTS):
        # Packed already, and a range counts the bytes as they are: not for the gzip middleware.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
    if request.method == "HEAD":
        file.close()
        told = HttpResponse(content_type=content_type)
        told.headers["Content-Length"] = str(size)
        return told
    if wanted is not None:
        return _part(file, *wanted, size=size, content_type=content_type)
    file.seek(0)
    response = FileResponse(file, content_type=content_type)
    response.headers["Content-Length"] = str(size)
    return response


def _part(
    file: IO[bytes], start: int, end: int, *, size: int, content_type: str
) -> HttpResponseBase:
    if start >= size:
        file.close()
        refused = HttpResponse(status=UNSATISFIABLE, content_type="text/plain")
        refused.headers["Content-Range"] = f"bytes */{size}"
        return refused
    part = StreamingHttpResponse(
        _pieces(file, start, end), status=PARTIAL, content_type=content_type
    )
    part.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    part.headers["Content-Length"] = str(end - start + 1)
    return part


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range (RFC 9110, 14.2); None: answer with the whole.

    A start beyond the end stays as it is: it cannot be satisfied.
    """
    found = RANGE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        length = int(last)
        return (max(0, size - length), size - 1) if length else (size, size)
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if last and int(last) < start:
        return None
    return start, end


def _pieces(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (piece := file.read(min(left, storage.CHUNK_BYTES))):
            left -= len(piece)
            yield piece
