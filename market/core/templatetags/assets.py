from django import template
from django.templatetags.static import static
from django.utils.text import slugify

register = template.Library()


@register.simple_tag
def site_asset(slug: str, name: str) -> str:
    """The address of a file in a marketplace's own folder: `{% site_asset slug 'theme.css' %}`."""
    return static(f"sites/{slug}/{name}")


@register.simple_tag
def font_file(face: str) -> str:
    """The address of an open face's file, by its name: `{% font_file "Space Grotesk" %}`."""
    name = slugify(face)
    return static(f"vendor/@fontsource-variable/{name}/files/{name}-latin-wght-normal.woff2")
