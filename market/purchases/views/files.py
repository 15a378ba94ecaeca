"""The files host's end of a download. No cookie, no session: the signed word is all there is."""

import re
from collections.abc import Iterator
from typing import IO

import structlog
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from market.core import storage
from market.items.models import ItemFile
from market.purchases.errors import DownloadRefused
from market.purchases.services import downloads
from market.tenancy.http import HostRequest

logger = structlog.get_logger(__name__)
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
CHUNK_BYTES = 64 * 1024


@require_safe
def file(request: HostRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """Redirect to the store, or from a folder send the bytes."""
    try:
        found = downloads.open_download(token=token)
    except DownloadRefused as refusal:
        return render(request, "purchases/download_refused.html", {"refusal": refusal}, status=404)
    address = storage.signed_url(found.key, filename=found.name, seconds=downloads.STORE_SECONDS)
    if address is not None:
        response: HttpResponse | StreamingHttpResponse = HttpResponseRedirect(address)
    else:
        response = _send(request, found)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _send(request: HostRequest, found: ItemFile) -> HttpResponse | StreamingHttpResponse:
    # Not for the gzip middleware: ranges and the length count the bytes as they are.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        stored = storage.open_file(found.key)
    except FileNotFoundError:
        logger.exception("product_file_missing", file=found.pk, key=found.key)
        return render(request, "purchases/download_refused.html", status=503)
    span = _span(request, found)
    if span is None:
        response: StreamingHttpResponse = FileResponse(stored)
    else:
        first, last = span
        if first > last:
            stored.close()
            size = {"Content-Range": f"bytes */{found.bytes}"}
            return HttpResponse(status=416, headers=size)
        response = StreamingHttpResponse(_part(stored, first, last), status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{found.bytes}"
        response["Content-Length"] = str(last - first + 1)
    response["Content-Type"] = "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = _etag(found)
    return response


def _span(request: HostRequest, found: ItemFile) -> tuple[int, int] | None:
    """(first, last) byte of a simple range; None for the whole file.

    Several ranges, or a range of another version of the file (If-Range), get the whole: RFC 9110
    allows that. An empty span (first > last) is one that the file does not have.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", _etag(found)) != _etag(found):
        return None
    start, end = asked.groups()
    if not start:  # the last so many bytes
        return max(found.bytes - int(end), 0), found.bytes - 1 if int(end) else -1
    last = min(int(end), found.bytes - 1) if end else found.bytes - 1
    if end and int(end) < int(start):
        return None  # not a range at all
    return int(start), last


def _part(stored: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with stored:
        stored.seek(first)
        left = last - first + 1
        while left and (chunk := stored.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk


def _etag(found: ItemFile) -> str:
    return f'"{found.sha256}"'
