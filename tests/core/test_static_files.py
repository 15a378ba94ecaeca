"""Our JavaScript as it is served in production: hashed names, small, loaded by one module."""

import re
import zlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from market.core.static_files import StaticFiles

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "market" / "static" / "js"
MOST_BYTES = 40 * 1024  # of all our modules together, compressed; no page loads them all
IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our modules alone, as collectstatic leaves them in production."""
    folder = tmp_path_factory.mktemp("static")
    storage = StaticFiles(location=folder, base_url="/static/")
    names = [f"js/{file.relative_to(SCRIPTS)}" for file in SCRIPTS.glob("**/*.js")]
    for name in names:
        storage.save(name, ContentFile((SCRIPTS.parent / name).read_bytes()))
    problems = [
        done
        for *_, done in storage.post_process({name: (storage, name) for name in names})
        if isinstance(done, Exception)
    ]
    assert not problems
    return folder


def test_modules_import_each_other_by_hashed_names(collected: Path) -> None:
    hashed = list((collected / "js").glob("**/*.*.js"))
    found = [(file, name) for file in hashed for name in IMPORT.findall(file.read_text())]

    assert found
    for file, name in found:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name), f"{file.name} imports {name}"
        assert (file.parent / name).resolve().exists(), f"{file.name} imports {name}"


def test_our_modules_together_keep_the_budget() -> None:
    packed = {
        file.name: len(zlib.compress(file.read_bytes(), 9)) for file in SCRIPTS.glob("**/*.js")
    }

    assert sum(packed.values()) <= MOST_BYTES, packed


def test_pages_load_one_module_of_ours() -> None:
    """All others are asked for by `data-behaviour`."""
    scripts = {
        script
        for page in (ROOT / "market" / "templates").glob("**/*.html")
        for script in re.findall(r"<script[^>]*static '(js/[^']+)'", page.read_text())
    }

    assert scripts == {"js/site.js"}


@pytest.mark.parametrize("file", sorted(SCRIPTS.glob("**/*.js")), ids=lambda file: file.stem)
def test_a_behaviour_mounts_or_is_imported(file: Path) -> None:
    """What a `data-behaviour` names exports `mount`; anything else is another module's part."""
    pages = "".join(page.read_text() for page in (ROOT / "market" / "templates").glob("**/*.html"))
    name = file.relative_to(SCRIPTS)
    if f"'js/{name}'" in pages and file.stem != "site":
        assert re.search(r"export (?:async )?function mount\(", file.read_text())
    else:
        others = "".join(one.read_text() for one in SCRIPTS.glob("**/*.js") if one != file)
        assert file.stem == "site" or f'{file.name}"' in others, f"nobody asks for {name}"
