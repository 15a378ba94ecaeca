"""The release before, on the schema of the next: what script/lib/previous.py lets pass.

Two commits more in a clone of this very project, whose tests are the real ones; cut to a few.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.deploy.hosts import PROJECT
from tests.jobs.processes import database_url

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(connection.vendor != "mysql", reason="on the engine of production"),
]
# It may run, by the rules that are checked without a database; what it does is another matter.
MIGRATION = '''
from django.db import migrations


def change(apps, editor):
    editor.execute("ALTER TABLE purchases_cart ADD COLUMN proof INT {rule}")


class Migration(migrations.Migration):
    """Expand: a column."""

    atomic = False
    dependencies = [("purchases", "{last}")]
    operations = [migrations.RunPython(change, migrations.RunPython.noop)]
'''
FEW_TESTS = ("tests/purchases/test_cart_pages.py", "-m", "smoke")


class Clone:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "clone", "-q", "--shared", PROJECT, folder], check=True)
        (folder / "node_modules").symlink_to(PROJECT / "node_modules")

    def commit(self, rule: str) -> None:
        folder = self.folder / "market" / "purchases" / "migrations"
        last = sorted(path.stem for path in folder.glob("0*.py"))[-1]
        (folder / "9999_proof.py").write_text(MIGRATION.format(rule=rule, last=last))
        self.git("add", "market")
        self.git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "Add a column")

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-C", self.folder, *words], check=True)

    def try_previous(self, scratch: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "script/lib/previous.py", "HEAD~1", "HEAD", *FEW_TESTS],
            cwd=self.folder,
            env=os.environ
            | {
                "DATABASE_URL": f"{database_url()}_previous",
                "REDIS_URL": settings.REDIS_URL,
                "DATA_DIR": str(scratch),
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path / "clone")


def test_a_column_that_rows_may_leave_out_is_survived(clone, tmp_path):
    clone.commit("NULL")

    done = clone.try_previous(tmp_path / "scratch")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert " passed" in done.stdout


def test_a_column_that_old_code_does_not_fill_is_found_by_its_tests(clone, tmp_path):
    clone.commit("NOT NULL")

    done = clone.try_previous(tmp_path / "scratch")

    assert done.returncode == 1
    assert "doesn't have a default value" in done.stdout
    assert "would break on the schema of" in done.stderr
