"""Keyset pages: `{"results": […], "next_cursor": word or null}`."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from market.core.pagination import BadCursor, decode_cursor, encode_cursor

DEFAULT_SIZE, MOST = 30, 100


def page_size(request: Request) -> int:
    """The query's `page_size`, 1 to 100. Raises ValidationError (400)."""
    text = request.query_params.get("page_size", "")
    if not text:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST):
        raise ValidationError(f"page_size is a number from 1 to {MOST}.")
    return int(text)


def cursor_id(request: Request) -> int | None:
    """The id that the query's `cursor` stands for. Raises ValidationError (400)."""
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    try:
        return int(decode_cursor(text, int)[0])
    except BadCursor as error:
        raise ValidationError("The cursor is not one that this API gave.") from error


def id_page(rows: list[Any], size: int) -> tuple[list[Any], str | None]:
    """Cut the extra row off; its presence makes the next cursor."""
    if len(rows) <= size:
        return rows, None
    kept = rows[:size]
    return kept, encode_cursor(kept[-1].pk)
