"""Nothing starts with definitions that are wrong; whoever starts it reads file and key."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["manage.py", "work", "--batch"],
        ["-m", "gunicorn", "--check-config", "market.wsgi"],
    ],
    ids=["command", "worker", "web"],
)
def test_it_does_not_start_and_names_file_and_key(command, tmp_path):
    sites = tmp_path / "sites"
    shutil.copytree(ROOT / "sites", sites)
    file = sites / "audio" / "site.toml"
    file.write_text(file.read_text().replace("item_noun ", "item_nuon ", 1))

    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"SITES_DIR": str(sites), "DATA_DIR": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode != 0
    assert f"{file}: site.item_noun: missing; expected text" in done.stderr
    assert f"{file}: site.item_nuon: unknown key" in done.stderr
