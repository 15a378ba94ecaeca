"""What an item's page shows of its previews, without JavaScript too."""

import gzip
import re

import pytest

from market.discovery.file_tree import tree_of
from market.discovery.templatetags.file_tree import file_tree
from market.items.models import ItemPreview
from tests import factories
from tests.conftest import host_client


def facts_of(*paths: str, **more):
    entries = [[path, 10] for path in paths]
    return {
        "count": len(entries),
        "unpacked_bytes": 10 * len(entries),
        "formats": {"svg": len(entries)},
        "entries": entries,
        **more,
    }


def item_with(*paths: str, site: str = "graphics", category: str = "icons/line", **more):
    item = factories.make_item(site=site, category=category)
    item.live_version.files.filter(role="main").update(facts=facts_of(*paths, **more))
    return item


def preview(item, kind: str, position: int = 0, **facts) -> ItemPreview:
    return ItemPreview.objects.create(
        version=item.live_version,
        kind=kind,
        position=position,
        key=f"previews/{kind}-{position}/a.webp",
        content_type="image/webp",
        width=1180,
        height=600,
        facts=facts,
    )


def get(item, path: str = "", site: str = "graphics") -> str:
    response = host_client(site).get(f"/items/{item.slug}/{item.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


# -- files -------------------------------------------------------------------------------------


def test_folders_have_the_sums_of_what_is_in_them():
    tree = tree_of(facts_of("set/a/1.svg", "set/a/2.svg", "set/b/3.svg", "set/read me.txt"))

    assert (tree.root.name, tree.root.count, tree.root.bytes) == ("set", 4, 40)
    assert [(one.name, one.count) for one in tree.root.folders.values()] == [("a", 2), ("b", 1)]
    assert tree.left_out == 0


def test_a_folder_that_holds_one_folder_takes_no_line_of_its_own():
    html = file_tree(tree_of(facts_of("src/main/java/A.java", "B.txt")).root)

    assert '<bdi class="tree-name">src/main/java</bdi>' in html
    assert html.count("<details") == 1


def test_names_of_strangers_are_only_words():
    html = file_tree(
        tree_of(
            facts_of('<script>alert(1)</script>/"><b>.svg', "a/\u202egpj.exe", "a/{{ x }}")
        ).root
    )

    assert "<script" not in html
    assert "<b>" not in html
    assert "\u202e" not in html
    assert '<bdi class="tree-name">gpj.exe</bdi>' in html
    assert "{{ x }}" in html


def test_the_deepest_folders_are_drawn():
    path = "/".join(f"{number}/{number}.txt" for number in range(31))
    entries = ["/".join(["d"] * depth + [f"{depth}.txt"]) for depth in range(32)]

    assert file_tree(tree_of(facts_of(*entries)).root).count("<details") == 31
    assert file_tree(tree_of(facts_of(path)).root)


@pytest.mark.parametrize("facts", [{}, {"entries": []}, {"entries": [["", 1], ["/", 2]]}])
def test_what_is_no_archive_has_no_tree(facts):
    assert tree_of(facts) is None


def test_few_files_stand_on_the_page_and_many_on_one_of_their_own(sites):
    few = item_with("icons/arrow.svg", "LICENSE")
    many = item_with(*(f"icons/{number}.svg" for number in range(60)), "LICENSE", count=70)

    assert "arrow.svg" in get(few)
    page = get(many)
    assert "7.svg" not in page
    assert re.search(r"70 files, 610.(?:bytes|B) unpacked", page)
    assert f'href="/items/{many.slug}/{many.pk}/files/"' in page
    files = get(many, "files/")
    assert "59.svg" in files
    assert "9 more files are in the archive." in files


def test_two_thousand_files_fit_a_page(sites):
    item = item_with(*(f"folder {n % 50}/some icon of ours {n}.svg" for n in range(2000)))

    assert len(gzip.compress(get(item, "files/").encode())) < 25_000
    assert len(gzip.compress(get(item).encode())) < 25_000


def test_where_a_marketplace_shows_no_files_there_is_no_page_of_them(sites):
    item = item_with("a.jpg", site="photos", category="nature/landscapes")

    assert host_client("photos").get(f"/items/{item.slug}/{item.pk}/files/").status_code == 404


def test_the_page_of_files_asks_twice(sites, django_assert_num_queries):
    item = item_with(*(f"{number}.svg" for number in range(100)))

    with django_assert_num_queries(2):
        get(item, "files/")


# -- pictures ----------------------------------------------------------------------------------


def test_pictures_link_to_themselves_and_show_what_they_are_called(sites):
    item = factories.make_item()
    preview(item, "image")
    preview(item, "gallery", 0, caption='Home "page"')
    preview(item, "gallery", 1)

    page = get(item)

    assert page.count("previews/gallery-0/a.webp") >= 2
    assert 'data-caption="Home &quot;page&quot;"' in page
    assert "Picture 3" in page


def test_before_and_after_are_shown_as_a_pair_or_not_at_all(sites):
    pair, half = factories.make_item(), factories.make_item()
    preview(pair, "before")
    preview(pair, "after")
    preview(half, "before")

    assert "compare-before" in get(pair)
    assert "compare-before" not in get(half)


def test_what_could_not_be_drawn_is_not_shown(sites):
    item = factories.make_item()
    ItemPreview.objects.create(version=item.live_version, kind="icons", key="", facts={"count": 0})

    assert "icon-sheet" not in get(item)


def test_an_item_without_previews_says_so(sites):
    assert "No preview" in get(factories.make_item())


def test_viewers_of_packages_are_not_loaded_with_the_page(sites):
    """They are large: each is fetched when it is used."""
    item = factories.make_item(site="models", category="props/household")
    preview(item, "image")
    preview(item, "model", triangles=12000, materials=2, animations=1)

    page = get(item, site="models")

    assert "12,000 triangles" in page
    assert '<script type="module" src="/static/vendor' not in page
    assert (
        'data-module="/static/vendor/@google/model-viewer/dist/model-viewer.min.js"'
        in page.replace("%40", "@")
    )
