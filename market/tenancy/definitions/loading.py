"""Finds and reads the definitions in a folder."""

import tomllib
from decimal import Decimal
from pathlib import Path

from market.tenancy.definitions.checks import check_marketplace, check_together
from market.tenancy.definitions.errors import DefinitionError
from market.tenancy.definitions.marketplace import Marketplace
from market.tenancy.definitions.parsing import parse_marketplace
from market.tenancy.definitions.reader import Problems, Table


def load_marketplaces(folder: Path) -> tuple[Marketplace, ...]:
    """The marketplaces of `folder/<slug>/site.toml`, by position.

    Raises DefinitionError with every problem of every file.
    """
    files = sorted(folder.glob("*/site.toml"))
    if not files:
        raise DefinitionError(f"{folder}: expected a folder with <slug>/site.toml, found none")
    read = [_read(file) for file in files]
    check_together((site, problems) for site, problems in read if site)
    lines = [line for _, problems in read for line in problems.lines()]
    if lines:
        raise DefinitionError("\n".join(lines))
    return tuple(sorted((site for site, _ in read if site), key=lambda site: site.position))


def _read(file: Path) -> tuple[Marketplace | None, Problems]:
    problems = Problems(str(file))
    try:
        # Decimal, since rates and multiples are multiplied with money.
        values = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add("(file)", f"expected TOML in UTF-8: {error}")
        return None, problems
    site = parse_marketplace(Table(values, "", problems))
    if site.slug and site.slug != file.parent.name:
        problems.add("site.slug", f"expected {file.parent.name!r}, the folder's name")
    check_marketplace(site, problems)
    return site, problems
