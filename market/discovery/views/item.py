"""An item's page, its live preview, its author."""

from dataclasses import replace

from django.http import (
    Http404,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.safestring import mark_safe

from market.community.models import Rating
from market.community.selectors import item_ratings
from market.core.pagination import BadCursor, Page
from market.discovery.addresses import ListAddress
from market.discovery.advice import QUESTION_KEYS, interview
from market.discovery.page_cache.rules import LIST_PARAMS, kept, of_author, of_item
from market.discovery.public import public_page
from market.discovery.reach.heads import author_head, item_head
from market.discovery.selectors.item import (
    find_item,
    item_page,
    item_tree,
    live_address,
    neighbours,
    off_sale_since,
    trail,
)
from market.discovery.selectors.people import author_page
from market.discovery.views.listing import asked, list_context
from market.items.models import Item
from market.tenancy import hosts
from market.tenancy.http import MarketplaceRequest
from market.tenancy.registry import marketplace_by_id

ITEM_PARAMS = ("licence", "stars", "reviews", *QUESTION_KEYS)
WIDTHS = ("desktop", "tablet", "phone")


@kept(params=ITEM_PARAMS, tags=of_item)
@public_page
def item(request: MarketplaceRequest, slug: str, item_id: int) -> HttpResponse:
    found = _item_or_404(item_id)
    if elsewhere := _own_address(request, found, slug, "discovery:item"):
        return elsewhere
    if not found.is_public:
        return _gone(request, found)
    page = item_page(found, request.marketplace)
    talk = interview(page.offers, request.GET) if len(page.offers) > 1 else None
    advised = talk.advice.offer if talk and talk.advice else None
    asked = request.GET.get("licence", "") or (advised.terms.code if advised else "")
    stars = _stars(request)
    ratings = _ratings(request, found, stars)
    context = {
        "page": page,
        "item": found,
        "chosen": page.offer(asked),
        "interview": talk,
        # Made safe by core.text.render_markdown when it was written.
        "description": mark_safe(page.detail.description_html),  # noqa: S308
        "ratings": ratings,
        "head": item_head(page, request.marketplace, ratings.rows),
        "stars": stars,
        "neighbours": neighbours(found, request.marketplace),
        "way": tuple(trail(found, request.marketplace)[:-1]),
        "off_sale_since": None if found.is_for_sale else off_sale_since(found),
        "current_top": page.top.path if page.top else "",
    }
    return render(request, "discovery/item.html", context)


@kept(tags=of_item)
@public_page
def item_files(request: MarketplaceRequest, slug: str, item_id: int) -> HttpResponse:
    """Every file of the archive that buyers download, as far as it was listed."""
    found = _item_or_404(item_id)
    if elsewhere := _own_address(request, found, slug, "discovery:item_files"):
        return elsewhere
    tree = item_tree(found, request.marketplace)
    if tree is None:
        raise Http404
    return render(request, "discovery/item_files.html", {"item": found, "tree": tree})


@kept(params=("width",), tags=of_item)
@public_page
def live_preview(request: MarketplaceRequest, slug: str, item_id: int) -> HttpResponse:
    """The item's own pages in a sandboxed frame, at the width of a device."""
    found = _item_or_404(item_id)
    if elsewhere := _own_address(request, found, slug, "discovery:live_preview"):
        return elsewhere
    if not found.is_public:
        return _gone(request, found)
    page = item_page(found, request.marketplace)
    if page.live is None:
        raise Http404
    width = request.GET.get("width", "")
    context = {
        "page": page,
        "item": found,
        "frame": live_address(page.live),
        "width": width if width in WIDTHS else WIDTHS[0],
        "widths": WIDTHS,
    }
    return render(request, "discovery/live_preview.html", context)


@kept(params=LIST_PARAMS, tags=of_author)
@public_page
def author(request: MarketplaceRequest, username: str) -> HttpResponse:
    wanted = asked(request)
    try:
        page = author_page(
            request.marketplace, username=username, sort=wanted.sort, place=wanted.place
        )
    except BadCursor:
        return HttpResponseRedirect(request.path)
    if page is None:
        raise Http404
    here = ListAddress(author=username, sort=wanted.here.sort, place=wanted.place)
    context = {
        "page": page,
        "total": page.total,
        "head": author_head(page, request.marketplace, is_first=not request.GET),
        **list_context(request, replace(wanted, here=here), page.items, None),
    }
    return render(request, "discovery/author.html", context)


def _gone(request: MarketplaceRequest, found: Item) -> HttpResponse:
    """What staff took off the shelf was here once: it says so, and shows nothing of it."""
    context = {
        "item": found,
        "off_sale_since": off_sale_since(found),
        "category": request.marketplace.category(found.category.path),
        "neighbours": neighbours(found, request.marketplace),
    }
    return render(request, "discovery/item_gone.html", context, status=410)


def _stars(request: MarketplaceRequest) -> int:
    """Which reviews the address asks for: those of 1 to 5 stars, or all, 0."""
    asked = request.GET.get("stars", "")
    return int(asked) if asked in ("1", "2", "3", "4", "5") else 0


def _ratings(request: MarketplaceRequest, found: Item, stars: int) -> Page[Rating]:
    """A cursor that is none of ours shows the newest."""
    try:
        return item_ratings(found.pk, request.GET.get("reviews", ""), stars=stars)
    except BadCursor:
        return item_ratings(found.pk, stars=stars)


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
