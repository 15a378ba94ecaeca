"""django-oscar with as many products as the smallest catalogue, in an environment of its own.

Installed from the package index into a scratch folder: it is no dependency of ours. Its settings
are those of its own documentation, with our database server, production's template loaders and no
debugging; served by the same gunicorn settings.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.rig import catalogue, servers
from benchmarks.rig.load import Request
from benchmarks.rig.measuring import Subject
from script.lib.production import ROOT, free_port

# The newest whose category pages come from the database; later ones want a search server for them.
PACKAGES = ("django-oscar[sorl-thumbnail]==3.2.3", "mysqlclient", "gunicorn", "setuptools<81")
PRODUCTS = 10_000


@contextmanager
def running(folder: Path, database: str) -> Iterator[list[Subject]]:
    """Its product page and its category page."""
    python = _install(folder / "oscar")
    (folder / "media").mkdir()  # where it links its picture for products without one
    name = f"{urlsplit(database).path.lstrip('/')}_oscar"
    address = urlsplit(database)._replace(path=f"/{name}").geturl()
    catalogue.on_server(database, f"DROP DATABASE IF EXISTS `{name}`")
    catalogue.on_server(database, f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    environment = servers.plain_environment() | {
        "OSCAR_DATABASE": address,
        "OSCAR_FOLDER": str(folder),
        "DJANGO_SETTINGS_MODULE": "benchmarks.rig.oscar.settings",
    }
    try:
        product, category = _fill(python, environment)
        with servers.gunicorn(
            "benchmarks.rig.oscar.wsgi",
            environment,
            port=free_port(),
            python=str(python),
        ) as shop:
            yield [
                Subject("oscar product", shop, [Request("oscar", product)]),
                Subject("oscar category", shop, [Request("oscar", category)]),
            ]
    finally:
        catalogue.on_server(database, f"DROP DATABASE IF EXISTS `{name}`")


def _install(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
        check=True,
    )
    return python


def _fill(python: Path, environment: dict[str, str]) -> tuple[str, str]:
    """The addresses of a product's page and of its category's."""
    done = subprocess.run(
        [str(python), "-m", "benchmarks.rig.oscar.fill", str(PRODUCTS)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    product, category = done.stdout.split()[-2:]
    return product, category
