"""Lengths of time and of files as people read them."""


def clock(seconds: float) -> str:
    """Minutes and seconds, `3:05`; from an hour on `1:02:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def readable_bytes(length: int) -> str:
    """`512 B`, `3.4 MB`: decimal units, as browsers show downloads."""
    value = float(length)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            break
        value /= 1000
    else:
        unit = "GB"
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
