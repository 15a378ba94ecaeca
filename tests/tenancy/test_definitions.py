import re
import shutil
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from pathlib import Path

import pytest

from market.tenancy.definitions import (
    AttributeType,
    DefinitionError,
    Scheme,
    format_of,
    is_legal_text,
    load_marketplaces,
)

SITES = Path(__file__).parents[2] / "sites"


@pytest.fixture
def audio():
    return next(site for site in load_marketplaces(SITES) if site.slug == "audio")


@pytest.fixture
def themes():
    return next(site for site in load_marketplaces(SITES) if site.slug == "themes")


@pytest.fixture
def complaint_about(tmp_path) -> Callable[..., str]:
    """Load a copy of sites/ in which each (old, new) of one file is replaced."""

    def load(*changes: tuple[str, str], slug: str = "audio") -> str:
        shutil.copytree(SITES, tmp_path / "sites")
        file = tmp_path / "sites" / slug / "site.toml"
        text = file.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file.write_text(text)
        with pytest.raises(DefinitionError) as caught:
            load_marketplaces(tmp_path / "sites")
        return str(caught.value)

    return load


def test_the_seven_sites_come_in_order():
    sites = load_marketplaces(SITES)

    slugs = ["themes", "code", "video", "audio", "graphics", "photos", "models"]
    assert [site.slug for site in sites] == slugs
    assert [site.id for site in sites] == [1, 2, 3, 4, 5, 6, 7]


def test_a_marketplace_cannot_be_changed(audio):
    with pytest.raises(FrozenInstanceError):
        audio.name = "Other"


def test_a_category_is_found_by_its_path(audio):
    rock = audio.category("music/rock")

    assert (rock.name, rock.top, rock.is_leaf) == ("Rock", "music", True)
    assert not audio.category("music").is_leaf
    assert audio.category("rock") is None
    assert "music/rock" in audio.leaf_paths()
    assert "music" not in audio.leaf_paths()


def test_licences_depend_on_the_top_level_category(audio):
    assert audio.default_licence("music").code == "music-standard"
    assert audio.default_licence("sound-effects").code == "standard"
    assert [one.code for one in audio.licences_for("sound-effects")] == ["standard", "extended"]
    assert audio.licence("extended").min_multiple == Decimal("3.0")
    assert audio.licence("music-standard").broadcast_audience_limit == 0
    assert audio.licence("broadcast-film").broadcast_audience_limit is None


def test_each_category_has_one_main_file_and_one_default_licence():
    for site in load_marketplaces(SITES):
        for top in site.tops():
            mains = [one for one in site.file_roles_for(top) if one.role == "main"]
            assert mains == [site.main_file(top)]
            defaults = [one for one in site.licences_for(top) if one.is_default]
            assert defaults == [site.default_licence(top)]


def test_attributes_depend_on_the_top_level_category(audio):
    assert "vocals" in [one.key for one in audio.attributes_for("music")]
    assert "vocals" not in [one.key for one in audio.attributes_for("sound-effects")]


def test_options_come_from_a_vocabulary(themes):
    versions = themes.attribute("platform_versions")

    assert versions.type is AttributeType.MULTI
    assert "Django 5.2" in versions.options


def test_a_site_has_a_scheme_and_a_heading_face(audio):
    assert (audio.default_scheme, audio.heading_font) == (Scheme.DARK, "Space Grotesk")


def test_the_style_sheet_says_what_the_definition_says():
    for site in load_marketplaces(SITES):
        css = (SITES / site.slug / "theme.css").read_text()
        assert f"--accent: {site.accent.lower()};" in css
        assert f"--accent-dark: {site.accent_dark.lower()};" in css
        assert f"--on-accent: {site.on_accent.lower()};" in css
        assert f'--font-heading: "{site.heading_font}",' in css


def test_a_style_sheet_holds_custom_properties_only():
    for file in SITES.glob("*/theme.css"):
        css = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        inner = css.split("{", 2)[2].split("}")[0]
        assert all(line.strip().startswith("--") for line in inner.split(";") if line.strip())


def test_a_live_preview_is_needed_as_an_address_or_as_a_file(themes):
    required = {one.role: one for one in themes.required_file_roles("site-templates")}

    assert required["live_preview_url"].alternatives == ("live_preview",)
    assert "live_preview_url" not in {
        one.role for one in themes.required_file_roles("interface-design")
    }


def test_a_live_preview_has_its_first_page_on_top_or_in_its_one_folder(themes):
    role = themes.file_role("live_preview", "site-templates")

    assert role.missing_files(["index.html", "css/site.css"]) == ()
    assert role.missing_files(["shop/index.html", "shop/css/site.css"]) == ()
    assert role.missing_files(["a/index.html", "b/site.css"]) == ("index.html",)
    assert role.missing_files(["shop/pages/index.html"]) == ("index.html",)
    assert role.missing_files([]) == ("index.html",)


def test_an_archive_holds_the_formats_of_its_role_and_texts(audio):
    role = audio.main_file("music")

    assert role.may_hold("song/song.MP3")
    assert role.may_hold("song/README.md")
    assert role.may_hold("song/LICENSE")
    assert not role.may_hold("song/setup.exe")
    assert role.missing_formats(["song/LICENSE.txt"]) == ("wav", "flac", "aiff", "mp3")
    assert role.missing_formats(["song/song.aif"]) == ()


def test_documentation_is_found_by_name_and_is_no_licence_text(themes):
    role = themes.file_role("documentation", "wordpress")

    assert role.is_required_for("wordpress")
    assert not role.is_required_for("site-templates")
    assert role.counts_as("theme/README.txt")
    assert role.counts_as("theme/docs/index.html")
    assert not role.counts_as("theme/index.html")
    assert not role.counts_as("theme/docs/LICENSE.txt")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a/Photo.JPEG", "jpg"), ("index.htm", "html"), ("LICENSE", ""), ("a.tar.gz", "gz")],
)
def test_the_format_that_a_name_claims(name, expected):
    assert format_of(name) == expected


@pytest.mark.parametrize("name", ["LICENSE", "a/LICENSE-x.txt", "SAMPLES-LICENSE.txt", "NOTICE.md"])
def test_legal_texts_are_known_by_their_names(name):
    assert is_legal_text(name)
    assert not is_legal_text("license-manager.php")


def test_an_unknown_key_is_named_with_its_file(complaint_about):
    complaint = complaint_about(('name = "Audio Shelf"', 'name = "Audio Shelf"\nnmae = "slip"'))

    assert complaint.endswith(
        "audio/site.toml: site.nmae: unknown key; correct its name or remove it"
    )


def test_a_wrong_value_is_named_with_what_was_expected(complaint_about):
    complaint = complaint_about(("buyer_fee_cents = 900", 'buyer_fee_cents = "9.00"'))

    assert complaint.endswith(
        "audio/site.toml: licences[2].buyer_fee_cents: expected a whole number from 0, got '9.00'"
    )


def test_a_missing_key_is_named(complaint_about):
    complaint = complaint_about(('card = "audio-row"\n', ""))

    assert "site.card: missing; expected one of landscape," in complaint


def test_all_that_is_wrong_is_said_at_once(complaint_about):
    complaint = complaint_about(
        ('accent = "#7A3E9D"', 'accent = "purple"'),
        ("tags_min = 3", "tags_min = 30"),
        ('type = "tree"', 'type = "bush"'),
    )

    assert len(complaint.splitlines()) == 3
    for key in ("site.accent", "item.tags_min", "facets[0].type"):
        assert f"site.toml: {key}: expected" in complaint


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('accent = "#7A3E9D"', 'accent = "#B08FC4"', "site.on_accent: expected a contrast"),
        ('slug = "audio"', 'slug = "sounds"', "site.slug: expected 'audio', the folder's name"),
        ("id = 4", "id = 1", "site.id: expected a value of its own, audio has 1"),
        ('partner_key = "audiojungle"', 'partner_key = "photodune"', "site.partner_key: expected"),
        ("item_price_step_cents = 100", "item_price_step_cents = 70", "in steps of 70, got 300"),
        ("default = true", "default = false", "one default licence for music, found 0"),
        ("default = false", "default = true", "one default licence for music, found 2"),
        ('"broadcast-film"]', '"by-post"]', "licences[0].upgrades_to: expected codes of other"),
        ('code = "extended"', 'code = "standard"', "code: expected a code of its own"),
        ('"music-kits", "logos', '"music-kit", "logos', "expected top-level categories"),
        ('role = "main"', 'role = "mian"', "one entry with role main for sound-effects, found"),
        ('file = "preview_audio"', 'file = "preview"', "previews[0].file: expected a role"),
        ('options = ["16-bit", "24-bit"]', "options = []", "options: expected a list of texts"),
        ('options = ["16-bit", "24-bit"]\n', "", "options: expected options or options_from"),
        ('default = "denied"', 'default = "never"', "default: expected one of options"),
        ("min = 20\n", "min = 400\n", "min: expected at most max (300), got 400"),
        ("buckets = [0, 15, 30", "buckets = [15, 0, 30", "buckets: expected a list of rising"),
        ("page_size = 30", "page_size = 0", "search.page_size: expected a whole number from 1"),
        ('derived_from = "main"', 'derived_from = "song"', "derived_from: expected a role"),
        ("schema = 1", "schema = 2", "schema: expected a whole number from 1 to 1, got 2"),
        ("[site]", "[site", "(file): expected TOML in UTF-8"),
    ],
)
def test_what_does_not_fit_together_is_refused(complaint_about, old, new, expected):
    assert expected in complaint_about((old, new))


def test_options_come_from_a_vocabulary_that_exists(complaint_about):
    complaint = complaint_about(
        ('options_from = "platform_versions"', 'options_from = "versions"'), slug="themes"
    )

    assert (
        "options_from: expected the name of a list in [vocabularies], got 'versions'" in complaint
    )


def test_a_category_path_is_unique_in_its_site(complaint_about):
    complaint = complaint_about(('slug = "cinematic", name', 'slug = "ambient", name'))

    assert "categories[0].children[0].slug: expected a slug of its own" in complaint


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="found none"):
        load_marketplaces(tmp_path)
