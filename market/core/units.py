"""Lengths of time and of files as people read them."""

from market.core import locales

_UNITS = ((1e3, "kB"), (1e6, "MB"))


def clock(seconds: float) -> str:
    """Minutes and seconds, `3:05`; from an hour on `1:02:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def readable_bytes(length: int) -> str:
    """`512 B`, `3.4 MB`: decimal units, as browsers show downloads."""
    if length < 1000:
        return f"{length} B"
    value, unit = next(
        ((length / size, name) for size, name in _UNITS if length < 1000 * size),
        (length / 1e9, "GB"),
    )
    return f"{locales.decimal(value, 0 if value >= 100 else 1)} {unit}"
