import re
from functools import cache

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

register = template.Library()

_SHAPES = re.compile(r"<g[ >].*</g>", re.DOTALL)


@register.simple_tag
def site_asset(slug: str, name: str) -> str:
    """The address of a file in a marketplace's own folder: `{% site_asset slug 'theme.css' %}`."""
    return static(f"sites/{slug}/{name}")


@register.simple_tag
def site_mark(slug: str = "") -> SafeString:
    """A marketplace's mark, or that of all, drawn into the page in the colour of the text.

    Once a page: from then on it is `<use href="#mark-<slug>">`.
    """
    return format_html(
        '<svg class="mark" id="mark-{}" width="32" height="32" viewBox="0 0 32 32"'
        ' aria-hidden="true">{}</svg>',
        slug,
        _mark_shapes(slug),
    )


@cache
def _mark_shapes(slug: str) -> SafeString:
    """The drawing inside `logo.svg`; the marketplace's own, so that it is as safe as our code."""
    shared = settings.BASE_DIR / "market" / "static" / "img" / "mark.svg"
    file = settings.SITES_DIR / slug / "logo.svg" if slug else shared
    found = _SHAPES.search(file.read_text(encoding="utf-8"))
    return mark_safe(found[0] if found else "")  # noqa: S308


@register.simple_tag
def card_style(card: str) -> str:
    """The address of the style sheet of one kind of card: a page loads its site's own alone."""
    return static(f"css/cards/{card}.css")


@register.simple_tag
def font_file(face: str) -> str:
    """The address of an open face's file, by its name: `{% font_file "Space Grotesk" %}`."""
    return static(f"fonts/{slugify(face)}.woff2")


@register.simple_tag(takes_context=True)
def site_slot(context: RequestContext, slot: str) -> SafeString:
    """The marketplace's own `slots/<slot>.html`, or the one that all share.

    A slot is a place where sites may differ: `{% site_slot "home_hero" %}` stands for
    `sites/<slug>/slots/home_hero.html`, else for `market/templates/slots/home_hero.html`.
    """
    engine = context.template.engine  # type: ignore[union-attr]  # set while a template renders
    marketplace = context.get("marketplace")
    own = [f"{marketplace.slug}/slots/{slot}.html"] if marketplace else []
    return engine.select_template([*own, f"slots/{slot}.html"]).render(context)
