from market.items.addresses import preview_url
from market.items.templatetags.previews import picture, ratio_class, waveform_path

CARD = {
    "key": "previews/a/full.jpg",
    "width": 1180,
    "height": 600,
    "variants": [
        {"key": "previews/a/large.webp", "width": 1180, "height": 600},
        {"key": "previews/a/small.webp", "width": 480, "height": 244},
    ],
}


def test_a_picture_has_its_size_and_smaller_variants():
    drawn = picture(CARD, alt='A "b" <c>', sizes="50vw")

    assert 'width="1180" height="600"' in drawn
    assert f'src="{preview_url("previews/a/large.webp")}"' in drawn
    assert f"{preview_url('previews/a/small.webp')} 480w" in drawn
    assert 'sizes="50vw"' in drawn
    assert 'alt="A &quot;b&quot; &lt;c&gt;"' in drawn
    assert 'loading="lazy"' in drawn


def test_the_largest_picture_is_fetched_first():
    drawn = picture(CARD, eager=True)

    assert 'fetchpriority="high"' in drawn
    assert "lazy" not in drawn


def test_without_a_preview_nothing_is_drawn():
    assert picture(None) == ""


def test_a_ratio_is_one_that_the_stylesheet_knows():
    assert ratio_class(CARD) == "r20"
    assert ratio_class({"width": 10000, "height": 10}) == "r30"
    assert ratio_class({"width": 1, "height": 9000}) == "r5"
    assert ratio_class(None) == "r10"


def test_a_waveform_has_ninety_bars_however_many_peaks_there_are():
    for peaks in ([], None, [0, 0], [1] * 7, [0.5] * 1000, [12, 80, 255]):
        path = waveform_path(peaks)

        assert path.count("M") == 90
        assert set(path) <= set("Mv 0123456789")
