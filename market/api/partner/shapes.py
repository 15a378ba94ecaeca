"""What partners' existing clients read, key for key. The description is made from these.

`previews` has only the kinds that exist; `attributes` those that the item states.
"""

from typing import Any, NotRequired, TypedDict


class Ping(TypedDict):
    ping: str


class WhoAmI(TypedDict):
    """`clientId` is null for personal tokens; `ttl` is in seconds."""

    clientId: str | None
    userId: int
    scopes: list[str]
    ttl: int


class AttributeV3(TypedDict):
    """`name` is kebab case."""

    name: str
    label: str
    value: str | list[str] | None


class ItemV3(TypedDict):
    id: int
    name: str
    number_of_sales: int
    author_username: str
    author_url: str
    author_image: str
    url: str
    updated_at: str
    published_at: str
    attributes: list[AttributeV3]
    description: str
    description_html: str
    site: str
    classification: str
    classification_url: str
    price_cents: int
    summary: str
    rating: float
    rating_count: int
    trending: bool
    tags: list[str]
    previews: dict[str, Any]
    thumbnail_url: NotRequired[str]


class AuthorSaleV3(TypedDict):
    """`amount` is what the author earned, in dollars; no support: `supported_until` is null."""

    amount: str
    sold_at: str
    license: str
    support_amount: str
    supported_until: str | None
    item: ItemV3
    buyer: str
    purchase_count: int
