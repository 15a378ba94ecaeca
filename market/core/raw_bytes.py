"""How django-redis stores what is bytes already: as it is."""

from typing import Any


class RawBytes:
    """A serializer; the library's own base class has no types."""

    def __init__(self, options: dict[str, Any]) -> None:
        """There is nothing to choose."""

    def dumps(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise TypeError(f"bytes expected, not {type(value).__name__}")
        return value

    def loads(self, value: bytes) -> bytes:
        return value
