"""The catalogue's rows. Narrow hot rows (Item, ItemListing) apart from wide cold ones (ItemDetail).

Foreign keys stand on identity and money; the satellites that are bulk loaded and rebuilt
(ItemDetail, ItemStats, ItemListing, NodeStats) have none in the database (a job checks them).
"""

from market.items.models.catalogue import (
    Attribute,
    AttributeOption,
    Category,
    Licence,
    LicenceText,
)
from market.items.models.changes import ChangeCounter, ItemChange
from market.items.models.item import Item, ItemDetail, ItemStats, LicencePrice
from market.items.models.listing import ItemListing, NodeStats, author_node
from market.items.models.promotions import Promotion, PromotionCalendar
from market.items.models.version import ItemEvent, ItemFile, ItemPreview, ItemVersion, Upload

__all__ = [
    "Attribute",
    "AttributeOption",
    "Category",
    "ChangeCounter",
    "Item",
    "ItemChange",
    "ItemDetail",
    "ItemEvent",
    "ItemFile",
    "ItemListing",
    "ItemPreview",
    "ItemStats",
    "ItemVersion",
    "Licence",
    "LicencePrice",
    "LicenceText",
    "NodeStats",
    "Promotion",
    "PromotionCalendar",
    "Upload",
    "author_node",
]
