"""Pictures, decoded and written anew: no metadata, no disguised content survives."""

import warnings
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from market.items.making.outputs import Made, Output

QUALITY = 82
# Measured on the demo's previews at 1180 × 600: WebP 33 kB in 46 ms; AVIF of the same look 26 kB in
# 75 ms. A lower speed takes four times as long for 8 % less, a higher one gives 31 kB.
AVIF_QUALITY, AVIF_SPEED = 60, 8
THUMBNAIL_SIDES = (80, 160, 320)
# Pages are drawn with AVIF; WebP is for the few browsers without it.
WIDTHS = (590, 1180)
AVIF_WIDTHS = (400, 800, 1180)
MAX_HEIGHT = 4000
FORMATS = ["JPEG", "PNG", "WEBP"]
MARK = "SEVEN SHELVES"
MARK_OPACITY = 46  # of 255: seen, and the picture still is


def open_picture(path: Path, *, longest: int) -> Image.Image:
    """The picture upright, in RGB or RGBA. It was checked before; `longest` bounds the decoding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(path, formats=FORMATS) as image:
            image.draft("RGB", (longest, longest))  # of a JPEG, a smaller decoding
            upright = ImageOps.exif_transpose(image)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            return upright.convert("RGBA" if has_alpha else "RGB")


def make_thumbnail(path: Path, folder: Path, *, crop: bool = False) -> Made:
    """Squares for lists; `crop` takes the middle of a picture that is not square."""
    image = open_picture(path, longest=max(THUMBNAIL_SIDES) * 2)
    if crop:
        side = min(image.size)
        image = ImageOps.fit(image, (side, side))
    largest = min(max(THUMBNAIL_SIDES), max(image.size))
    sides = sorted({min(side, largest) for side in THUMBNAIL_SIDES})
    outputs = [_write(_fitted(image, side, side), folder, f"{side}.webp") for side in sides]
    jpeg = _fitted(image, largest, largest)
    outputs.append(_write(_on_white(jpeg), folder, f"{largest}.jpg"))
    # The largest WebP is the preview's own file.
    main = outputs.pop(len(sides) - 1)
    return Made([main, *outputs], _colour_facts(image))


def make_picture(path: Path, folder: Path, *, marked: bool = False, stem: str = "") -> Made:
    """The widths that pages use, never larger than the original; the widest WebP first."""
    image = open_picture(path, longest=max(WIDTHS) * 2)
    formats = {"webp": _widths(WIDTHS, image), "avif": _widths(AVIF_WIDTHS, image)}
    outputs = []
    drawn: dict[int, Image.Image] = {}
    for ending, widths in formats.items():
        for width in widths:
            if width not in drawn:
                small = _fitted(image, width, MAX_HEIGHT)
                drawn[width] = _watermarked(small) if marked else small
            outputs.append(_write(drawn[width], folder, f"{stem}{width}.{ending}"))
    return Made(outputs, _colour_facts(image))


def _widths(wanted: tuple[int, ...], image: Image.Image) -> list[int]:
    return sorted({min(width, image.width) for width in wanted}, reverse=True)


def _colour_facts(image: Image.Image) -> dict[str, str]:
    """`{"colour": "#8a6f52"}`, what most of it looks like; nothing where the page shows through."""
    if image.mode != "RGB":
        return {}
    few = image.resize((32, 32), Image.Resampling.BOX).quantize(4, Image.Quantize.MEDIANCUT)
    counts = few.histogram()
    most = counts.index(max(counts))
    red, green, blue = (few.getpalette() or [0, 0, 0])[3 * most : 3 * most + 3]
    return {"colour": f"#{red:02x}{green:02x}{blue:02x}"}


def _fitted(image: Image.Image, width: int, height: int) -> Image.Image:
    small = image.copy()
    small.thumbnail((width, height), Image.Resampling.LANCZOS)
    return small


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _watermarked(image: Image.Image) -> Image.Image:
    """Our name across the picture, in light and dark, so that it shows on both."""
    size = max(14, image.width // 22)
    font = ImageFont.load_default(size)
    side = int((image.width**2 + image.height**2) ** 0.5)
    layer = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(layer)
    step = int(draw.textlength(MARK, font=font)) + size * 3
    for row, top in enumerate(range(0, side, size * 6)):
        for left in range(-(row % 2) * step // 2, side, step):
            draw.text((left + 1, top + 1), MARK, font=font, fill=(0, 0, 0, MARK_OPACITY))
            draw.text((left, top), MARK, font=font, fill=(255, 255, 255, MARK_OPACITY))
    turned = layer.rotate(30)
    left, top = (side - image.width) // 2, (side - image.height) // 2
    cut = turned.crop((left, top, left + image.width, top + image.height))
    return Image.alpha_composite(image.convert("RGBA"), cut).convert("RGB")


def _write(image: Image.Image, folder: Path, name: str) -> Output:
    target = folder / name
    if name.endswith(".jpg"):
        image.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        return Output(name, target, "image/jpeg", image.width, image.height)
    if name.endswith(".avif"):
        # One thread: workers run side by side, and the bytes are the same each time.
        image.save(target, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED, max_threads=1)
        return Output(name, target, "image/avif", image.width, image.height)
    image.save(target, "WEBP", quality=QUALITY, method=4)
    return Output(name, target, "image/webp", image.width, image.height)
