"""What the files of an item are called: a marketplace's definition names their roles."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "after": _("after"),
    "before": _("before"),
    "demo_video": _("demo video"),
    "documentation": _("documentation"),
    "installable": _("installable"),
    "live_preview": _("live preview"),
    "live_preview_url": _("live preview address"),
    "main": _("main file"),
    "metadata_sheet": _("metadata sheet"),
    "model_preview": _("model preview"),
    "preview_audio": _("preview audio"),
    "preview_image": _("preview image"),
    "preview_video": _("preview video"),
    "release_forms": _("release forms"),
    "sample_image": _("sample image"),
    "screenshots": _("screenshots"),
    "thumbnail": _("thumbnail"),
    "turntable": _("turntable"),
    "wireframe_image": _("wireframe image"),
}


def role_name(role: str) -> str:
    """As it stands inside a sentence; a new role of a definition in English until it is here."""
    known = NAMES.get(role)
    return str(known) if known else role.replace("_url", " address").replace("_", " ")


def role_label(role: str) -> str:
    """`preview_image` → `Preview image`."""
    name = role_name(role)
    return name[:1].upper() + name[1:]
