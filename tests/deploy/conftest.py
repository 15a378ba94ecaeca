import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from releasing import archive, bundle

from tests.deploy.hosts import PROJECT, Host, copy_release


@pytest.fixture(scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As deploy/bundle compiles them; it takes long, so once for all hosts."""
    stage = tmp_path_factory.mktemp("static") / "release"
    copy_release(stage)
    (stage / "node_modules").symlink_to(PROJECT / "node_modules")
    bundle.compile_static(stage, Path(sys.executable), cut_fonts=False)
    return stage / "var" / "static"


@pytest.fixture(scope="module")
def make_host(static_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Host]:
    """`make_host(environment={…}, MARKET_KEEP="9")`: the rest is for deploy.conf."""
    return lambda environment=None, **settings: Host(
        tmp_path_factory.mktemp("host"),
        static_files=static_files,
        settings=settings,
        environment=environment,
    )


@pytest.fixture(scope="module")
def make_archive(
    static_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """`make_archive("r2", {"market/wsgi.py": "1 / 0"})`: a bundle with other files in it."""

    def make(revision: str, changes: dict[str, str] | None = None) -> Path:
        folder = tmp_path_factory.mktemp("bundle")
        stage = folder / "release"
        copy_release(stage, static_files=static_files)
        (stage / "REVISION").write_text(f"{revision}\n")
        for name, text in (changes or {}).items():
            (stage / name).write_text(text)
        archive.pack(stage, folder / f"{revision}.zip", at=1_700_000_000)
        return folder / f"{revision}.zip"

    return make
