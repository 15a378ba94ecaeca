"""Categories, attributes, files, previews and facets from TOML tables."""

from market.tenancy.definitions.enums import (
    AttributeFacet,
    AttributeType,
    FacetType,
    PreviewKind,
    PreviewPlace,
)
from market.tenancy.definitions.files import FileRole
from market.tenancy.definitions.marketplace import Vocabulary
from market.tenancy.definitions.parts import (
    AttributeDef,
    Bucket,
    CategoryDef,
    PreviewRule,
    SiteFacet,
)
from market.tenancy.definitions.reader import KEY, SLUG, Table


def parse_file_role(table: Table) -> FileRole:
    role = FileRole(
        role=table.text("role", pattern=KEY),
        required=table.flag("required"),
        required_for=table.texts("required_for", required=False),
        alternatives=table.texts("alternatives", required=False),
        formats=table.texts("formats"),
        categories=table.texts("categories", required=False),
        help=table.optional_text("help"),
        private=table.flag("private", default=False),
        inside=table.optional_text("inside"),
        derive=table.texts("derive", required=False),
        max_bytes=table.optional_integer("max_bytes", low=1),
        min_count=table.optional_integer("min_count"),
        max_count=table.optional_integer("max_count", low=1),
        zip_allowed=table.flag("zip_allowed", default=False),
        exact_width=table.optional_integer("exact_width", low=1),
        exact_height=table.optional_integer("exact_height", low=1),
        min_width=table.optional_integer("min_width", low=1),
        min_height=table.optional_integer("min_height", low=1),
        max_width=table.optional_integer("max_width", low=1),
        max_height=table.optional_integer("max_height", low=1),
        aspect_ratio=table.optional_decimal("aspect_ratio"),
        aspect_tolerance=table.optional_decimal("aspect_tolerance"),
        min_long_side=table.optional_integer("min_long_side", low=1),
        min_short_side=table.optional_integer("min_short_side", low=1),
        min_megapixels=table.optional_decimal("min_megapixels"),
        max_megapixels=table.optional_decimal("max_megapixels"),
        colour_space=table.optional_text("colour_space"),
        max_seconds=table.optional_integer("max_seconds", low=1),
        codec=table.texts("codec", required=False),
        min_bitrate_kbps=table.optional_integer("min_bitrate_kbps", low=1),
        sample_rates=table.integers("sample_rates", required=False),
        bit_depths=table.integers("bit_depths", required=False),
        channels=table.integers("channels", required=False),
        watermarked=table.flag("watermarked", default=False),
        watermark_exempt=table.texts("watermark_exempt", required=False),
        max_entries=table.optional_integer("max_entries", low=1),
        max_unpacked_bytes=table.optional_integer("max_unpacked_bytes", low=1),
        must_contain_roles=table.texts("must_contain_roles", required=False),
        must_contain_formats=table.texts("must_contain_formats", required=False),
        must_contain_files=table.texts("must_contain_files", required=False),
        may_contain_formats=table.texts("may_contain_formats", required=False),
        project_formats=table.texts("project_formats", required=False),
        names=table.texts("names", required=False),
        max_triangles=table.optional_integer("max_triangles", low=1),
        frame_count=table.optional_integer("frame_count", low=1),
        frame_width=table.optional_integer("frame_width", low=1),
        frame_height=table.optional_integer("frame_height", low=1),
        frame_format=table.optional_text("frame_format"),
        frame_max_bytes=table.optional_integer("frame_max_bytes", low=1),
        https_only=table.flag("https_only", default=False),
        embed=table.optional_text("embed"),
    )
    table.close()
    return role


def parse_preview(table: Table) -> PreviewRule:
    preview = PreviewRule(
        kind=table.choice("kind", PreviewKind),
        file=table.text("file", pattern=KEY),
        on=table.choices("on", PreviewPlace),
        categories=table.texts("categories", required=False),
    )
    table.close()
    return preview


def parse_attribute(table: Table, vocabularies: tuple[Vocabulary, ...]) -> AttributeDef:
    options = table.texts("options") if table.has("options") else ()
    options_from = table.optional_text("options_from")
    words = {vocabulary.name: vocabulary.words for vocabulary in vocabularies}
    if options_from and options_from not in words:
        table.fail("options_from", "the name of a list in [vocabularies]", options_from)
    attribute = AttributeDef(
        key=table.text("key", pattern=KEY),
        label=table.text("label"),
        type=table.choice("type", AttributeType),
        required=table.flag("required"),
        facet=table.choice("facet", AttributeFacet),
        help=table.optional_text("help"),
        unit=table.optional_text("unit"),
        derived_from=table.optional_text("derived_from"),
        options=options or words.get(options_from, ()),
        options_from=options_from,
        default=table.optional_text("default"),
        minimum=table.optional_decimal("min"),
        maximum=table.optional_decimal("max"),
        max_values=table.optional_integer("max_values", low=1),
        buckets=_buckets(table),
        categories=table.texts("categories", required=False),
    )
    table.close()
    return attribute


def _buckets(table: Table) -> tuple[Bucket, ...]:
    if table.has("buckets_named"):
        named = table.named_integers("buckets_named")
        return tuple(Bucket(name=name, start=start) for name, start in named)
    starts = table.integers("buckets", required=False)
    return tuple(Bucket(name="", start=start) for start in starts)


def parse_facet(table: Table) -> SiteFacet:
    facet = SiteFacet(
        key=table.text("key", pattern=KEY),
        label=table.text("label"),
        type=table.choice("type", FacetType),
        source=table.optional_text("source"),
        unit=table.optional_text("unit"),
        buckets=_buckets(table),
        excludable=table.flag("excludable", default=False),
        signed_in=table.flag("signed_in", default=False),
    )
    table.close()
    return facet


def parse_category(table: Table) -> CategoryDef:
    top = table.text("slug", pattern=SLUG)
    children = []
    for position, child in enumerate(table.tables("children", required=False), start=1):
        slug = child.text("slug", pattern=SLUG)
        children.append(
            CategoryDef(
                slug=slug,
                name=child.text("name"),
                position=position,
                path=f"{top}/{slug}",
                children=(),
            )
        )
        child.close()
    category = CategoryDef(
        slug=top,
        name=table.text("name"),
        position=table.integer("position", low=1),
        path=top,
        children=tuple(children),
        icon=table.optional_text("icon"),
    )
    table.close()
    return category
