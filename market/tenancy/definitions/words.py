"""A marketplace in another language: `sites/<slug>/<language>.toml` laid over `site.toml`.

Only words for people are replaced. Slugs, keys, codes and stored option values stay what they are.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from market.tenancy.definitions.errors import DefinitionError
from market.tenancy.definitions.marketplace import Marketplace
from market.tenancy.definitions.parts import AttributeDef, CategoryDef, LicenceTerms
from market.tenancy.definitions.reader import Problems, Table


def translate_marketplaces(
    sites: Iterable[Marketplace], folder: Path, language: str
) -> tuple[Marketplace, ...]:
    """Words that an overlay leaves out stay English, and so does a site without one.

    Raises DefinitionError with every problem of every file.
    """
    read = [_read(site, folder / site.slug / f"{language}.toml") for site in sites]
    lines = [line for _, problems in read for line in problems.lines()]
    if lines:
        raise DefinitionError("\n".join(lines))
    return tuple(site for site, _ in read)


def _read(site: Marketplace, file: Path) -> tuple[Marketplace, Problems]:
    problems = Problems(str(file))
    if not file.exists():
        return site, problems
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add("(file)", f"expected TOML in UTF-8: {error}")
        return site, problems
    root = Table(values, "", problems)
    translated = _translated(site, root)
    root.close()
    return translated, problems


def _translated(site: Marketplace, root: Table) -> Marketplace:
    names = _Words(root.table("categories", required=False))
    options = _Words(root.table("options", required=False))
    attributes = root.table("attributes", required=False)
    licences = root.table("licences", required=False)
    facets = _Words(root.table("facets", required=False))
    files = _Words(root.table("files", required=False))
    human_checks = _Words(root.table("human_checks", required=False))
    translated = replace(
        _with_own_words(site, root.table("site", required=False)),
        licences=tuple(_licence(one, licences) for one in site.licences),
        attributes=tuple(_attribute(one, attributes, options) for one in site.attributes),
        facets=tuple(replace(one, label=facets.take(one.key, one.label)) for one in site.facets),
        files=tuple(replace(one, help=files.take(one.role, one.help)) for one in site.files),
        review=replace(
            site.review,
            human_checks=tuple(human_checks.take(one, one) for one in site.review.human_checks),
        ),
        categories=tuple(_category(one, names) for one in site.categories),
    )
    for table in (attributes, licences):
        table.close()
    for words in (names, options, facets, files, human_checks):
        words.close()
    return translated


def _with_own_words(site: Marketplace, table: Table) -> Marketplace:
    words = _Words(table)
    translated = replace(
        site,
        name=words.take("name", site.name),
        tagline=words.take("tagline", site.tagline),
        purpose=words.take("purpose", site.purpose),
        item_noun=words.take("item_noun", site.item_noun),
        item_noun_plural=words.take("item_noun_plural", site.item_noun_plural),
    )
    words.close()
    return translated


def _licence(one: LicenceTerms, licences: Table) -> LicenceTerms:
    words = _Words(licences.table(one.code, required=False))
    translated = replace(
        one, name=words.take("name", one.name), summary=words.take("summary", one.summary)
    )
    words.close()
    return translated


def _attribute(one: AttributeDef, attributes: Table, options: "_Words") -> AttributeDef:
    words = _Words(attributes.table(one.key, required=False))
    translated = replace(
        one,
        label=words.take("label", one.label),
        help=words.take("help", one.help),
        unit=words.take("unit", one.unit),
        option_labels={value: options.take(value, value) for value in one.options},
    )
    words.close()
    return translated


def _category(one: CategoryDef, names: "_Words") -> CategoryDef:
    return replace(
        one,
        name=names.take(one.path, one.name),
        children=tuple(_category(child, names) for child in one.children),
    )


class _Words:
    """A table of texts, each of which may be taken more than once or be left out."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._taken: dict[str, str] = {}

    def take(self, key: str, default: str) -> str:
        """The overlay's text for what is called so in `site.toml`, else `default`."""
        if key not in self._taken:
            # What site.toml does not say, an overlay cannot say better.
            if not default or not self._table.has(key):
                return default
            self._taken[key] = self._table.text(key)
        return self._taken[key]

    def close(self) -> None:
        self._table.close()
