"""What a draft still lacks, and whether its previews are made."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from market.items.content.roles import role_label, role_name
from market.items.content.validation import ItemContent, missing_content
from market.items.models import Item, ItemFile, ItemVersion, LicencePrice
from market.tenancy.definitions import FileRole, Marketplace
from market.tenancy.registry import marketplace_by_id
from market.users.models import User

# Which previews are made of an upload. Of photos' main file: those that the author did not give.
MADE_OF: dict[str, tuple[str, ...]] = {
    "thumbnail": ("thumbnail",),
    "preview_image": ("image",),
    "sample_image": ("sample",),
    "screenshots": ("gallery",),
    "wireframe_image": ("wireframe",),
    "preview_audio": ("audio", "waveform"),
    "preview_video": ("video", "poster"),
    "demo_video": ("video", "poster"),
    "model_preview": ("model",),
    "turntable": ("turntable",),
    "live_preview": ("live",),
    "before": ("before",),
    "after": ("after",),
}
MADE_OF_MAIN = {"thumbnail": "thumbnail", "preview_image": "image", "sample_image": "sample"}


# What a marketplace shows of what is in a main archive: kind in site.toml → (our kind, formats).
MADE_OF_CONTENT: dict[str, tuple[str, tuple[str, ...]]] = {
    "icon-grid": ("icons", ("svg",)),
    "glyph-sheet": ("glyphs", ("ttf", "otf", "woff2")),
}


@dataclass(frozen=True, slots=True)
class WantedPreview:
    """`kind` is to be made of `file`; `marked`: with a watermark, since it shows the product."""

    kind: str
    file: ItemFile
    marked: bool = False


def wanted_previews(version: ItemVersion, top: str, site: Marketplace) -> list[WantedPreview]:
    """One for each kind and file, in a fixed order."""
    files = list(version.files.order_by("role", "position"))
    wanted = [WantedPreview(kind, file) for file in files for kind in MADE_OF.get(file.role, ())]
    main = next((file for file in files if file.role == "main"), None)
    derived = site.main_file(top).derive
    given = {file.role for file in files}
    if main is not None:
        wanted += [
            WantedPreview(kind, main, marked=True)
            for role, kind in MADE_OF_MAIN.items()
            if role in derived and role not in given
        ]
        wanted += [WantedPreview(kind, main) for kind in _content_kinds(main, top, site)]
    return wanted


def _content_kinds(main: ItemFile, top: str, site: Marketplace) -> list[str]:
    """Previews of the files in an archive, where the category has them and such files are there."""
    held = set(main.facts.get("formats", {}))
    shown = {rule.kind for rule in site.previews_for(top)}
    return [
        kind
        for rule, (kind, formats) in MADE_OF_CONTENT.items()
        if rule in shown and held & set(formats)
    ]


def previews_are_ready(version: ItemVersion, top: str, site_id: int) -> bool:
    """Whether each wanted preview was made of the file that is there now."""
    made = set(version.previews.values_list("kind", "source_id"))
    wanted = wanted_previews(version, top, marketplace_by_id(site_id))
    return all((one.kind, one.file.pk) in made for one in wanted)


def missing_for_submission(item: Item, version: ItemVersion) -> list[str]:
    """What stands between a version and the review queue, a sentence each."""
    site = marketplace_by_id(item.site_id)
    top = item.category.path.split("/")[0]
    missing = missing_files(item, version)
    if not item.is_editable:
        return missing
    missing = missing_content(site, top, stored_content(item)) + missing
    priced = set(
        LicencePrice.objects.filter(item=item, current=1).values_list("licence_code", flat=True)
    )
    if {one.code for one in site.licences_for(top)} - priced:
        missing.append(_("A price for each licence."))
    return missing


def missing_files(item: Item, version: ItemVersion) -> list[str]:
    site = marketplace_by_id(item.site_id)
    top = item.category.path.split("/")[0]
    counts: dict[str, int] = {}
    for role in version.files.values_list("role", flat=True):
        counts[role] = counts.get(role, 0) + 1
    given = set(counts) | {role for role, address in item.detail.addresses.items() if address}
    return [
        _needed(role)
        for role in site.required_file_roles(top)
        if not role.inside and not _is_met(role, given, counts)
    ]


def _is_met(role: FileRole, given: set[str], counts: dict[str, int]) -> bool:
    if given & set(role.alternatives):
        return True
    return role.role in given and counts.get(role.role, 1) >= (role.min_count or 0)


def _needed(role: FileRole) -> str:
    label = role_label(role.role)
    if not role.alternatives:
        return f"{label}."
    others = ", ".join(role_name(other) for other in role.alternatives)
    return _("%(file)s (or %(others)s instead).") % {"file": label, "others": others}


def stored_content(item: Item) -> ItemContent:
    """An item's words as they were stored, in the shape in which they came."""
    detail = item.detail
    return ItemContent(
        name=item.name,
        summary=item.summary,
        description=detail.description_source,
        tags=tuple(detail.tags),
        attributes=detail.attributes,
        attribution=detail.attribution,
        upstream_licence=detail.upstream_licence,
        addresses=detail.addresses,
        has_support=detail.has_support,
    )


def open_new_items(author: User, site_id: int) -> int:
    """How many new items of an author wait for review at a marketplace; updates do not count."""
    waiting = (Item.Status.SUBMITTED, Item.Status.IN_REVIEW)
    return Item.objects.filter(author=author, site_id=site_id, status__in=waiting).count()
