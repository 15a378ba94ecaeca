from django import template

from market.tenancy import hosts
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace_by_id

register = template.Library()


@register.simple_tag
def host_url(host_key: str, viewname: str, *args: object, **kwargs: object) -> str:
    """`{% host_url 'account' 'purchases:cart' %}`: a page's address on another host."""
    return hosts.link(host_key, viewname, *args, **kwargs)


@register.simple_tag
def site_url(site_id: int, viewname: str, *args: object, **kwargs: object) -> str:
    """A page's address on the marketplace with this id."""
    return hosts.link(marketplace_by_id(site_id).slug, viewname, *args, **kwargs)


@register.filter
def site(site_id: int) -> Marketplace:
    return marketplace_by_id(site_id)
