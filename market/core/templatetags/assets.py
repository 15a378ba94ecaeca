from django import template
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def theme_css(slug: str) -> str:
    """The address of a marketplace's own style sheet: its accent, its heading face."""
    return static(f"sites/{slug}/theme.css")
