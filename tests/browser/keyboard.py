"""Walking through a page by Tab, as somebody without a mouse does, and looking at each stop."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page

MOST_STOPS = 150  # of one walk; a page on which more are needed has no way past its lists

# What holds the focus: its name, whether a ring is drawn around it (or around the label, row or
# card that stands for it), and whether any part of it can be seen.
STOP = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return null;
  const label = stop.labels?.[0];
  const name = stop.getAttribute('aria-label') || label?.innerText || stop.innerText
    || stop.querySelector('[aria-label]')?.getAttribute('aria-label')
    || stop.querySelector('img')?.alt || stop.querySelector('title')?.textContent
    || stop.title || '';
  const standsFor = [stop, label, stop.parentElement, stop.closest('.card, .door')];
  const places = standsFor.filter(Boolean).flatMap((one) =>
    ['', '::after', '::before'].map((part) => [one, part]));
  const ringed = places.some(([one, part]) => {
    const style = getComputedStyle(one, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && !/^rgba\\(.*, 0\\)$/.test(style.outlineColor);
  });
  const shown = label?.contains(stop) ? label : stop;
  const seen = [...shown.getClientRects()].some((box) => [0.1, 0.5, 0.9].some((across) =>
    [0.1, 0.5, 0.9].some((down) => {
      const x = box.left + box.width * across, y = box.top + box.height * down;
      const top = document.elementFromPoint(x, y);
      return top && (shown.contains(top)
        || top.contains(shown) && !top.matches('main, body, html'));
    })));
  return { name: name.replace(/\\s+/g, ' ').trim(), role: stop.localName, ringed, seen,
    html: stop.outerHTML.slice(0, 160), isMain: stop.localName === 'main' };
}"""


@dataclass(frozen=True)
class Stop:
    name: str
    role: str


def look(page: Page) -> Stop | None:
    """Where the focus stands, after a look that it can be seen there; None for nowhere."""
    found = page.evaluate(STOP)
    if found is None:
        return None
    if not found["isMain"]:  # where the skip link leads to: a place, not a control
        assert found["name"], f"a stop without a name on {page.url}: {found['html']}"
        assert found["ringed"], f"a stop without a visible focus on {page.url}: {found['html']}"
        assert found["seen"], f"a stop that is covered on {page.url}: {found['html']}"
    return Stop(name=found["name"], role=found["role"])


def walk_to(page: Page, name: str, *, back: bool = False) -> Stop:
    """Press Tab until the focus stands on what is called so (a pattern)."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        stop = look(page)
        if stop is None:
            continue
        if re.search(name, stop.name):
            return stop
        passed.append(stop.name)
    raise AssertionError(f"no {name!r} by Tab on {page.url}, only {passed}")


def skip_to_content(page: Page) -> None:
    """The first stop of every page leads past its head."""
    page.keyboard.press("Tab")
    stop = look(page)
    assert stop is not None
    assert stop.name == "Skip to content", stop
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
