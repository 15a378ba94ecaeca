from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from market.payments.models import Transfer

MAX_AMOUNT = Decimal(100_000)


class AdjustmentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What shall happen"),
        choices=[
            (Transfer.Kind.ADJUST_EARNINGS_UP.value, _("Add to earnings")),
            (Transfer.Kind.ADJUST_EARNINGS_DOWN.value, _("Take from earnings")),
            (Transfer.Kind.ADJUST_CREDIT_UP.value, _("Add to credit")),
            (Transfer.Kind.ADJUST_CREDIT_DOWN.value, _("Take from credit")),
        ],
    )
    amount = forms.DecimalField(
        label=_("Amount, in dollars"),
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=MAX_AMOUNT,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays on record, and the second person decides by it."),
    )

    def cents(self) -> int:
        return int(self.cleaned_data["amount"] * 100)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve it, and move the money")), ("reject", _("Reject it"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ResolutionForm(forms.Form):
    reason = forms.CharField(
        label=_("What was done about it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
