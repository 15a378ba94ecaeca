"""How a page looks, kept as a small picture, and compared with how it looked.

Two machines with the same browser draw the edges of letters a little differently, and what a
picture is packed with differs too. So a page is scaled down (a desk's by half), averaged in fields
of 4 × 4 pixels, and compared in tiles of 16 × 16: letters drawn finer, or half a pixel beside,
change no field much; a block that moved, a missing picture, another colour fill tiles.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page

FOLDER = Path(__file__).parent / "references"
TILE, FIELD = 16, 4
# The mean difference of a tile, of 255, measured on a page full of text, the worst case: letters
# moved by half a pixel 7, drawn by another method 9; a pale box with a thin frame that moved by 12
# pixels 18, a picture of another colour 39, words of another colour 36, a missing picture 136.
MOST_IN_A_TILE = 11
# A tile here and there may be over it: the grain of one small picture. That box makes eight.
MOST_TILES = 3
QUALITY = 55
HEIGHT = 1400  # what is compared of a long page: its end looks like its middle

# What differs from run to run: dates, codes, numbers made by chance, and the moving.
STILL = """() => {
  const month = '(?:January|February|March|April|May|June|July|August|September|October'
    + '|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)';
  const rules = [
    [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
      '00000000-0000-4000-8000-000000000000'],
    [new RegExp('\\\\b\\\\d{1,2} ' + month + ' 20\\\\d\\\\d', 'g'), '5 November 2026'],
    [new RegExp(month + ' \\\\d{1,2}, 20\\\\d\\\\d', 'g'), 'November 5, 2026'],
    [new RegExp('\\\\b' + month + ' 20\\\\d\\\\d', 'g'), 'November 2026'],
    [/\\b20\\d\\d-\\d\\d(-\\d\\d)?/g, '2026-11'],
    [/\\b\\d\\d:\\d\\d\\b(?=,? UTC)/g, '12:00'],
    [/\\b\\d+\\s(second|minute|hour|day|week|month)s?(, \\d+\\s\\w+)? ago/g, '2 days ago'],
    [/\\b[0-9a-f]{8,32}\\b/g, '00000000'],
  ];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let text = node.data;
    for (const [pattern, words] of rules) text = text.replace(pattern, words);
    if (text !== node.data) node.data = text;
  }
  for (const one of document.querySelectorAll('img')) one.loading = 'eager';
  for (const one of document.querySelectorAll('video')) one.pause();
  return document.fonts.ready.then(() => Promise.all([...document.images].map((one) =>
    one.complete || new Promise((done) => { one.onload = one.onerror = done; })))).then(() => true);
}"""


@dataclass(frozen=True)
class Difference:
    """`tiles` are the corners of those that differ; `picture` shows both, and what differs red."""

    tiles: list[tuple[int, int]]
    picture: Image.Image | None

    @property
    def is_seen(self) -> bool:
        return self.picture is not None


def take(page: Page) -> Image.Image:
    """The page at rest, from its top, scaled down as it is kept."""
    page.wait_for_load_state("networkidle")
    page.evaluate(STILL)
    size = page.viewport_size
    assert size is not None
    whole = int(page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(whole, HEIGHT)}
    shot = page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide")  # type: ignore[arg-type]
    return small(Image.open(io.BytesIO(shot)).convert("RGB"))


def small(image: Image.Image) -> Image.Image:
    width = 640 if image.width > 640 else 260
    height = round(image.height * width / image.width)
    return image.resize((width, height), Image.Resampling.BOX)


def as_kept(image: Image.Image) -> Image.Image:
    return Image.open(io.BytesIO(packed(image))).convert("RGB")


def packed(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()


def compare(reference: Image.Image, image: Image.Image) -> Difference:
    """Both as they are kept, so that what the packing loses is lost on both sides."""
    image = as_kept(image)
    if abs(reference.height - image.height) > 2:
        return Difference([], _beside(reference, image, []))
    size = (image.width, min(reference.height, image.height))
    reference, image = reference.crop((0, 0, *size)), image.crop((0, 0, *size))
    means = tile_differences(reference, image)
    tiles = [
        (x * TILE, y * TILE)
        for y in range(means.height)
        for x in range(means.width)
        if int(means.getpixel((x, y))) > MOST_IN_A_TILE  # type: ignore[call-overload]
    ]
    if len(tiles) <= MOST_TILES:
        return Difference(tiles, None)
    return Difference(tiles, _beside(reference, image, tiles))


def tile_differences(one: Image.Image, other: Image.Image) -> Image.Image:
    """A pixel a tile. Fields of 4 × 4 are averaged first: where letters lie within is no matter."""
    fields = ImageChops.difference(one.reduce(FIELD), other.reduce(FIELD))
    red, green, blue = fields.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).reduce(TILE // FIELD)


def _beside(
    reference: Image.Image, image: Image.Image, tiles: list[tuple[int, int]]
) -> Image.Image:
    marked = image.copy()
    for x, y in tiles:
        marked.paste("#e00000", (x, y, x + TILE, y + 2))
        marked.paste("#e00000", (x, y, x + 2, y + TILE))
    whole = Image.new("RGB", (reference.width * 2 + 8, max(reference.height, image.height)))
    whole.paste(reference)
    whole.paste(marked, (reference.width + 8, 0))
    return whole
