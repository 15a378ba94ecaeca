"""What the head of a public page tells other programs: its one address, its picture, its feeds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from market.discovery.reach import structured
from market.discovery.selectors.categories import CategoryPage
from market.discovery.selectors.item import ItemPage
from market.discovery.selectors.people import AuthorPage
from market.items.addresses import preview_url
from market.items.models import Item
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.parts import CategoryDef
from market.tenancy.languages import path_in

SHARE_SIZE = (1200, 630)
TERRITORIES = {"en": "en_US", "de": "de_DE"}  # what Open Graph calls a language


@dataclass(frozen=True, slots=True)
class SharePicture:
    address: str
    alt: str
    width: int = SHARE_SIZE[0]
    height: int = SHARE_SIZE[1]


@dataclass(frozen=True, slots=True)
class Feed:
    address: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`address` is the page's only one for search engines; `alternates` are its translations."""

    address: str
    alternates: Sequence[tuple[str, str]] = ()
    title: str = ""
    description: str = ""
    kind: str = "website"  # Open Graph's
    picture: SharePicture | None = None
    feeds: Sequence[Feed] = ()
    structured: SafeString = field(default=SafeString(""))
    is_indexed: bool = True

    @property
    def locale(self) -> str:
        language = get_language() or settings.LANGUAGE_CODE
        return TERRITORIES.get(language, language.replace("-", "_"))


def home_head(marketplace: Marketplace) -> Head:
    address, alternates = _addresses(marketplace, "discovery:home")
    return Head(
        address=address,
        alternates=alternates,
        title=f"{marketplace.name}: {marketplace.tagline}",
        description=marketplace.purpose,
        picture=site_picture(marketplace),
        feeds=[site_feed(marketplace)],
        structured=structured.as_script(structured.home_nodes(marketplace)),
    )


def item_head(
    page: ItemPage, marketplace: Marketplace, reviews: Sequence[structured.Rated]
) -> Head:
    item = page.item
    address, alternates = _addresses(marketplace, "discovery:item", slug=item.slug, item_id=item.pk)
    nodes = structured.item_nodes(page, marketplace, reviews)
    return Head(
        address=address,
        alternates=alternates,
        title=item.name,
        description=item.summary or marketplace.purpose,
        kind="product",
        picture=_item_picture(page, marketplace),
        feeds=[author_feed(marketplace, item.author.username, structured.author_name(page))],
        structured=structured.as_script(nodes),
        is_indexed=item.is_for_sale,
    )


def category_head(
    page: CategoryPage, marketplace: Marketplace, items: Sequence[Item], *, is_first: bool
) -> Head:
    """Later pages and other orders of the list are the same page to a search engine."""
    path = page.category.path
    address, alternates = _addresses(marketplace, "discovery:category", path=path)
    nodes = structured.list_nodes(marketplace, [page.top, page.category], items)
    name = page.category.name
    return Head(
        address=address,
        alternates=alternates,
        title=f"{name} · {marketplace.name}",
        description=marketplace.purpose,
        picture=site_picture(marketplace),
        feeds=[
            category_feed(marketplace, page.category),
        ],
        structured=structured.as_script(nodes) if is_first else SafeString(""),
        is_indexed=is_first,
    )


def search_head(marketplace: Marketplace, *, words: str, is_first: bool) -> Head:
    """All items may be found; what people search for may not: it would be endless."""
    address, alternates = _addresses(marketplace, "discovery:search")
    return Head(
        address=address,
        alternates=alternates,
        title=marketplace.name,
        description=marketplace.purpose,
        picture=site_picture(marketplace),
        feeds=[site_feed(marketplace)],
        is_indexed=is_first and not words,
    )


def author_head(page: AuthorPage, marketplace: Marketplace, *, is_first: bool) -> Head:
    """Later pages and other orders of the items are the same page to a search engine."""
    profile = page.profile
    address, alternates = _addresses(
        marketplace, "discovery:author", username=profile.user.username
    )
    return Head(
        address=address,
        alternates=alternates,
        title=f"{profile.display_name} · {marketplace.name}",
        description=profile.bio or marketplace.purpose,
        kind="profile",
        picture=site_picture(marketplace),
        feeds=[author_feed(marketplace, profile.user.username, profile.display_name)],
        structured=structured.as_script(structured.author_nodes(marketplace, profile)),
        is_indexed=bool(page.total) and is_first,
    )


def plain_head(marketplace: Marketplace, viewname: str, **kwargs: object) -> Head:
    """Of a page that says no more than its address and its languages."""
    address, alternates = _addresses(marketplace, viewname, **kwargs)
    return Head(address=address, alternates=alternates)


def site_feed(marketplace: Marketplace) -> Feed:
    title = _("New on %(site)s") % {"site": marketplace.name}
    return Feed(hosts.link(marketplace.slug, "discovery:site_feed"), title)


def category_feed(marketplace: Marketplace, category: CategoryDef) -> Feed:
    title = _("New in %(category)s on %(site)s") % {
        "category": category.name,
        "site": marketplace.name,
    }
    return Feed(hosts.link(marketplace.slug, "discovery:category_feed", path=category.path), title)


def author_feed(marketplace: Marketplace, username: str, name: str) -> Feed:
    title = _("New by %(author)s on %(site)s") % {"author": name, "site": marketplace.name}
    return Feed(hosts.link(marketplace.slug, "discovery:author_feed", username=username), title)


def _addresses(
    marketplace: Marketplace, viewname: str, **kwargs: object
) -> tuple[str, list[tuple[str, str]]]:
    """The page's address, and those of all its translations if there are any."""
    path = hosts.path_of(marketplace.slug, viewname, **kwargs)
    origin = hosts.origin(marketplace.slug)
    if len(settings.LANGUAGES) < 2:
        return origin + path, []
    alternates = [(code, origin + path_in(code, path)) for code, _name in settings.LANGUAGES]
    default = origin + path_in(settings.LANGUAGE_CODE, path)
    return origin + path, [*alternates, ("x-default", default)]


def _item_picture(page: ItemPage, marketplace: Marketplace) -> SharePicture | None:
    """The item's own once the job has drawn it; until then the site's."""
    for row in page.previews.get("share", ()):
        return SharePicture(preview_url(row.key), page.item.name)
    return site_picture(marketplace)


def site_picture(marketplace: Marketplace) -> SharePicture | None:
    """`share.jpg` of the site's folder; a new site may not have drawn it yet."""
    name = f"{marketplace.slug}/share.jpg"
    if not _is_drawn(name):
        return None
    address = hosts.origin(marketplace.slug) + static(f"sites/{name}")
    return SharePicture(address, marketplace.name)


@cache
def _is_drawn(name: str) -> bool:
    return bool((settings.SITES_DIR / name).is_file())
