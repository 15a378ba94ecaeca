"""Run an older commit's smoke tests on a newer one's schema: previous.py OLDER NEWER [ARGUMENT …].

The older commit brings an empty database to its schema, contractions too; the newer one expands it
as deploy/migrate does, refusals included. There the older commit's tests must pass, as the
running release must between the migrations and its own end. Arguments are pytest's.

DATABASE_URL names `x` on a MySQL or MariaDB that may be spoilt: `test_x` is made anew.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import MySQLdb

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements", "package.json", "package-lock.json")
SMOKE = ("-m", "smoke and not long")
# With the commit's own scripts: its locks, its way to install them.
INSTALL = """
. script/lib/setup.sh
install_python test
install_node_packages
"""


@dataclass(frozen=True)
class Release:
    commit: str
    folder: Path
    python: str

    def run(self, *words: str, database: str) -> bool:
        call = [self.python, *words]
        done = subprocess.run(call, cwd=self.folder, env=environment(database), check=False)
        return done.returncode == 0


def main(older: str, newer: str, arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="previous-") as scratch:
        before = check_out(older, Path(scratch) / "older")
        after = check_out(newer, Path(scratch) / "newer")
        scratch_database = make_database(os.environ["DATABASE_URL"])
        say(f"The schema of {before.commit[:12]}")
        if not before.run(*MIGRATE, "--contract", database=scratch_database):
            return fail(f"{before.commit} cannot migrate an empty database")
        say(f"What {after.commit[:12]} adds to it")
        if not after.run(*MIGRATE, database=scratch_database):
            return fail(f"{after.commit} does not migrate the schema of {before.commit}")
        say(f"The smoke tests of {before.commit[:12]} on it")
        pytest = ("-m", "pytest", "-p", "no:cacheprovider", "--reuse-db", *(arguments or SMOKE))
        if not before.run(*pytest, database=os.environ["DATABASE_URL"]):
            return fail(f"{before.commit} would break on the schema of {after.commit}")
    return 0


MIGRATE = ("manage.py", "migrate_once", "--verbosity", "0")


def check_out(commit: str, folder: Path) -> Release:
    revision = git("rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=git("archive", revision), check=True)
    same = ["git", "-C", PROJECT, "diff", "--quiet", revision, "--", *LOCKS]
    if subprocess.run(same, check=False).returncode == 0:
        (folder / "node_modules").symlink_to(PROJECT / "node_modules")
        return Release(revision, folder, sys.executable)
    say(f"The packages of {revision[:12]}: its locks differ from ours")
    subprocess.run(["bash", "-euc", INSTALL], cwd=folder, check=True)
    return Release(revision, folder, str(folder / ".venv" / "bin" / "python"))


def git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", PROJECT, *words], stdout=subprocess.PIPE, check=True).stdout


def environment(database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return kept | {
        "MARKET_ENV": "development",
        "SECRET_KEY": "only-for-tests",
        "DATABASE_URL": database,
    }


def make_database(address: str) -> str:
    """The address of the empty database in which pytest will look for its own."""
    url = urlsplit(address)
    if url.scheme != "mysql":
        raise SystemExit("error: DATABASE_URL must name a MySQL or MariaDB")
    name = f"test_{url.path.lstrip('/')}"
    login = {"host": url.hostname, "port": url.port or 3306, "user": url.username or ""}
    server = MySQLdb.connect(**login, password=url.password or "")
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(
            f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
        )
    server.close()
    return url._replace(path=f"/{name}").geturl()


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
