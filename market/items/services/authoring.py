"""What an author does with items: create, describe, price, submit, take off sale, renew."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from market.core.text import render_markdown
from market.items.content.validation import (
    ItemContent,
    checked_content,
    checked_prices,
    checked_release,
    content_problems,
)
from market.items.errors import (
    ItemIncomplete,
    ItemInvalid,
    NotAnAuthor,
    NotYourItem,
    QueueFull,
    StaleForm,
    UpdateWaits,
    WrongState,
)
from market.items.models import (
    Category,
    Item,
    ItemDetail,
    ItemStats,
    ItemVersion,
    LicencePrice,
)
from market.items.selectors.drafts import missing_for_submission, open_new_items
from market.items.services import publishing, uploads
from market.items.services.history import change_item, change_version, lock_item
from market.tenancy.registry import marketplace_by_id
from market.users.models import User

SELL = "items.sell_items"


@transaction.atomic
def create_item(*, author: User, site_id: int, category_path: str, content: ItemContent) -> Item:
    """A draft with its first version. Raises NotAnAuthor, ItemInvalid."""
    if not author.has_perm(SELL):
        raise NotAnAuthor
    category = _leaf(site_id, category_path)
    cleaned = _checked(category, content)
    item = Item.objects.create(
        site_id=site_id,
        author=author,
        category=category,
        name=cleaned.name,
        slug=slug_of(cleaned.name),
        summary=cleaned.summary,
    )
    ItemDetail.objects.create(item=item, **_detail(cleaned))
    ItemStats.objects.create(item=item)
    ItemVersion.objects.create(item=item, number=1, label=cleaned.label)
    return item


def slug_of(name: str) -> str:
    """For the address only; the number behind it identifies. Names without Latin get `item`."""
    return slugify(name)[:120].strip("-") or "item"


@transaction.atomic
def update_item(
    *,
    item: Item,
    author: User,
    category_path: str,
    content: ItemContent,
    prices: Mapping[str, int] | None = None,
    seen: datetime | None = None,
) -> Item:
    """Replace what a draft says, and its prices if any are given.

    `seen`: the `updated_at` that the form was made from.
    Raises NotYourItem, WrongState, StaleForm,
    UpdateWaits, ItemInvalid.
    """
    locked = _own(item, author)
    if not locked.is_editable:
        raise WrongState("edited", locked.status)
    if seen is not None and locked.updated_at != seen:
        raise StaleForm
    category = _leaf(locked.site_id, category_path)
    cleaned = _checked(category, content, prices)
    _move(locked, category)
    locked.name, locked.summary = cleaned.name, cleaned.summary
    locked.slug = slug_of(cleaned.name)
    locked.updated_at = timezone.now()
    locked.save(update_fields=["category", "name", "summary", "slug", "updated_at"])
    ItemDetail.objects.filter(item=locked).update(**_detail(cleaned))
    locked.versions.update(label=cleaned.label)  # of a draft there is one
    if prices:
        _put_prices(locked, prices)
    return locked


@transaction.atomic
def set_prices(*, item: Item, prices: Mapping[str, int]) -> None:
    """Put item prices (cents, by licence) in force; earlier ones stay as history.

    Of an item on sale the card and the lists follow at once. Raises ItemInvalid.
    """
    locked = lock_item(item.pk)
    _put_prices(locked, prices)
    if locked.published_at is not None:
        publishing.refresh(locked)
        publishing.announce(locked)


def _put_prices(item: Item, prices: Mapping[str, int]) -> None:
    site = marketplace_by_id(item.site_id)
    wanted = checked_prices(site, item.category.path.split("/")[0], prices)
    now = timezone.now()
    rows = LicencePrice.objects.filter(item=item, current=1)
    in_force = {row.licence_code: row for row in rows}
    for code, row in in_force.items():
        if wanted.get(code) != row.cents:
            row.current, row.valid_until = None, now
            row.save(update_fields=["current", "valid_until"])
    LicencePrice.objects.bulk_create(
        LicencePrice(
            item=item,
            licence_code=code,
            cents=cents,
            currency=site.pricing.currency,
            valid_from=now,
        )
        for code, cents in wanted.items()
        if code not in in_force or in_force[code].cents != cents
    )


@transaction.atomic
def submit(*, item: Item, author: User, review_note: str = "") -> ItemVersion:
    """Hand the open version to the reviewers.

    Of a new item all its particulars count, of a live one only the files.
    Raises NotYourItem, WrongState, ItemIncomplete, QueueFull.
    """
    locked = _own(item, author)
    version = _open_version(locked)
    if locked.is_editable and open_new_items(author, locked.site_id) >= _most_open(locked):
        raise QueueFull(_most_open(locked))
    if missing := missing_for_submission(locked, version):
        raise ItemIncomplete(missing)
    limit = marketplace_by_id(locked.site_id).item.review_note_max_chars
    version.review_note = review_note.replace("\0", "")[:limit]
    version.submitted_at = timezone.now()
    version.save(update_fields=["review_note"])
    change_version(version, ItemVersion.Status.SUBMITTED, actor=author)
    if locked.is_editable:
        change_item(locked, Item.Status.SUBMITTED, actor=author)
    return version


@transaction.atomic
def new_version(*, item: Item, author: User, label: str, changelog: str) -> ItemVersion:
    """Open a draft for an update; the live version goes on selling.

    Raises NotYourItem, WrongState, ItemInvalid.
    """
    locked = _own(item, author)
    if locked.status not in (Item.Status.APPROVED, Item.Status.PAUSED):
        raise WrongState("updated", locked.status)
    clean_label, clean_changelog = checked_release(label=label, changelog=changelog)
    rules = marketplace_by_id(locked.site_id).item
    if rules.changelog_required_on_update and not clean_changelog:
        raise ItemInvalid({"changelog": _("Say what is new, so that buyers know.")})
    rejected = ItemVersion.Status.HARD_REJECTED
    waiting = locked.versions.exclude(status__in=(ItemVersion.Status.APPROVED, rejected))
    if waiting.exists():
        raise UpdateWaits
    last = locked.versions.aggregate(last=Max("number"))["last"] or 0
    return ItemVersion.objects.create(
        item=locked, number=last + 1, label=clean_label, changelog=clean_changelog
    )


@transaction.atomic
def pause(*, item: Item, author: User) -> None:
    """Take it off sale for a while. Raises NotYourItem, WrongState."""
    _take_off(_own(item, author), Item.Status.PAUSED, actor=author)


@transaction.atomic
def retire(*, item: Item, author: User) -> None:
    """Take it off sale for good; buyers keep their downloads. Raises NotYourItem, WrongState."""
    _take_off(_own(item, author), Item.Status.RETIRED, actor=author)


@transaction.atomic
def resume(*, item: Item, author: User) -> None:
    """Put a paused item on sale again. Raises NotYourItem, WrongState."""
    locked = _own(item, author)
    # What staff suspended, only staff bring back.
    if locked.status != Item.Status.PAUSED:
        raise WrongState("resumed", locked.status)
    change_item(locked, Item.Status.APPROVED, actor=author)
    publishing.put_in_lists(locked)
    publishing.announce(locked)


def _take_off(item: Item, status: Item.Status, *, actor: User) -> None:
    change_item(item, status, actor=actor)
    publishing.take_from_lists(item)
    publishing.announce(item)


def _own(item: Item, author: User) -> Item:
    locked = lock_item(item.pk)
    if locked.author_id != author.pk:
        raise NotYourItem
    return locked


def _leaf(site_id: int, path: str) -> Category:
    site = marketplace_by_id(site_id)
    if path not in site.leaf_paths():
        raise ItemInvalid({"category": _("Choose one of the categories.")})
    return Category.objects.get(site_id=site_id, path=path)


def _checked(
    category: Category, content: ItemContent, prices: Mapping[str, int] | None = None
) -> ItemContent:
    """The words, cleaned, if prices (where given) are in order too. Tells all problems at once."""
    site, top = marketplace_by_id(category.site_id), category.path.split("/")[0]
    if prices:
        try:
            checked_prices(site, top, prices)
        except ItemInvalid as refusal:
            raise ItemInvalid(content_problems(site, top, content) | refusal.problems) from refusal
    return checked_content(site, top, content)


def _move(item: Item, category: Category) -> None:
    before, after = item.category.path.split("/")[0], category.path.split("/")[0]
    item.category = category
    if before != after:
        for version in item.versions.all():
            uploads.drop_files_of_other_rules(version, before, after)


def _detail(content: ItemContent) -> dict[str, object]:
    return {
        "description_source": content.description,
        "description_html": render_markdown(content.description),
        "attributes": dict(content.attributes),
        "tags": list(content.tags),
        "attribution": content.attribution,
        "upstream_licence": content.upstream_licence,
        "addresses": dict(content.addresses),
        "has_support": content.has_support,
    }


def _open_version(item: Item) -> ItemVersion:
    version = item.versions.order_by("-number").first()
    if version is None or not version.is_editable:
        raise WrongState("submitted", version.status if version else item.status)
    return version


def _most_open(item: Item) -> int:
    return marketplace_by_id(item.site_id).review.max_open_new
