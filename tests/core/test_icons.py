from market.core.templatetags.icons import icon
from market.tenancy.registry import marketplaces


def test_an_icon_beside_words_is_silent_and_a_lonely_one_speaks():
    assert 'aria-hidden="true"' in icon("camera")
    assert 'role="img" aria-label="A &lt;b&gt;"' in icon("camera", label="A <b>")


def test_every_marketplaces_icon_is_drawn():
    for site in marketplaces():
        assert "<path" in icon(site.icon), site.icon


def test_an_unknown_icon_keeps_its_place():
    assert icon("no-such-icon").endswith("></svg>")
