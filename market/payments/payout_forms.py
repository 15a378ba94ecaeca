from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.core.locales import country, sorting_key
from market.payments.models import PayoutMethod, TaxForm
from market.users.countries import COUNTRIES


class PayoutAccountForm(forms.Form):
    method = forms.ChoiceField(
        label=_("How you are paid"), choices=PayoutMethod.choices, widget=forms.RadioSelect
    )
    holder = forms.CharField(label=_("Name of the account's holder"), max_length=120)
    destination = forms.CharField(
        label=_("Account"),
        help_text=_("The number of your payout account (acct_…), or your IBAN."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bic = forms.CharField(
        label=_("BIC"),
        help_text=_("Of your bank; for bank transfers only."),
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class DeclarationForm(forms.Form):
    """Of W-8BEN or W-9 what we need; the number is kept as a hash alone."""

    kind = forms.ChoiceField(
        label=_("Form"), choices=TaxForm.Kind.choices, widget=forms.RadioSelect
    )
    legal_name = forms.CharField(label=_("Full legal name"), max_length=120)
    country = forms.ChoiceField(label=_("Country of residence for tax"))
    tax_id = forms.CharField(
        label=_("Tax number"),
        help_text=_("Without it no treaty lowers the rate. We keep its last four characters."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_true = forms.BooleanField(
        label=_("Under penalties of perjury, what I say here is true and complete.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(
            ((code, country(code)) for code in COUNTRIES), key=lambda p: sorting_key(p[1])
        )
        self.fields["country"].choices = [("", "—"), *names]  # type: ignore[attr-defined]  # a ChoiceField


class StepForm(forms.Form):
    """What staff do with a payout, and why (or the bank's reference)."""

    step = forms.ChoiceField(
        choices=[(one, one) for one in ("hold", "release", "confirm", "return")]
    )
    words = forms.CharField(
        label=_("Why, or the bank's reference"),
        help_text=_("The author reads this in the timeline."),
        max_length=500,
    )
