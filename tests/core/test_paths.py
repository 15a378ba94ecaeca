"""Paths that are filled into a pattern are those of Django's own reverse."""

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from market.core.paths import path_to

SITE = "market.urls.marketplace"
PAGES = [
    ("discovery:home", {}),
    ("discovery:search", {}),
    ("discovery:item", {"slug": "lamp", "item_id": 7}),
    ("discovery:item", {"item_id": 7, "slug": "lamp"}),
    ("discovery:item", {"slug": "lamp%20/é?", "item_id": "7"}),
    ("discovery:item", {"slug": "stand-in-0", "item_id": 900171}),
    ("discovery:category", {"path": "icons"}),
    ("discovery:category", {"path": "icons/line"}),
    ("discovery:category", {"path": "a/b/c d"}),
    ("discovery:author", {"username": "ada"}),
    ("discovery:author", {"username": "Ada L."}),
    ("discovery:licence_version", {"code": "standard", "version": 2}),
]


def reversed_path(viewname, named):
    try:
        return reverse(viewname, urlconf=SITE, kwargs=named)
    except NoReverseMatch:
        return None


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("viewname", "named"), PAGES)
def test_a_filled_path_is_the_reversed_one(viewname, named, language):
    with override(language):
        wanted = reversed_path(viewname, named)
        if wanted is None:
            with pytest.raises(NoReverseMatch):
                path_to(viewname, SITE, **named)
        else:
            assert path_to(viewname, SITE, **named) == wanted


@pytest.mark.parametrize(
    ("viewname", "named"),
    [
        ("discovery:item", {"slug": "lamp", "item_id": -7}),
        ("discovery:author", {"username": "ada/bob"}),
        ("discovery:licence", {"code": "a/b"}),
        ("discovery:item", {"slug": "lamp"}),
        ("discovery:nowhere", {}),
    ],
)
def test_what_is_no_path_is_refused(viewname, named):
    with pytest.raises(NoReverseMatch):
        path_to(viewname, SITE, **named)
