"""The tables that are loaded, and their columns in the order of the rows that are made."""

from collections.abc import Mapping
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.db.models import Model

from market.community.models import Rating
from market.discovery.models import SalesDay
from market.items.models import (
    Item,
    ItemDetail,
    ItemFile,
    ItemListing,
    ItemPreview,
    ItemStats,
    ItemVersion,
    LicencePrice,
)
from market.purchases.models import Order, OrderLine, Purchase
from market.purchases.models.orders import BREAKDOWN
from market.users.models import Profile, User

NULL = "\x1d"  # in a row: no value. The row's own separators are its neighbours, see writing
Row = tuple[str | int, ...]
Rows = dict[str, list[Row]]  # by table


class Table(NamedTuple):
    model: type[Model]
    columns: tuple[str, ...]


def _table(model: type[Model], columns: str) -> tuple[str, Table]:
    return model._meta.db_table, Table(model, tuple(columns.split()))


_ROLES = User.groups.through

# Columns of later releases that are not named here need a default of the database's.
TABLES: Mapping[str, Table] = dict(
    [
        _table(
            User,
            "id password is_superuser email username username_key is_active is_staff auth_epoch "
            "date_joined language",
        ),
        _table(EmailAddress, "id email verified primary user_id"),
        _table(Profile, "user_id display_name bio country avatar_key is_exclusive member_since"),
        _table(_ROLES, "id user_id group_id"),
        _table(
            Item,
            "id site_id author_id category_id slug name summary card status live_version_id "
            "published_at created_at updated_at",
        ),
        _table(
            ItemDetail,
            "item_id description_source description_html attributes tags attribution "
            "upstream_licence has_support addresses",
        ),
        _table(
            ItemStats,
            "item_id sales rating_sum rating_count stars_1 stars_2 stars_3 stars_4 stars_5 "
            "trending rolled_up_at",
        ),
        _table(
            ItemVersion,
            "id item_id number label changelog review_note status created_at submitted_at "
            "approved_at",
        ),
        _table(
            ItemFile, "id version_id role position name key sha256 bytes format facts created_at"
        ),
        _table(
            ItemPreview,
            "id version_id kind position key content_type width height bytes facts source_id "
            "created_at",
        ),
        _table(
            LicencePrice, "id item_id licence_code cents currency valid_from valid_until current"
        ),
        _table(
            ItemListing,
            "id site_id node_id item_id published_at updated_at price_cents sales rating trending",
        ),
        _table(SalesDay, "id item_id day sales"),
        _table(
            Order,
            "id key buyer_id total_cents credit_cents currency status payment_ref created_at "
            "expires_at paid_at receipt_sent_at",
        ),
        _table(
            OrderLine,
            "id kind order_id item_id author_id licence_code licence_text_version support_months "
            + " ".join(BREAKDOWN),
        ),
        _table(
            Purchase,
            "id code order_line_id buyer_id author_id item_id version_id site_id licence_code "
            "licence_text_version bought_at support_months " + " ".join(BREAKDOWN),
        ),
        _table(Rating, "id purchase_id item_id buyer_id stars reason text reply created_at"),
    ]
)


def name_of(model: type[Model]) -> str:
    return model._meta.db_table
