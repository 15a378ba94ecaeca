"""Mirrors the marketplaces' definitions into rows that items refer to."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from market.core.locales import SOURCE_LANGUAGE
from market.items.content.licence_text import binding_text
from market.items.models import (
    Attribute,
    AttributeOption,
    Category,
    Licence,
    LicenceText,
    PromotionCalendar,
)
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplaces_in

Row = TypeVar("Row", bound=models.Model)


def sync_sites() -> None:
    """Make rows equal to the definitions, in English. Repeating it changes nothing.

    What a definition no longer names is retired, never deleted: items may refer to it.
    """
    for site in marketplaces_in(SOURCE_LANGUAGE):
        with transaction.atomic():
            _sync_categories(site)
            _sync_attributes(site)
            _sync_licences(site)
            PromotionCalendar.objects.get_or_create(site_id=site.id)


def _sync_categories(site: Marketplace) -> None:
    rows = {row.path: row for row in Category.objects.filter(site_id=site.id)}
    wanted = list(site.all_categories())
    for one in wanted:
        parent = rows[one.top] if one.path != one.top else None
        values = {
            "parent_id": parent.pk if parent else None,
            "slug": one.slug,
            "name": one.name,
            "position": one.position,
        }
        key = {"site_id": site.id, "path": one.path}
        rows[one.path] = _put(Category, rows.get(one.path), key, values)
    _retire(Category, rows.values(), {rows[one.path].pk for one in wanted})


def _sync_attributes(site: Marketplace) -> None:
    rows = {row.key: row for row in Attribute.objects.filter(site_id=site.id)}
    options: dict[int, dict[str, AttributeOption]] = {}
    for option in AttributeOption.objects.filter(attribute__site_id=site.id):
        options.setdefault(option.attribute_id, {})[option.value] = option
    for one in site.attributes:
        values = {"label": one.label, "type": str(one.type)}
        row = _put(Attribute, rows.get(one.key), {"site_id": site.id, "key": one.key}, values)
        rows[one.key] = row
        _sync_options(row, options.get(row.pk, {}), one.options)
    wanted = {rows[one.key].pk for one in site.attributes}
    _retire(Attribute, rows.values(), wanted)


def _sync_options(
    attribute: Attribute, rows: dict[str, AttributeOption], values: tuple[str, ...]
) -> None:
    missing = [
        AttributeOption(attribute=attribute, value=value, position=position)
        for position, value in enumerate(values)
        if value not in rows
    ]
    AttributeOption.objects.bulk_create(missing)
    for position, value in enumerate(values):
        if value in rows:
            _put(AttributeOption, rows[value], {}, {"position": position})
    _retire(AttributeOption, rows.values(), {rows[value].pk for value in values if value in rows})


def _sync_licences(site: Marketplace) -> None:
    rows = {row.code: row for row in Licence.objects.filter(site_id=site.id)}
    for position, one in enumerate(site.licences):
        values = {"name": one.name, "summary": one.summary, "position": position}
        key = {"site_id": site.id, "code": one.code}
        rows[one.code] = _put(Licence, rows.get(one.code), key, values)
    _retire(Licence, rows.values(), {rows[one.code].pk for one in site.licences})
    _publish_texts(site, rows)


def _publish_texts(site: Marketplace, rows: dict[str, Licence]) -> None:
    """Keep the words that purchases refer to; other words are a new version, from now on.

    The unique key decides between two that publish at once: the later one fails, and is repeated.
    """
    texts: dict[int, LicenceText] = {}
    for text in LicenceText.objects.filter(licence__site_id=site.id).order_by("version"):
        texts[text.licence_id] = text
    for terms in site.licences:
        licence, clauses = rows[terms.code], binding_text(site, terms)
        newest = texts.get(licence.pk)
        if newest is not None and newest.clauses == clauses:
            continue
        version = newest.version + 1 if newest else licence.text_version
        LicenceText.objects.create(licence=licence, version=version, clauses=clauses)
        _put(Licence, licence, {}, {"text_version": version})


def _put(model: type[Row], row: Row | None, key: dict[str, Any], values: dict[str, Any]) -> Row:
    """Create the row, or write what differs; a retired one that is named again comes back."""
    if row is None:
        return model._default_manager.create(**key, **values)
    values = {**values, "retired_at": None}
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=[name.removesuffix("_id") for name in changed])
    return row


def _retire(model: type[Row], rows: Iterable[Row], wanted: set[Any]) -> None:
    gone = [row.pk for row in rows if row.pk not in wanted]
    model._default_manager.filter(pk__in=gone, retired_at=None).update(retired_at=timezone.now())
