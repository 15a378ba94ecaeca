"""The picture that a shared link shows, 1200 × 630: the item's own, its name, the site's mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen, RecordingPen
from fontTools.svgLib.path import SVGPath
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

from market.items.making.outputs import Made, Output
from market.items.making.pictures import open_picture

SIZE = WIDTH, HEIGHT = 1200, 630
BAND = 196  # the words below the picture
MARGIN = 56
MARK_SIDE, LARGE_MARK_SIDE = 84, 240
NAME_SIZE, SMALL_SIZE = 50, 30
NAME_LINES = 2
QUALITY = 84
FINER = 4  # the mark is drawn larger, then made smaller: Pillow's polygons have steps
CURVE_STEPS = 12
SVG_SIDE = 32  # of every site's logo.svg

DrawFont = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class ShareStyle:
    """A site's looks; `face` and `mark` are files, a face that is not installed is no error."""

    accent: str
    on_accent: str
    face: Path
    mark: Path


def make_share(
    folder: Path,
    *,
    style: ShareStyle,
    name: str,
    byline: str,
    picture: Path | None = None,
    peaks: Sequence[float] = (),
) -> Made:
    """Words whose letters the face does not have are left out: no picture shows empty boxes."""
    ground = Image.new("RGB", SIZE, style.accent)
    if picture is not None:
        ground.paste(_cut(picture), (0, 0))
    elif peaks:
        _draw_bars(ground, style, peaks)
    else:
        _draw_large_mark(ground, style)
    _draw_mark(ground, style)
    _draw_words(ground, style, name, byline)
    target = folder / "share.jpg"
    ground.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Made([Output(target.name, target, "image/jpeg", *SIZE)])


def _cut(path: Path) -> Image.Image:
    """The part above the band, filled; what shows through becomes white."""
    image = open_picture(path, longest=WIDTH * 2)
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    # Of what is too high, rather the upper part: faces are there.
    return ImageOps.fit(
        image, (WIDTH, HEIGHT - BAND), Image.Resampling.LANCZOS, centering=(0.5, 0.35)
    )


def _draw_bars(ground: Image.Image, style: ShareStyle, peaks: Sequence[float]) -> None:
    """A sound as its loudness, the way its page shows it."""
    draw = ImageDraw.Draw(ground)
    count = 60
    step = (WIDTH - 2 * MARGIN) / count
    middle, most = (HEIGHT - BAND) // 2 + 20, (HEIGHT - BAND) // 2 - 50
    for number in range(count):
        part = peaks[number * len(peaks) // count : max(1, (number + 1) * len(peaks) // count)]
        half = max(4, round(max(part, default=0) * most))
        left = round(MARGIN + number * step)
        box = (left, middle - half, left + round(step * 0.55), middle + half)
        draw.rounded_rectangle(box, radius=6, fill=style.on_accent)


def _draw_words(ground: Image.Image, style: ShareStyle, name: str, byline: str) -> None:
    draw = ImageDraw.Draw(ground)
    left = MARGIN + MARK_SIDE + 36
    room = WIDTH - MARGIN - left
    lines: list[tuple[str, DrawFont]] = []
    if (large := face(style.face, NAME_SIZE, 700)) and has_letters(style.face, name):
        lines += [(line, large) for line in wrapped(name, large, room)]
    if (small := face(style.face, SMALL_SIZE, 500)) and has_letters(style.face, byline):
        lines += [(line, small) for line in wrapped(byline, small, room)[:1]]
    heights = [round(font.size * 1.2) for _, font in lines]
    top = HEIGHT - BAND + (BAND - sum(heights)) / 2
    for (line, font), height in zip(lines, heights, strict=True):
        draw.text((left, top + height / 2), line, font=font, fill=style.on_accent, anchor="lm")
        top += height


def wrapped(text: str, font: DrawFont, room: int) -> list[str]:
    """At most two lines; what does not fit ends in an ellipsis."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = lines[:NAME_LINES]
    if len(lines) > NAME_LINES:
        shown[-1] += "…"
    return [_shortened(line, font, room) for line in shown if line]


def _shortened(line: str, font: DrawFont, room: int) -> str:
    while font.getlength(line) > room and len(line) > 2:
        line = line.rstrip("…")[:-1].rstrip() + "…"
    return line


@cache
def face(path: Path, size: int, weight: int) -> DrawFont | None:
    """An installed variable face; None where it is not."""
    if not path.is_file():
        return None
    font = ImageFont.truetype(path, size)
    axis = font.get_variation_axes()[0]
    font.set_variation_by_axes([min(max(weight, axis["minimum"] or 0), axis["maximum"] or 0)])
    return font


def has_letters(path: Path, text: str) -> bool:
    return {ord(char) for char in text if not char.isspace()} <= _letters(path)


@cache
def _letters(path: Path) -> frozenset[int]:
    with TTFont(path) as font:
        return frozenset(font.getBestCmap())


# -- the mark ----------------------------------------------------------------------------------
def _draw_mark(ground: Image.Image, style: ShareStyle) -> None:
    mask = mark_mask(style.mark, MARK_SIDE)
    top = HEIGHT - BAND + (BAND - MARK_SIDE) // 2
    ground.paste(style.on_accent, (MARGIN, top), mask)


def _draw_large_mark(ground: Image.Image, style: ShareStyle) -> None:
    """Where there is no picture: the mark over a quiet ground of its own colours."""
    height = HEIGHT - BAND
    quiet = Image.blend(ground, Image.new("RGB", SIZE, style.on_accent), 0.88)
    ground.paste(quiet.crop((0, 0, WIDTH, height)), (0, 0))
    mask = mark_mask(style.mark, LARGE_MARK_SIDE)
    ground.paste(
        style.accent, ((WIDTH - LARGE_MARK_SIDE) // 2, (height - LARGE_MARK_SIDE) // 2), mask
    )


@cache
def mark_mask(path: Path, side: int) -> Image.Image:
    """A site's logo.svg, whose shapes are of one colour: where it covers the ground."""
    pen = DecomposingRecordingPen({})
    SVGPath.fromstring(path.read_bytes()).draw(pen)
    scale = side * FINER / SVG_SIDE
    covered = Image.new("1", (side * FINER, side * FINER))
    for contour in _contours(pen):
        one = Image.new("1", covered.size)
        ImageDraw.Draw(one).polygon([(x * scale, y * scale) for x, y in contour], fill=1)
        covered = ImageChops.logical_xor(covered, one)  # the even-odd rule
    return covered.convert("L").resize((side, side), Image.Resampling.BOX)


Point = tuple[float, float]


def _contours(pen: RecordingPen) -> list[list[Point]]:
    """Its outlines as polygons."""
    found: list[list[Point]] = []
    for step, points in pen.value:
        if step == "moveTo":
            found.append([points[0]])
        elif step == "lineTo":
            found[-1].append(points[0])
        elif step == "curveTo":
            found[-1] += _curve(found[-1][-1], *points)
        elif step == "qCurveTo":
            start, (control, end) = found[-1][-1], points
            found[-1] += _curve(start, _between(start, control), _between(end, control), end)
    return [contour for contour in found if len(contour) > 2]


def _curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    """A cubic Bézier curve in equal steps."""
    points = []
    for number in range(1, CURVE_STEPS + 1):
        t = number / CURVE_STEPS
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append(
            (
                a * start[0] + b * first[0] + c * second[0] + d * end[0],
                a * start[1] + b * first[1] + c * second[1] + d * end[1],
            )
        )
    return points


def _between(end: Point, control: Point) -> Point:
    """Where a quadratic curve's control point lies for a cubic one."""
    return (end[0] + 2 * (control[0] - end[0]) / 3, end[1] + 2 * (control[1] - end[1]) / 3)
