"""`/rest/v1/` is our own surface; the other addresses are those that partners' clients call."""

from django.urls import URLPattern, path, re_path

from market.api.base import ApiView
from market.api.partner import views as partner
from market.api.reference import Description, reference
from market.api.rest import catalogue, mine


def _partner(address: str, view: type[ApiView], name: str) -> URLPattern:
    """Clients double slashes, or end with one or none; a redirect would break them."""
    return re_path(rf"^/*{address.replace('/', '/+')}/*$", view.as_view(), name=name)


app_name = "api"
urlpatterns = [
    path("", reference, name="reference"),
    path("openapi.json", Description.as_view(), name="schema"),
    path("rest/v1/marketplaces/", catalogue.Marketplaces.as_view(), name="marketplaces"),
    path(
        "rest/v1/marketplaces/<slug:slug>/categories/",
        catalogue.Categories.as_view(),
        name="categories",
    ),
    path("rest/v1/items/", catalogue.Items.as_view(), name="items"),
    path("rest/v1/items/<int:item_id>/", catalogue.ItemDetail.as_view(), name="item"),
    path(
        "rest/v1/items/<int:item_id>/versions/", catalogue.ItemVersions.as_view(), name="versions"
    ),
    path("rest/v1/authors/<str:username>/", catalogue.Author.as_view(), name="author"),
    path("rest/v1/search/", catalogue.Search.as_view(), name="search"),
    path("rest/v1/purchases/", mine.Purchases.as_view(), name="purchases"),
    path("rest/v1/purchases/<str:code>/", mine.PurchaseByCode.as_view(), name="purchase"),
    path(
        "rest/v1/purchases/<str:code>/downloads/",
        mine.PurchaseDownloads.as_view(),
        name="purchase_downloads",
    ),
    path("rest/v1/sales/", mine.Sales.as_view(), name="sales"),
    path("rest/v1/sales/<str:code>/", mine.SaleByCode.as_view(), name="sale"),
    _partner("ping", partner.Ping, "ping"),
    _partner("whoami", partner.WhoAmI, "whoami"),
    _partner("v3/market/author/sale", partner.AuthorSale, "partner_author_sale"),
]
