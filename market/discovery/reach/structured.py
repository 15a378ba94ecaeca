"""Pages as schema.org's vocabulary tells them to search engines (JSON-LD)."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypedDict

from django.utils.safestring import SafeString, mark_safe

from market.core.operator import operator
from market.discovery.selectors.item import ItemPage, Offer
from market.items.addresses import preview_url
from market.items.content.pictures import picture_of
from market.items.models import Item, ItemPreview
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.parts import CategoryDef
from market.users.models import Profile

MOST_PICTURES = 6

# What could end the <script> element, or a line of it, is written as JSON's own escapes.
_ESCAPES = {ord(char): f"\\u{ord(char):04X}" for char in "<>&\u2028\u2029"}

Named = TypedDict("Named", {"@type": str, "@id": str, "name": str, "url": str}, total=False)
Graph = TypedDict("Graph", {"@context": str, "@graph": list["Node"]})
ListItem = TypedDict(
    "ListItem", {"@type": str, "position": int, "name": str, "item": str, "url": str}, total=False
)
ListNode = TypedDict(
    "ListNode",
    {"@type": str, "@id": str, "itemListElement": list[ListItem], "numberOfItems": int},
    total=False,
)
Price = TypedDict(
    "Price",
    {
        "@type": str,
        "name": str,
        "url": str,
        "price": str,
        "priceCurrency": str,
        "availability": str,
        "itemCondition": str,
        "seller": Named,
    },
)
Prices = TypedDict(
    "Prices",
    {
        "@type": str,
        "lowPrice": str,
        "highPrice": str,
        "priceCurrency": str,
        "offerCount": int,
        "availability": str,
        "offers": list[Price],
    },
)
Stars = TypedDict(
    "Stars",
    {
        "@type": str,
        "ratingValue": str,
        "ratingCount": int,
        "bestRating": int,
        "worstRating": int,
    },
    total=False,
)
Review = TypedDict(
    "Review",
    {
        "@type": str,
        "author": Named,
        "datePublished": str,
        "reviewRating": Stars,
        "reviewBody": str,
    },
    total=False,
)
Media = TypedDict(
    "Media",
    {
        "@type": str,
        "name": str,
        "description": str,
        "contentUrl": str,
        "encodingFormat": str,
        "width": int,
        "height": int,
        "duration": str,
        "thumbnailUrl": str,
        "uploadDate": str,
        "license": str,
        "acquireLicensePage": str,
        "creditText": str,
        "creator": Named,
        "encoding": "Media",
    },
    total=False,
)
Product = TypedDict(
    "Product",
    {
        "@type": str,
        "@id": str,
        "name": str,
        "url": str,
        "sku": str,
        "description": str,
        "category": str,
        "brand": Named,
        "image": list[str],
        "offers": Price | Prices,
        "aggregateRating": Stars,
        "review": list[Review],
        "subjectOf": list[Media],
    },
    total=False,
)
Search = TypedDict("Search", {"@type": str, "target": "EntryPoint", "query-input": str})
EntryPoint = TypedDict("EntryPoint", {"@type": str, "urlTemplate": str})
Site = TypedDict(
    "Site",
    {
        "@type": str,
        "@id": str,
        "name": str,
        "url": str,
        "description": str,
        "publisher": Named,
        "potentialAction": Search,
    },
)
Organisation = TypedDict("Organisation", {"@type": str, "@id": str, "name": str, "url": str})
Person = TypedDict(
    "Person",
    {
        "@type": str,
        "@id": str,
        "name": str,
        "alternateName": str,
        "description": str,
        "image": str,
        "url": str,
    },
    total=False,
)
ProfilePage = TypedDict(
    "ProfilePage", {"@type": str, "url": str, "dateCreated": str, "mainEntity": Person}
)
Node = Product | Media | ListNode | Site | Organisation | ProfilePage


class Reviewer(Protocol):
    @property
    def username(self) -> str: ...


class Rated(Protocol):
    """A review as the community keeps it."""

    stars: int
    text: str
    created_at: datetime

    @property
    def buyer(self) -> Reviewer: ...


def as_script(nodes: Iterable[Node]) -> SafeString:
    """The element that carries them. Names may hold anything: nothing of them can end it."""
    graph: Graph = {"@context": "https://schema.org", "@graph": list(nodes)}
    told = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{told}</script>')  # noqa: S308


# -- an item -----------------------------------------------------------------------------------
def item_nodes(page: ItemPage, marketplace: Marketplace, reviews: Sequence[Rated]) -> list[Node]:
    """The product with its offers and what is said of it, its media, and the way to it."""
    item, address = page.item, item_address(marketplace, page.item)
    product: Product = {
        "@type": "Product",
        "@id": f"{address}#product",
        "name": item.name,
        "url": address,
        "sku": str(item.pk),
        "description": item.summary or item.name,
        "brand": {"@type": "Brand", "name": author_name(page)},
    }
    if page.category:
        product["category"] = page.category.name
    if pictures := [_picture_address(one) for one in page.pictures[:MOST_PICTURES]]:
        product["image"] = pictures
    if page.offers:
        product["offers"] = _offers(page.offers, marketplace, address)
    if page.stats.rating_count:
        product["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{page.stats.rating:.2f}",
            "ratingCount": page.stats.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    if reviews:
        product["review"] = [_review(one) for one in reviews]
    if media := _media(page, marketplace, address):
        product["subjectOf"] = media
    path = [one for one in (page.top, page.category) if one]
    return [product, breadcrumbs(marketplace, path, (item.name, address))]


def author_name(page: ItemPage) -> str:
    return page.profile.display_name if page.profile else page.item.author.username


def _offers(offers: Sequence[Offer], marketplace: Marketplace, address: str) -> Price | Prices:
    """A price with everything in it for each licence."""
    currency = marketplace.pricing.currency
    prices: list[Price] = [
        {
            "@type": "Offer",
            "name": offer.terms.name,
            "url": address,
            "price": _amount(offer.total_cents),
            "priceCurrency": currency,
            "availability": "https://schema.org/InStock",
            "itemCondition": "https://schema.org/NewCondition",
            "seller": {"@type": "Organization", "name": operator().name},
        }
        for offer in offers
    ]
    if len(prices) == 1:
        return prices[0]
    cents = [offer.total_cents for offer in offers]
    return {
        "@type": "AggregateOffer",
        "lowPrice": _amount(min(cents)),
        "highPrice": _amount(max(cents)),
        "priceCurrency": currency,
        "offerCount": len(prices),
        "availability": "https://schema.org/InStock",
        "offers": prices,
    }


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _review(rating: Rated) -> Review:
    said: Review = {
        "@type": "Review",
        "author": {"@type": "Person", "name": rating.buyer.username},
        "datePublished": rating.created_at.date().isoformat(),
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": str(rating.stars),
            "bestRating": 5,
            "worstRating": 1,
        },
    }
    if rating.text:
        said["reviewBody"] = rating.text
    return said


def _media(page: ItemPage, marketplace: Marketplace, address: str) -> list[Media]:
    """What can be heard, watched, turned; of a photograph, the picture with its licence."""
    found: list[Media] = []
    for kind, tell in (("video", _video), ("audio", _audio), ("model", _model)):
        if rows := page.previews.get(kind):
            found.append(tell(page, rows[0]))
    if samples := page.previews.get("sample"):
        found.append(_photograph(page, samples[0], marketplace, address))
    return found


def _video(page: ItemPage, row: ItemPreview) -> Media:
    told: Media = {
        "@type": "VideoObject",
        "name": page.item.name,
        "description": page.item.summary or page.item.name,
        "contentUrl": preview_url(row.key),
        "encodingFormat": row.content_type,
        "uploadDate": row.created_at.isoformat(timespec="seconds"),
        "duration": _duration(row),
    }
    stills = [*page.previews.get("poster", ()), *page.pictures]
    if stills:
        told["thumbnailUrl"] = _picture_address(stills[0])
    return told


def _audio(page: ItemPage, row: ItemPreview) -> Media:
    return {
        "@type": "AudioObject",
        "name": page.item.name,
        "contentUrl": preview_url(row.key),
        "encodingFormat": row.content_type,
        "duration": _duration(row),
    }


def _model(page: ItemPage, row: ItemPreview) -> Media:
    return {
        "@type": "3DModel",
        "name": page.item.name,
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": preview_url(row.key),
            "encodingFormat": row.content_type,
        },
    }


def _photograph(page: ItemPage, row: ItemPreview, marketplace: Marketplace, address: str) -> Media:
    told: Media = {
        "@type": "ImageObject",
        "name": page.item.name,
        "contentUrl": _picture_address(row),
        "license": hosts.link(marketplace.slug, "discovery:licences"),
        "acquireLicensePage": address,
        "creditText": author_name(page),
        "creator": {"@type": "Person", "name": author_name(page)},
    }
    if row.width and row.height:
        told |= {"width": row.width, "height": row.height}
    return told


def _duration(row: ItemPreview) -> str:
    """ISO 8601: `PT95S`."""
    return f"PT{round(float(row.facts.get('seconds') or 0))}S"


def _picture_address(row: ItemPreview) -> str:
    """The largest in a format that every reader knows."""
    files = picture_of(row).files.get("webp")
    return preview_url(files[-1][1] if files else row.key)


# -- the pages around --------------------------------------------------------------------------
def home_nodes(marketplace: Marketplace) -> list[Node]:
    home = home_address(marketplace)
    search = hosts.link(marketplace.slug, "discovery:search")
    organisation: Organisation = {
        "@type": "Organization",
        "@id": f"{hosts.origin('account')}/#organization",
        "name": operator().name,
        "url": home,
    }
    site: Site = {
        "@type": "WebSite",
        "@id": f"{home}#site",
        "name": marketplace.name,
        "url": home,
        "description": marketplace.purpose,
        "publisher": {"@id": organisation["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{words}}"},
            "query-input": "required name=words",
        },
    }
    return [site, organisation]


def list_nodes(
    marketplace: Marketplace, path: Sequence[CategoryDef], items: Sequence[Item]
) -> list[Node]:
    """A category: the way to it, and the items that the page shows."""
    shown: ListNode = {
        "@type": "ItemList",
        "numberOfItems": len(items),
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": item.name,
                "url": item_address(marketplace, item),
            }
            for position, item in enumerate(items, 1)
        ],
    }
    return [breadcrumbs(marketplace, path), shown]


def author_nodes(marketplace: Marketplace, profile: Profile) -> list[Node]:
    address = author_address(marketplace, profile)
    person: Person = {
        "@type": "Person",
        "@id": f"{address}#person",
        "name": profile.display_name,
        "alternateName": profile.user.username,
        "url": address,
    }
    if profile.bio:
        person["description"] = profile.bio
    if profile.avatar_key:
        person["image"] = preview_url(profile.avatar_key)
    page: ProfilePage = {
        "@type": "ProfilePage",
        "url": address,
        "dateCreated": profile.member_since.isoformat(timespec="seconds"),
        "mainEntity": person,
    }
    return [page]


def breadcrumbs(
    marketplace: Marketplace, path: Sequence[CategoryDef], last: tuple[str, str] | None = None
) -> ListNode:
    """From the home page through the categories (each once) to the page itself."""
    steps = [(marketplace.name, home_address(marketplace))]
    steps += [
        (category.name, category_address(marketplace, category.path))
        for category in dict.fromkeys(path)
    ]
    if last:
        steps.append(last)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(steps, 1)
        ],
    }


def home_address(marketplace: Marketplace) -> str:
    return hosts.link(marketplace.slug, "discovery:home")


def item_address(marketplace: Marketplace, item: Item) -> str:
    return hosts.link(marketplace.slug, "discovery:item", slug=item.slug, item_id=item.pk)


def category_address(marketplace: Marketplace, path: str) -> str:
    return hosts.link(marketplace.slug, "discovery:category", path=path)


def author_address(marketplace: Marketplace, profile: Profile) -> str:
    username = profile.user.username
    return hosts.link(marketplace.slug, "discovery:author", username=username)
