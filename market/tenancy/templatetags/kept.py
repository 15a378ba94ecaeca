"""Parts of pages that all pages of a host share: drawn once, and kept by this process.

    {% kept current_top %} … {% live %}{{ words }}{% endlive %} … {% endkept %}

What stands in `kept` sees its host, its language and the values that are named; these are its key.
It sees nothing of the request or of the person, so that it cannot show them to anybody else. What
is the page's own stands in `live`: drawn on each page, it sees all that the page has, but nothing
that is set inside `kept`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SHARED = ("marketplace", "marketplaces", "host_key", "language", "direction")
MOST_KEPT = 1000  # of one part: languages times sites times what is named
_LIVES = "lives_of_kept_part"  # in the context while a part is drawn
_PLACE = re.compile("\0([0-9]+)\0")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Text and what is live in turn. It counts while the process has the same marketplaces."""

    texts: Sequence[str]
    places: Sequence[int]  # what stands after each text but the last, by its place in `lives`
    lives: Sequence[NodeList]
    marketplaces: object

    def filled(self, context: Context) -> SafeString:
        if not self.lives:
            return mark_safe(self.texts[0])  # noqa: S308  # drawn by a template
        lives = [one.render(context) for one in self.lives]
        page = [self.texts[0]]
        for place, text in zip(self.places, self.texts[1:], strict=True):
            page += (lives[place], text)
        return mark_safe("".join(page))  # noqa: S308  # drawn by templates, all of it


class Kept(Node):
    """Used by many threads: each step on the dictionary is a single one."""

    child_nodelists = ("nodes",)

    def __init__(self, nodes: NodeList, named: Sequence[FilterExpression]) -> None:
        self.nodes = nodes
        self.named = named
        self._drawn: dict[tuple[object, ...], Drawn] = {}

    def render(self, context: Context) -> SafeString:
        if _LIVES in context:
            return self._inside(context)
        values = {str(one): one.resolve(context, ignore_failures=True) for one in self.named}
        key = (context.get("language"), context.get("host_key"), *values.values())
        drawn = self._drawn.get(key)
        if drawn is None or drawn.marketplaces is not context.get("marketplaces"):
            drawn = self._draw(context, values)
            self._keep(key, drawn)
        return drawn.filled(context)

    def _inside(self, context: Context) -> SafeString:
        """Within another part, which is kept as a whole."""
        if self.named:
            raise TemplateSyntaxError("`kept` with names, inside another, must stand in `live`")
        return self.nodes.render(context)

    def _draw(self, context: Context, values: dict[str, object]) -> Drawn:
        lives: dict[Live, int] = {}
        shared = {name: context.get(name) for name in SHARED}
        with_places = self.nodes.render(context.new(shared | values | {_LIVES: lives}))
        pieces = _PLACE.split(with_places)
        return Drawn(
            texts=pieces[::2],
            places=[int(place) for place in pieces[1::2]],
            lives=[one.nodes for one in lives],
            marketplaces=shared["marketplaces"],
        )

    def _keep(self, key: tuple[object, ...], drawn: Drawn) -> None:
        if not settings.KEEP_PARTS:
            return
        if len(self._drawn) >= MOST_KEPT:
            self._drawn.clear()
        self._drawn[key] = drawn


class Live(Node):
    child_nodelists = ("nodes",)

    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Context) -> SafeString:
        lives = context.get(_LIVES)
        if lives is None:
            return self.nodes.render(context)
        place = lives.setdefault(self, len(lives))
        return mark_safe(f"\0{place}\0")  # noqa: S308  # nobody's words


@register.tag("kept")
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept current_top %}`: the names of variables, whose values are the key."""
    named = [parser.compile_filter(one) for one in token.split_contents()[1:]]
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodes, named)


@register.tag("live")
def live(parser: Parser, token: Token) -> Live:
    nodes = parser.parse(("endlive",))
    parser.delete_first_token()
    return Live(nodes)
