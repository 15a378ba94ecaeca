"""Every word that a visitor sees is in the catalogue of each language, and is translated."""

import re

import pytest

from script.lib import catalogue

FOUND = {(one.id, one.context) for one in catalogue.found_words() if one.id}
CATALOGUES = [pytest.param(path, id=path.parts[-3]) for path in catalogue.catalogues()]
REMEDY = "run script/messages, then translate what is empty"


@pytest.mark.parametrize("path", CATALOGUES)
def test_the_catalogue_holds_what_the_code_says(path):
    held = {(one.id, one.context) for one in catalogue.read(path) if one.id}

    assert FOUND - held == set(), f"not in the catalogue: {REMEDY}"
    assert held - FOUND == set(), f"no longer in the code: {REMEDY}"


@pytest.mark.parametrize("path", CATALOGUES)
def test_every_text_is_translated(path):
    empty = [one.id for one in catalogue.read(path) if one.id and not catalogue.is_translated(one)]

    assert empty == [], REMEDY


@pytest.mark.parametrize("path", CATALOGUES)
def test_translations_keep_the_placeholders(path):
    for message in catalogue.read(path):
        if not message.id:
            continue
        ids, strings = _tuple(message.id), _tuple(message.string)
        allowed = set().union(*map(_placeholders, ids))
        # The form for many must say all; the one for one may spell its number out.
        assert _placeholders(strings[-1]) == _placeholders(ids[-1]), message.id
        assert all(_placeholders(one) <= allowed for one in strings), message.id


def _tuple(words):
    return words if isinstance(words, tuple) else (words,)


def _placeholders(words):
    return set(re.findall(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}", words))


@pytest.mark.parametrize("path", CATALOGUES)
def test_plurals_have_all_forms(path):
    read = catalogue.read(path)

    assert [
        one.id for one in read if isinstance(one.id, tuple) and len(one.string) != read.num_plurals
    ] == []
