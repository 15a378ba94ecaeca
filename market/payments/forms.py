from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

_AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


class AmountForm(forms.Form):
    """An amount in whole money and cents, and a key: the form counts once, however often sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(
        label=_("Amount in US dollars"),
        min_value=Decimal("0.01"),
        max_value=Decimal(1_000_000),
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs=_AMOUNT),
    )

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or self.cleaned_data
        amount = given.get("amount")
        if isinstance(amount, Decimal):
            given["cents"] = int(amount * 100)
        return given


class DepositForm(AmountForm):
    prefix = "deposit"


class EarningsForm(AmountForm):
    prefix = "earnings"
