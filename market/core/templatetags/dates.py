"""Dates as the reader's language writes them: `{{ order.paid_at|day }}`. Nothing for no date."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from market.core import locales

register = template.Library()


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """`5 November 2026`."""
    return locales.day(value) if value else ""


@register.filter(expects_localtime=True)
def short_day(value: date | None) -> str:
    """`5 Nov 2026`, for tables."""
    return locales.day(value, "medium") if value else ""


@register.filter(expects_localtime=True)
def month(value: date | None) -> str:
    """`November 2026`."""
    return locales.month(value) if value else ""


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """`5 Nov 2026, 14:07`."""
    return locales.moment(value) if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    """`3 days ago`."""
    return locales.ago(timezone.now() - value) if value else ""
