"""Draws the marks as small pictures: the mark itself, and a tile for a phone's home screen."""

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
SHAPES = re.compile(r"<g[ >].*</g>", re.DOTALL)
COLOUR = re.compile(r"svg { color: (#[0-9a-f]{6}) }")


def main() -> None:
    marks = [ROOT / "market" / "static" / "img" / "mark.svg", *ROOT.glob("sites/*/logo.svg")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for mark in marks:
            text = mark.read_text()
            shapes, colour = SHAPES.findall(text)[0], COLOUR.findall(text)[0]
            draw(browser, mark.with_name("icon-32.png"), 32, shapes, colour)
            # Phones cut a tile's corners and show no transparency: white on the accent.
            draw(browser, mark.with_name("icon-180.png"), 180, shapes, "#fff", tile=colour)
        browser.close()


def draw(
    browser: Browser, result: Path, size: int, shapes: str, colour: str, *, tile: str = ""
) -> None:
    page = browser.new_page(viewport={"width": size, "height": size})
    room = "-12 -12 56 56" if tile else "0 0 32 32"
    page.set_content(
        f'<body style="margin:0;background:{tile or "transparent"};color:{colour}">'
        f'<svg viewBox="{room}" style="display:block;width:{size}px">{shapes}</svg>'
    )
    drawn = Image.open(io.BytesIO(page.screenshot(omit_background=not tile)))
    if tile:
        drawn = drawn.convert("RGB").quantize(64)
    drawn.save(result, optimize=True)
    page.close()


if __name__ == "__main__":
    main()
