import re

from django import forms

_PRICE_FIELD = re.compile(r"shown-([0-9]{1,18})")
_CENTS = re.compile(r"[0-9]{1,9}")
MAX_CENTS = 10**9


class CartAddForm(forms.Form):
    """`then` says where the buyer goes on."""

    licence_code = forms.CharField(max_length=40)
    # What the page said: cached pages may be half a minute old.
    shown_cents = forms.IntegerField(min_value=0, max_value=MAX_CENTS, required=False)
    then = forms.ChoiceField(choices=[("cart", "cart"), ("checkout", "checkout")], required=False)


class ItemAddForm(CartAddForm):
    item_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class LineForm(forms.Form):
    line_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class LicenceForm(LineForm):
    licence_code = forms.CharField(max_length=40)


class CheckoutForm(forms.Form):
    """The cart's key, and for each line a hidden `shown-LINE` with the price the page showed."""

    key = forms.UUIDField()

    def shown_cents(self) -> dict[int, int]:
        """{cart line: all-in cents} as shown. What is no number was not written by our page."""
        shown = {}
        for name, value in self.data.items():
            field = _PRICE_FIELD.fullmatch(name)
            if field and isinstance(value, str) and _CENTS.fullmatch(value):
                shown[int(field[1])] = int(value)
        return shown


class LibraryForm(forms.Form):
    q = forms.CharField(max_length=100, required=False, label="Name begins with")
    after = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
