"""An item's page, its live preview, its author."""

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe

from market.community.selectors import item_ratings
from market.core.pagination import BadCursor
from market.discovery.public import public_page
from market.discovery.selectors.item import find_item, item_page, live_address
from market.discovery.selectors.people import author_page
from market.items.models import Item
from market.tenancy import hosts
from market.tenancy.http import MarketplaceRequest
from market.tenancy.registry import marketplace_by_id

WIDTHS = ("desktop", "tablet", "phone")


@public_page
def item(request: MarketplaceRequest, slug: str, item_id: int) -> HttpResponse:
    found = _item_or_404(item_id)
    if elsewhere := _own_address(request, found, slug, "discovery:item"):
        return elsewhere
    try:
        ratings = item_ratings(found.pk, request.GET.get("reviews", ""))
    except BadCursor:
        ratings = item_ratings(found.pk, "")
    page = item_page(found, request.marketplace)
    context = {
        "page": page,
        "item": found,
        # Made safe by core.text.render_markdown when it was written.
        "description": mark_safe(page.detail.description_html),  # noqa: S308
        "ratings": ratings,
        "canonical": hosts.link(
            request.marketplace.slug, "discovery:item", slug=found.slug, item_id=found.pk
        ),
        "current_top": page.top.path if page.top else "",
    }
    return render(request, "discovery/item.html", context)


@public_page
def live_preview(request: MarketplaceRequest, slug: str, item_id: int) -> HttpResponse:
    """The item's own pages in a sandboxed frame, at the width of a device."""
    found = _item_or_404(item_id)
    if elsewhere := _own_address(request, found, slug, "discovery:live_preview"):
        return elsewhere
    page = item_page(found, request.marketplace)
    if page.live is None:
        raise Http404
    asked = request.GET.get("width", "")
    context = {
        "page": page,
        "item": found,
        "frame": live_address(page.live),
        "width": asked if asked in WIDTHS else WIDTHS[0],
        "widths": WIDTHS,
    }
    return render(request, "discovery/live_preview.html", context)


@public_page
def author(request: MarketplaceRequest, username: str) -> HttpResponse:
    page = author_page(username=username, site_id=request.marketplace.id)
    if page is None:
        raise Http404
    return render(request, "discovery/author.html", {"page": page})


def _item_or_404(item_id: int) -> Item:
    found = find_item(item_id)
    if found is None:
        raise Http404
    return found


def _own_address(
    request: MarketplaceRequest, found: Item, slug: str, viewname: str
) -> HttpResponse | None:
    """Where the item really is, when this is another site or an old name; None when it is here."""
    if found.site_id == request.marketplace.id and found.slug == slug:
        return None
    site = marketplace_by_id(found.site_id).slug
    return HttpResponsePermanentRedirect(
        hosts.link(site, viewname, slug=found.slug, item_id=found.pk)
    )
