"""Finds the words in code and templates, keeps the catalogues of other languages, compiles them.

    python script/lib/catalogue.py update    market/locale/*/LC_MESSAGES/django.po from the code
    python script/lib/catalogue.py compile   the .mo files, which are not committed

Needs Django and Babel, no settings and no GNU gettext: Django turns a template into something
like Python, which Babel reads as it reads Python.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "market" / "locale"
# Neither dates nor names: they would change with every run and say nothing.
HEAD = """\
msgid ""
msgstr ""
"Project-Id-Version: Seven Shelves\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
# Babel would write today into each compiled catalogue: the same words must make the same bytes.
NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def sources() -> Iterator[Path]:
    """Modules and templates whose words visitors see; the tests' and Django's own are not ours."""
    for folder, endings in (("market", (".py", ".html", ".txt")), ("sites", (".html",))):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and "migrations" not in path.parts:
                yield path


def found_words() -> Catalog:
    """All that is marked for translation, with where it stands."""
    catalogue = Catalog(project="Seven Shelves", charset="utf-8")
    for path in sources():
        name = str(path.relative_to(ROOT))
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = _as_python(text, name)
        # Comments that begin with this are for whoever translates.
        for _, words, comments, context in extract(
            "python", BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
        ):
            catalogue.add(words, locations=[(name, None)], auto_comments=comments, context=context)
    return catalogue


def _as_python(template: str, name: str) -> str:
    """What Babel needs: each call on a line of its own, nothing indented."""
    lines = templatize(template, origin=name).splitlines()
    return "\n".join(line.strip() for line in lines)


def catalogues() -> list[Path]:
    return sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def update() -> None:
    """Add what is new, drop what is gone. Nothing is guessed from similar words."""
    found = found_words()
    for path in catalogues():
        catalogue = read(path)
        catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        whole = BytesIO()
        write_po(whole, catalogue, width=100, sort_by_file=True, omit_header=True)
        head = HEAD.format(language=catalogue.locale_identifier, plurals=catalogue.plural_forms)
        path.write_text(head + whole.getvalue().decode(), encoding="utf-8")
        missing = [one for one in catalogue if one.id and not is_translated(one)]
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(missing)} to translate")


def is_translated(message: object) -> bool:
    words = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(words) and not message.fuzzy


def compile_all() -> None:
    for path in catalogues():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        whole = BytesIO()
        words = read(path)
        words.creation_date = NO_DAY
        write_mo(whole, words)
        # Renamed into place: a process that starts meanwhile reads a whole file.
        made = target.with_suffix(f".{os.getpid()}")
        made.write_bytes(whole.getvalue())
        made.replace(target)


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
