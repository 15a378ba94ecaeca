"""For other programs: robots.txt, sitemaps, feeds."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from market.discovery.page_cache.rules import kept, of_author, of_category, of_home
from market.discovery.public import public_page
from market.discovery.reach import feeds, heads, sitemaps, structured
from market.discovery.reach.robots import robots_of
from market.discovery.selectors.reach import newest_items, newest_of
from market.tenancy.http import HostRequest, MarketplaceRequest
from market.users.models import Profile, normalise_username

FOR_AN_HOUR = "public, max-age=3600"
PARTS = {"items": sitemaps.items, "authors": sitemaps.authors}


@require_safe
def robots(request: HostRequest) -> HttpResponse:
    told = HttpResponse(robots_of(request.host), content_type="text/plain; charset=utf-8")
    told["Cache-Control"] = FOR_AN_HOUR
    return told


@require_safe
def sitemap(request: MarketplaceRequest) -> HttpResponseBase:
    return _xml(sitemaps.index(request.marketplace))


@require_safe
def sitemap_pages(request: MarketplaceRequest) -> HttpResponseBase:
    return _xml(sitemaps.pages(request.marketplace))


@require_safe
def sitemap_part(request: MarketplaceRequest, kind: str, number: int) -> HttpResponseBase:
    if kind not in PARTS or number > sitemaps.MOST_PARTS:
        raise Http404
    return _xml(PARTS[kind](request.marketplace, number))


def _xml(told: str | Iterator[str]) -> HttpResponseBase:
    """Sent while it is read: a part of any size takes the memory of one batch."""
    kind = "application/xml; charset=utf-8"
    response: HttpResponseBase = (
        HttpResponse(told, content_type=kind)
        if isinstance(told, str)
        else StreamingHttpResponse(told, content_type=kind)
    )
    response.headers["Cache-Control"] = FOR_AN_HOUR
    return response


@kept(tags=of_home)
@public_page
def site_feed(request: MarketplaceRequest) -> HttpResponse:
    marketplace = request.marketplace
    return feeds.atom(
        marketplace,
        heads.site_feed(marketplace),
        page_address=structured.home_address(marketplace),
        items=newest_items(marketplace, size=feeds.SIZE) or (),
    )


@kept(tags=of_category)
@public_page
def category_feed(request: MarketplaceRequest, path: str) -> HttpResponse:
    marketplace = request.marketplace
    category = marketplace.category(path)
    items = newest_items(marketplace, path=path, size=feeds.SIZE)
    if category is None or items is None:
        raise Http404
    return feeds.atom(
        marketplace,
        heads.category_feed(marketplace, category),
        page_address=structured.category_address(marketplace, path),
        items=items,
    )


@kept(tags=of_author)
@public_page
def author_feed(request: MarketplaceRequest, username: str) -> HttpResponse:
    marketplace = request.marketplace
    profile = get_object_or_404(
        Profile.objects.select_related("user"),
        user__username_key=normalise_username(username),
        user__is_active=True,
    )
    return feeds.atom(
        marketplace,
        heads.author_feed(marketplace, profile.user.username, profile.display_name),
        page_address=structured.author_address(marketplace, profile),
        items=newest_of(profile.pk, site_id=marketplace.id, size=feeds.SIZE),
    )
