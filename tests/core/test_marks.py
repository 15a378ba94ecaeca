"""Each site's mark: drawn into pages, and as files for tabs and home screens."""

import re

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from market.core.templatetags.assets import site_mark
from market.tenancy.registry import marketplaces
from tests.conftest import host_client

ICON = re.compile(r'<link rel="(?:icon|apple-touch-icon)" href="/static/([^"]+)"')
HOSTS = [*(site.slug for site in marketplaces()), "account"]


def size(file):
    with Image.open(file) as picture:
        return picture.size


@pytest.fixture
def pages(sites):
    return {
        host: host_client(host).get("/cart/" if host == "account" else "/").content.decode()
        for host in HOSTS
    }


def test_every_page_names_a_mark_for_tabs_and_home_screens_that_is_there(pages):
    for page in pages.values():
        files = [finders.find(name) for name in ICON.findall(page)]

        assert [str(one).rpartition(".")[2] for one in files] == ["png", "svg", "png"]
        assert [size(files[0]), size(files[2])] == [(32, 32), (180, 180)]


def test_no_two_marks_are_alike(pages):
    drawings = [site_mark(site.slug).split("<g", 1)[1] for site in marketplaces()]

    assert len(set(drawings)) == len(marketplaces())
    assert len({tuple(ICON.findall(page)) for page in pages.values()}) == len(HOSTS)


def test_a_page_draws_each_mark_once_and_refers_to_it_from_then_on(pages):
    for page in pages.values():
        ids = re.findall(r'id="(mark-[a-z]*)"', page)

        assert len(set(ids)) == len(ids)
        assert set(re.findall(r'<use href="#(mark-[a-z]*)"', page)) <= set(ids)


def test_the_colour_around_a_page_is_the_sites_own(pages):
    for site in marketplaces():
        assert f'media="(prefers-color-scheme: light)" content="{site.accent}"' in pages[site.slug]
