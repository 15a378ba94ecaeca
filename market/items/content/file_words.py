"""What people call the kinds of previews and what was measured in a file."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PREVIEWS = {
    "after": gettext_lazy("After"),
    "audio": gettext_lazy("Audio"),
    "before": gettext_lazy("Before"),
    "gallery": gettext_lazy("Gallery"),
    "glyphs": gettext_lazy("Glyph sheet"),
    "icons": gettext_lazy("Icon grid"),
    "image": gettext_lazy("Image"),
    "live": gettext_lazy("Live preview"),
    "model": gettext_lazy("Model"),
    "poster": gettext_lazy("Poster"),
    "sample": gettext_lazy("Sample"),
    "share": gettext_lazy("Picture for shared links"),
    "thumbnail": gettext_lazy("Thumbnail"),
    "turntable": gettext_lazy("Turntable"),
    "video": gettext_lazy("Video"),
    "waveform": gettext_lazy("Waveform"),
    "wireframe": gettext_lazy("Wireframe"),
}
FACTS = {
    "animations": gettext_lazy("Animations"),
    "bit_depth": gettext_lazy("Bits a sample"),
    "bitrate_kbps": gettext_lazy("Bit rate (kbit/s)"),
    "channels": gettext_lazy("Channels"),
    "codec": gettext_lazy("Codec"),
    "count": gettext_lazy("Files inside"),
    "has_sound": gettext_lazy("With sound"),
    "height": gettext_lazy("Height (pixels)"),
    "materials": gettext_lazy("Materials"),
    "meshes": gettext_lazy("Meshes"),
    "mode": gettext_lazy("Colour mode"),
    "sample_rate": gettext_lazy("Sample rate (Hz)"),
    "seconds": gettext_lazy("Length (seconds)"),
    "triangles": gettext_lazy("Triangles"),
    "unpacked_bytes": gettext_lazy("Unpacked (bytes)"),
    "width": gettext_lazy("Width (pixels)"),
}


def preview_name(kind: str) -> str:
    return str(PREVIEWS.get(kind) or kind.capitalize())


def fact_name(key: str) -> str:
    return str(FACTS.get(key) or key.replace("_", " ").capitalize())


def fact_value(value: object) -> object:
    """What was measured; yes and no in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "–" if value is None else value
