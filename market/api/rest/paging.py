"""Keyset pages: `{"results": […], "next_cursor": word or null}`."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from market.core.pagination import BadCursor, decode_cursor, encode_cursor
from market.purchases.models import Purchase

DEFAULT_SIZE, MOST = 30, 100
BAD_CURSOR = "The cursor is not one that this API gave."
CURSOR = OpenApiParameter("cursor", str, description="`next_cursor` of the page before.")
PAGE_SIZE = OpenApiParameter(
    "page_size", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_SIZE}
)


def page_size(request: Request) -> int:
    """The query's `page_size`, 1 to 100. Raises ValidationError (400)."""
    text = request.query_params.get("page_size", "").strip()
    if not text:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise ValidationError(f"page_size is a number from 1 to {MOST}.")
    return int(text)


def cursor_id(request: Request) -> int | None:
    """The id that the query's `cursor` stands for. Raises ValidationError (400)."""
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    try:
        found = int(decode_cursor(text, int)[0])
    except BadCursor as error:
        raise ValidationError(BAD_CURSOR) from error
    if not 0 < found < 2**62:  # SQLite would raise OverflowError
        raise ValidationError(BAD_CURSOR)
    return found


def id_page(rows: list[Purchase], size: int) -> tuple[list[Purchase], str | None]:
    """Cut the extra row off; its presence makes the next cursor."""
    if len(rows) <= size:
        return rows, None
    kept = rows[:size]
    return kept, encode_cursor(kept[-1].pk)
