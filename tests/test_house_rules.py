"""Rules of the house that no other tool checks; each message says why. Part of script/lint."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = sorted(path.parent.name for path in (ROOT / "market").glob("*/apps.py"))
# Modules (or packages) that hold rules and data: what they do must not depend on a request.
RULE_MODULES = ("services", "selectors", "models", "errors", "ledger", "gateways", "tasks")
TEXT = {".py", ".html", ".toml", ".md", ".sh", ".yml", ".yaml", ".css", ".js", ".json", ".txt", ""}


def versioned(pattern: str = "") -> Iterator[Path]:
    """Files that are under version control, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for name in sorted(set(filter(None, listed.split("\0")))):
        path = ROOT / name
        if path.is_file() and re.search(pattern, name):
            yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def forbidden_imports(pattern: str, *forbidden: str) -> list[str]:
    return [
        f"{name(path)}:{line} imports {imported}"
        for path in versioned(pattern)
        for line, imported in imports(path)
        if any(imported == one or imported.startswith(f"{one}.") for one in forbidden)
    ]


def lines(pattern: str, wrong: str) -> list[str]:
    """Places where files whose name matches `pattern` hold what matches `wrong`."""
    return [
        f"{name(path)}:{text.count(chr(10), 0, match.start()) + 1} has {match.group(0)[:60]!r}"
        for path in versioned(pattern)
        if path.suffix in TEXT
        for text in [path.read_text(errors="replace")]
        for match in re.finditer(wrong, text)
    ]


def refuse(found: list[str], why: str) -> None:
    assert not found, "\n".join([why, *found])


def test_rules_and_data_know_no_request():
    parts = "|".join(RULE_MODULES)
    found = forbidden_imports(
        # api/errors.py turns refusals into answers; a gateway may bring pages of its own.
        rf"^market/(?!api/errors)\w+/({parts})(/(?!.*\b(views|forms)\b).*)?\.py$",
        "django.http",
        "django.shortcuts",
        "django.forms",
    )
    refuse(found, "A rule must work the same from a page, a job, a command and the API:")


def test_views_open_no_transaction():
    found = forbidden_imports(
        r"^market/\w+/(views|admin)(/.*)?\.py$", "django.db.transaction", "django.db.connection"
    )
    refuse(found, "A change of data is one function in services.py, with its own transaction:")


def test_only_the_jobs_start_threads():
    found = [
        place
        for place in forbidden_imports(r"^market/.*\.py$", "threading.Thread", "multiprocessing")
        if not place.startswith("market/jobs/")
    ]
    refuse(found, "Work for later is a task enqueued inside the transaction; a thread is lost:")


def test_only_the_settings_know_debug():
    found = [
        place
        for place in lines(r"^market/.*\.(py|html)$", r"settings\.(DEBUG|DEVELOPMENT)\b")
        if not place.startswith("market/settings.py")
    ]
    refuse(found, "One code path: what differs is a value in the settings, not an `if`:")


def test_modules_are_named_after_what_they_hold():
    vague = re.compile(r"(^|/)(utils?|helpers?|managers?|misc|common)(\.py|/)")
    found = [name(path) for path in versioned(r"^market/.*\.py$") if vague.search(name(path))]
    refuse(found, "A module's name says what is in it; everything fits into utils:")


def test_sites_hold_data_and_looks_only():
    found = [name(path) for path in versioned(r"^sites/") if path.suffix in {".py", ".pyc"}]
    refuse(found, "A new marketplace is a folder of data; rules live in market/:")


@pytest.mark.parametrize(
    "wrong",
    [
        r"<script(?![^>]*\bsrc=)[^>]*>",
        r"<style\b",
        r"\sstyle\s*=\s*[\"']",
        r"\son[a-z]+\s*=\s*[\"']",
        r"\bhx-on[:-]",
        r"(?i)=\s*[\"']?\s*javascript:",
    ],
)
def test_templates_have_no_inline_code_or_style(wrong: str):
    # Mails are no pages: their readers' programs know no stylesheet, and run no script.
    found = lines(r"^(market|sites)/(?!.*/email/).*\.html$", wrong)
    refuse(found, "The content security policy refuses it; use a module or the stylesheet:")


def test_templates_load_scripts_as_modules():
    found = lines(
        r"^(market|sites)/.*\.html$", r"<script(?![^>]*\btype=\"module\")[^>]*\bsrc=[^>]*>"
    )
    refuse(found, "A module is deferred and has no globals:")


def test_templates_switch_no_escaping_off():
    found = lines(r"^(market|sites)/.*\.html$", r"\|\s*safe\b|\{%\s*autoescape\s+off")
    refuse(found, "What is safe HTML is made so (nh3, format_html) in Python, where it is tested:")


def test_locks_pin_by_hash_and_hold_no_address():
    found = lines(r"^(requirements/.*\.txt|package-lock\.json)$", r"\w+://\S*|\"resolved\"")
    refuse(found, "Any mirror must do; run script/lock:")
    for lock in (ROOT / "requirements").glob("*.txt"):
        pins = re.findall(r"^\S+==\S+", lock.read_text(), flags=re.MULTILINE)
        assert pins, f"{name(lock)} is empty"
        assert "--hash=sha256:" in lock.read_text(), f"{name(lock)} has no hashes"


def test_no_file_names_a_package_index_or_one_machine():
    host = "|".join(
        ["py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "npmjs" + r"\.org"]
    )
    folder = r"(?<![\w.}%])/(?:home/[a-z]|Users/|work/)"
    found = lines(r"^(?!demo/|sites/[^/]+/demo/|package-lock\.json)", rf"\b(?:{host})\b|{folder}")
    refuse(found, "Works on every machine and with every mirror, or it does not work:")


def test_what_people_type_is_executable():
    typed = [*(ROOT / "script").glob("*"), ROOT / ".ci/run", ROOT / "manage.py"]
    found = [name(path) for path in typed if path.is_file() and not path.stat().st_mode & 0o111]
    refuse(found, "chmod +x:")


def test_migrations_have_names():
    found = [name(path) for path in versioned(r"/migrations/\d+_auto_\d") if path.exists()]
    refuse(found, "makemigrations --name says in the history what changed:")


def test_tests_mirror_the_application():
    known = {*APPS, "browser", "faults", "deploy", "properties", "standins", "urls"}
    folders = {name(path).split("/")[1] for path in versioned(r"^tests/[^/]+/.*\.py$")}
    refuse(sorted(folders - known), "A test of market/x/ is looked for in tests/x/:")


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (test_templates_switch_no_escaping_off, "{{ name|safe }}"),
        (test_templates_load_scripts_as_modules, '<script src="/x.js"></script>'),
        (test_only_the_settings_know_debug, "settings.DEBUG"),
    ],
)
def test_these_checks_see_what_they_forbid(
    check: Callable[[], None], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wrong = tmp_path / "market/items/page.html"
    wrong.parent.mkdir(parents=True)
    wrong.write_text(text)
    monkeypatch.setattr("tests.test_house_rules.ROOT", tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    with pytest.raises(AssertionError, match=r"market/items/page\.html:1"):
        check()


def test_styles_know_no_left_and_right():
    sides = r"\n\s*(?:[a-z-]+-)?(?:left|right)(?:-[a-z-]+)?\s*:"
    words = r"(?:text-align|float|clear|justify-\w+)\s*:\s*(?:left|right)\b"
    # Four lengths name the sides too, unless both are the same.
    one = r"(?:var\([^)]*\)|[\w.%-]+)"
    four = rf"\n\s*(?:margin|padding|inset)\s*:\s*{one} ({one}) {one} (?!\1;){one};"
    found = lines(r"^(market/static|sites)/.*\.css$", f"{sides}|{words}|{four}")
    refuse(found, "In Arabic and Hebrew a line begins at the right: inline-start, inline-end:")
