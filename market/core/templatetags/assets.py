from django import template
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def site_asset(slug: str, name: str) -> str:
    """The address of a file in a marketplace's own folder: `{% site_asset slug 'theme.css' %}`."""
    return static(f"sites/{slug}/{name}")
