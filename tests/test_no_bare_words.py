"""No page in another language shows a word that nobody can translate.

Generated from the URL map: each page of each kind of host, as those who use it, in German whose
every translated text is bracketed. A marketplace's own words and people's are left out: people
write Greek here.
"""

import pytest
from babel import Locale
from django.urls import reverse
from django.utils import translation

from market.items.models import Item, ItemDetail
from market.tenancy import hosts
from tests import factories
from tests.addresses import Route, routes
from tests.conftest import host_client
from tests.pseudo_language import LANGUAGE, bare_words, bracket_words, site_words

# Django's own administration, and addresses of programs: feeds, pictures, redirects.
# Of people, where the rules want Latin letters.
NAMES = {"alfa-ena", "vita-dio", "gama-tria", "Studio alfa-ena"}
LANGUAGES = {"Deutsch", "English"}  # each calls itself so
COUNTRIES = set(Locale("de").territories.values())  # by Babel, in the page's language
OTHERS = ("admin", "health")


@pytest.fixture
def world(sites: None) -> dict:
    """A buyer who sells too, with an object of each kind."""
    author = factories.make_author(username="alfa-ena")
    item = factories.make_item(author=author, name="Ωμέγα", tags=("ένα", "δύο", "τρία"))
    _describe(item)
    draft = factories.make_item(author=author, name="Σίγμα", tags=("ένα",), status="draft")
    version = draft.live_version
    draft_version = type(version).objects.get(pk=version.pk)
    draft_version.status = "draft"
    draft_version.save(update_fields=["status"])
    bought = factories.make_purchase(buyer=author, item=factories.make_item(name="Δέλτα"))
    promotion = factories.make_promotion(item=item)
    promotion.note = "Με μήνυμα"
    promotion.made_by = author
    promotion.save(update_fields=["note", "made_by"])
    return {
        "author": author,
        "reviewer": factories.make_user(username="vita-dio", role="reviewer"),
        "staff": factories.make_user(username="gama-tria", role="staff"),
        "nobody": None,
        "values": {
            "item_id": item.pk, "slug": item.slug, "username": author.username,
            "path": item.category.path, "code": bought.code, "key": bought.order_line.order.key,
            "version_id": item.live_version.pk, "file_id": item.live_version.files.get().pk,
            "role": "main", "version": 1, "gateway": "sandbox",
        },
        "draft": {"item_id": draft.pk},
    }  # fmt: skip


def _describe(item: Item) -> None:
    item.summary = "Ωμέγα σε μία γραμμή"
    item.save(update_fields=["summary"])
    ItemDetail.objects.filter(item=item).update(
        description_source="Για το Ωμέγα", description_html="<p>Για το Ωμέγα</p>"
    )


def _paths(host_key: str, kind: str, values: dict) -> list[str]:
    """Of each route for which there is an example."""
    with translation.override(LANGUAGE):
        return [
            reverse(one.name, urlconf=hosts.host(host_key).urlconf, kwargs=_kwargs(one, values))
            for one in routes(kind)
            if one.parameters <= values.keys() and one.name.split(":")[0] not in OTHERS
        ]


def _kwargs(route: Route, values: dict) -> dict | None:
    return {name: values[name] for name in route.parameters} or None


@pytest.mark.parametrize(
    ("host_key", "who"),
    [
        ("graphics", "nobody"),
        ("account", "nobody"),
        ("account", "author"),
        ("account", "staff"),
        ("staff", "author"),
        ("staff", "reviewer"),
        ("staff", "staff"),
    ],
)
def test_each_word_of_each_page_can_be_translated(world, host_key, who, monkeypatch):
    bracket_words(monkeypatch)
    kind = "marketplace" if host_key == "graphics" else host_key
    allowed = site_words() | NAMES | LANGUAGES | COUNTRIES
    paths = _paths(host_key, kind, world["values"])
    if host_key == "account":
        paths += _paths(host_key, kind, world["values"] | world["draft"])
    found: dict[str, list[str]] = {}
    read = 0
    for path in dict.fromkeys(paths):
        for method in ("get", "post"):
            response = getattr(host_client(host_key, world[who]), method)(path)
            if "text/html" not in response.get("Content-Type", "") or response.streaming:
                continue
            read += 1
            if bare := bare_words(response.content.decode(), allowed):
                for one in bare:
                    found.setdefault(one, []).append(f"{method} {path}")

    assert found == {}
    assert read > 3


def test_a_bare_word_is_found():
    html = """
        <p title="Heard">⟦Read <b>Names</b>⟧ Seen · Theme 12</p><code>code</code>
        <p lang="en">English</p><p>PNG, 3.4 MB, name@example.com</p><input placeholder="⟦Ask⟧">
    """

    assert bare_words(html, {"Theme"}) == ["Heard", "Seen"]
