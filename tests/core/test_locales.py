"""Money, numbers and dates in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import engines
from django.utils import translation

from market.core import locales
from market.core.money import format_cents
from market.core.units import readable_bytes

# Babel puts this between a number and what must not stand on the next line.
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "cents", "currency", "shown"),
    [
        ("en", 1900, "USD", "$19"),
        ("en", 123450, "EUR", "€1,234.50"),
        ("de", 1900, "USD", f"19{NBSP}$"),
        ("de", 123450, "USD", f"1.234,50{NBSP}$"),
        ("de", -123450, "EUR", f"−1.234,50{NBSP}€"),
        ("de", 99_999_999, "USD", f"999.999,99{NBSP}$"),
        ("de", 1, "USD", f"0,01{NBSP}$"),
    ],
)
def test_money_follows_the_language(language, cents, currency, shown):
    with translation.override(language):
        assert format_cents(cents, currency) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["12,345", "2024", "4.0", "940", "1.2k", "35k", "1.2M", "3.4 MB"]),
        ("de", ["12.345", "2024", "4,0", "940", "1234", "35.000", f"1,2{NBSP}Mio.", "3,4 MB"]),
    ],
)
def test_numbers_follow_the_language(language, shown):
    with translation.override(language):
        assert shown == [
            locales.number(12345),
            locales.number(2024, grouped=False),
            locales.decimal(4, 1),
            locales.short_number(940),
            locales.short_number(1234),
            locales.short_number(35000),
            locales.short_number(1_234_567),
            readable_bytes(3_400_000),
        ]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "5 November 2026|5 Nov 2026|November 2026|5 Nov 2026, 14:07|"),
        ("de", "5. November 2026|05.11.2026|November 2026|05.11.2026, 14:07|"),
    ],
)
def test_dates_follow_the_language(language, shown):
    template = engines["django"].from_string(
        "{% load dates %}{{ at|day }}|{{ on|short_day }}|{{ on|month }}|"
        "{{ at|moment }}|{{ no|day }}"
    )
    at = datetime(2026, 11, 5, 14, 7, tzinfo=UTC)

    with translation.override(language):
        assert template.render({"at": at, "on": date(2026, 11, 5), "no": None}) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "37.5%"), ("de", "37,5\u00a0%")])
def test_rates_are_written_as_the_language_does(language, shown):
    with translation.override(language):
        assert locales.percent(3750) == shown
        assert locales.percent(3000) == shown.replace("7.5", "0").replace("7,5", "0")


@pytest.mark.parametrize(("language", "shown"), [("en", "3 days ago"), ("de", "vor 3 Tagen")])
def test_how_long_ago_is_said_in_the_language(language, shown):
    with translation.override(language):
        assert locales.ago(timedelta(days=3, hours=2)) == shown
