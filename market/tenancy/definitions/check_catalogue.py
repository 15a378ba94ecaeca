"""Cross checks of categories, files, previews, attributes and facets."""

from collections import Counter

from market.tenancy.definitions.enums import AttributeType
from market.tenancy.definitions.files import FileRole
from market.tenancy.definitions.marketplace import Marketplace
from market.tenancy.definitions.parts import AttributeDef, Bucket
from market.tenancy.definitions.reader import Problems

WITH_OPTIONS = {AttributeType.CHOICE, AttributeType.MULTI}
WITH_RANGE = {AttributeType.INT, AttributeType.DECIMAL, AttributeType.DURATION}
RANGES = (
    ("min_count", "max_count"),
    ("min_width", "max_width"),
    ("min_height", "max_height"),
    ("min_short_side", "min_long_side"),
    ("min_megapixels", "max_megapixels"),
)


def check_categories(site: Marketplace, problems: Problems) -> None:
    paths = Counter(one.path for one in site.all_categories())
    positions = Counter(one.position for one in site.categories)
    for number, top in enumerate(site.categories):
        path = f"categories[{number}]"
        if positions[top.position] > 1:
            problems.add(f"{path}.position", "expected a position of its own")
        if paths[top.path] > 1:
            problems.add(f"{path}.slug", f"expected a slug of its own, {top.slug!r} is twice")
        for place, child in enumerate(top.children):
            if paths[child.path] > 1:
                problems.add(
                    f"{path}.children[{place}].slug",
                    f"expected a slug of its own, {child.slug!r} is twice",
                )


def check_files(site: Marketplace, problems: Problems) -> None:
    roles = {one.role for one in site.files}
    for number, role in enumerate(site.files):
        path = f"files[{number}]"
        check_tops(site, role.categories, f"{path}.categories", problems)
        check_tops(site, role.required_for, f"{path}.required_for", problems)
        check_tops(site, role.watermark_exempt, f"{path}.watermark_exempt", problems)
        _check_named_roles(role, roles, path, problems)
        _check_ranges(role, path, problems)
    for top in site.tops():
        found = Counter(one.role for one in site.file_roles_for(top))
        if not found["main"]:
            problems.add("files", f"expected one entry with role main for {top}, found none")
        for name in (name for name, count in found.items() if count > 1):
            problems.add("files", f"expected one entry with role {name} for {top}, found more")


def _check_named_roles(role: FileRole, roles: set[str], path: str, problems: Problems) -> None:
    named = {
        "inside": (role.inside,) if role.inside else (),
        "alternatives": role.alternatives,
        "must_contain_roles": role.must_contain_roles,
    }
    for key, others in named.items():
        for other in others:
            if other not in roles or other == role.role:
                problems.add(f"{path}.{key}", f"expected another role of [[files]], got {other!r}")


def _check_ranges(role: FileRole, path: str, problems: Problems) -> None:
    for lower, upper in RANGES:
        low, high = getattr(role, lower), getattr(role, upper)
        if low is not None and high is not None and low > high:
            problems.add(f"{path}.{lower}", f"expected at most {upper} ({high}), got {low}")
    if role.aspect_tolerance is not None and role.aspect_ratio is None:
        problems.add(f"{path}.aspect_ratio", "expected beside aspect_tolerance")


def check_previews(site: Marketplace, problems: Problems) -> None:
    roles = {one.role for one in site.files}
    for number, preview in enumerate(site.previews):
        path = f"previews[{number}]"
        check_tops(site, preview.categories, f"{path}.categories", problems)
        if preview.file not in roles:
            problems.add(f"{path}.file", f"expected a role of [[files]], got {preview.file!r}")
        if not preview.on:
            problems.add(f"{path}.on", "expected at least one place")


def check_attributes(site: Marketplace, problems: Problems) -> None:
    roles = {one.role for one in site.files}
    keys = Counter(one.key for one in site.attributes)
    for number, attribute in enumerate(site.attributes):
        path = f"attributes[{number}]"
        if keys[attribute.key] > 1:
            problems.add(f"{path}.key", f"expected a key of its own, {attribute.key!r} is twice")
        if attribute.derived_from and attribute.derived_from not in roles:
            problems.add(
                f"{path}.derived_from",
                f"expected a role of [[files]], got {attribute.derived_from!r}",
            )
        check_tops(site, attribute.categories, f"{path}.categories", problems)
        _check_values(attribute, path, problems)
        _check_buckets(attribute.buckets, path, problems)


def _check_values(attribute: AttributeDef, path: str, problems: Problems) -> None:
    if attribute.type in WITH_OPTIONS and not attribute.options:
        problems.add(f"{path}.options", f"expected options or options_from for {attribute.type}")
    if attribute.type not in WITH_OPTIONS and attribute.options:
        problems.add(f"{path}.options", "expected for type choice or multi only")
    if attribute.default and attribute.default not in attribute.options:
        problems.add(f"{path}.default", f"expected one of options, got {attribute.default!r}")
    low, high = attribute.minimum, attribute.maximum
    if attribute.type not in WITH_RANGE and (low is not None or high is not None):
        problems.add(f"{path}.min", "expected for type int, decimal or duration only")
    if low is not None and high is not None and low > high:
        problems.add(f"{path}.min", f"expected at most max ({high}), got {low}")


def check_facets(site: Marketplace, problems: Problems) -> None:
    keys = Counter(one.key for one in site.facets)
    for number, facet in enumerate(site.facets):
        path = f"facets[{number}]"
        if keys[facet.key] > 1:
            problems.add(f"{path}.key", f"expected a key of its own, {facet.key!r} is twice")
        _check_buckets(facet.buckets, path, problems)


def _check_buckets(buckets: tuple[Bucket, ...], path: str, problems: Problems) -> None:
    starts = [bucket.start for bucket in buckets]
    if starts != sorted(set(starts)):
        problems.add(f"{path}.buckets", f"expected rising numbers, got {starts}")


def check_tops(site: Marketplace, named: tuple[str, ...], path: str, problems: Problems) -> None:
    for top in named:
        if top not in site.tops():
            problems.add(path, f"expected top-level categories, got {top!r}")
