"""Handing out what was bought: checked on `account.`, checked again on `files.`, and logged."""

from typing import TypedDict
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from market.items.models import ItemFile, ItemVersion
from market.purchases.errors import DownloadLimit, DownloadRefused
from market.purchases.models import Download, Purchase
from market.purchases.selectors.library import (
    DOWNLOAD_LIMIT,
    MAIN,
    latest_downloads,
    next_download_at,
)
from market.tenancy import hosts
from market.users.models import User

TOKEN_SECONDS = 5 * 60
STORE_SECONDS = 60  # how long an address at the store itself lives

_SALT = "market.purchases.download"


class FileLink(TypedDict):
    name: str
    bytes: int
    sha256: str
    url: str
    expires_in_seconds: int


@transaction.atomic
def download_token(*, user: User, code: UUID, file_id: int, address: str) -> str:
    """Allow one download: log it, and return the signed word for the files host.

    For the buyer of a purchase that was not reversed, the item's author, and staff. Buyers have
    20 downloads an item in 24 hours. Raises DownloadRefused, which never says whether the
    purchase or the file exists, and DownloadLimit.
    """
    # Its row is locked: two downloads at once do not both take the last one that is left.
    purchase = Purchase.objects.select_for_update().filter(code=code).first()
    if purchase is None or not _may_download(user, purchase):
        raise DownloadRefused
    if not _files_of(purchase).filter(pk=file_id).exists():
        raise DownloadRefused
    if user.pk == purchase.buyer_id:
        _check_limit(user, purchase)
    Download.objects.create(
        purchase=purchase,
        user=user,
        item_id=purchase.item_id,
        file_id=file_id,
        address=address,
    )
    return signing.dumps({"u": user.pk, "p": purchase.pk, "f": file_id}, salt=_SALT)


@transaction.atomic
def links(*, purchase: Purchase, address: str) -> list[FileLink]:
    """One download of each file of the newest version, for its buyer; each is logged and counts.

    All or none. Raises DownloadRefused, DownloadLimit.
    """
    files = _files_of(purchase).filter(version_id=purchase.item.live_version_id)
    return [
        FileLink(
            name=file.name,
            bytes=file.bytes,
            sha256=file.sha256,
            url=hosts.link(
                "files",
                "purchases:file",
                token=download_token(
                    user=purchase.buyer, code=purchase.code, file_id=file.pk, address=address
                ),
            ),
            expires_in_seconds=TOKEN_SECONDS,
        )
        for file in files.order_by("position")
    ]


def open_download(*, token: str) -> ItemFile:
    """The file that a token names, if its holder may still have it. Raises DownloadRefused."""
    try:
        named = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature as error:
        raise DownloadRefused from error
    purchase = Purchase.objects.filter(pk=named["p"]).first()
    user = User.objects.filter(pk=named["u"], is_active=True).first()
    if purchase is None or user is None or not _may_download(user, purchase):
        raise DownloadRefused
    file = _files_of(purchase).filter(pk=named["f"]).first()
    if file is None:
        raise DownloadRefused
    return file


def _may_download(user: User, purchase: Purchase) -> bool:
    if user.pk == purchase.buyer_id:
        return purchase.is_valid
    return user.pk == purchase.author_id or user.has_perm("items.review_items")


def _files_of(purchase: Purchase) -> QuerySet[ItemFile]:
    """Main files of each version of the item that was ever on sale."""
    return ItemFile.objects.filter(
        version__item_id=purchase.item_id,
        version__status=ItemVersion.Status.APPROVED,
        role=MAIN,
    )


def _check_limit(user: User, purchase: Purchase) -> None:
    reset_at = next_download_at(latest_downloads(user=user, item_id=purchase.item_id))
    if reset_at is not None:
        raise DownloadLimit(limit=DOWNLOAD_LIMIT, reset_at=reset_at)
