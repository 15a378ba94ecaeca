"""What all pages of a host share is drawn once, and shows nothing of the page it was drawn on."""

from dataclasses import replace

import pytest
from django.template import Context, Template, TemplateSyntaxError

from market.tenancy.registry import marketplaces
from market.tenancy.templatetags import kept
from tests.conftest import host_client

ADDRESSES = (
    "/",
    "/de/",
    "/category/icons/",
    "/category/icons/line/?sort=newest",
    "/category/vectors/",
    "/search/",
    "/search/?q=lamp%22",
    "/licences/",
    "/page/help/",
)


@pytest.fixture(autouse=True)
def _parts_are_kept(settings):
    settings.KEEP_PARTS = True


def draw(part: Template, **values: object) -> str:
    shared = {"marketplaces": marketplaces(), "host_key": "graphics", "language": "en"}
    return part.render(Context(shared | values))


def test_what_is_kept_is_drawn_once_a_language_and_host():
    part = Template("{% load kept %}{% kept %}{{ language }} {{ host_key }}{% endkept %}")

    shown = [
        draw(part, language=language, host_key=host)
        for language in ("en", "de")
        for host in ("photos", "code")
        for _twice in range(2)
    ]

    assert shown[::2] == shown[1::2] == ["en photos", "en code", "de photos", "de code"]


def test_a_name_is_part_of_the_key():
    part = Template("{% load kept %}{% kept top %}<b>{{ top }}</b>{% endkept %}")

    shown = [draw(part, top=top) for top in ("icons", "<i>", "icons")]

    assert shown == ["<b>icons</b>", "<b>&lt;i&gt;</b>", "<b>icons</b>"]


def test_nothing_of_a_person_is_seen_inside():
    part = Template("{% load kept %}{% kept %}[{{ user }}{{ request }}{{ words }}]{% endkept %}")

    assert draw(part, user="Ada", request="GET", words="lamp") == "[]"


def test_what_is_live_is_drawn_on_each_page():
    part = Template(
        "{% load kept %}{% kept %}{{ host_key }}:{% for one in 'ab' %}"
        "{% live %}{{ words }}{{ one }}{% endlive %};{% endfor %}{% endkept %}"
    )

    shown = [draw(part, words=words) for words in ("lamp", "</input>")]

    # Nothing that is set inside, such as the loop's `one`, is seen by what is live.
    assert shown == ["graphics:lamp;lamp;", "graphics:&lt;/input&gt;;&lt;/input&gt;;"]


def test_a_named_part_inside_another_one_must_be_live():
    part = Template("{% load kept %}{% kept %}{% kept top %}{{ top }}{% endkept %}{% endkept %}")

    with pytest.raises(TemplateSyntaxError, match="must stand in `live`"):
        draw(part, top="icons")


def test_changed_marketplaces_are_shown():
    part = Template("{% load kept %}{% kept %}{{ marketplaces.0.name }}{% endkept %}")
    now = marketplaces()
    later = (replace(now[0], name="Other Shelf"), *now[1:])

    assert [draw(part, marketplaces=sites) for sites in (now, later)] == [
        now[0].name,
        "Other Shelf",
    ]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(kept, "MOST_KEPT", 3)
    part = Template("{% load kept %}{% kept top %}{{ top }}{% endkept %}")

    assert [draw(part, top=top) for top in "abcdabcd"] == [*"abcdabcd"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_with_kept_parts_is_the_same_as_without(settings, address, sites):
    client = host_client("graphics")
    kept_pages = [client.get(address).content for _ in range(2)]
    settings.KEEP_PARTS = False

    drawn = client.get(address).content

    assert kept_pages == [drawn, drawn]
