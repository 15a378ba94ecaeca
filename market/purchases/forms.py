import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from market.core.locales import country as country_name
from market.core.locales import number, sorting_key
from market.core.text import clean_line
from market.purchases.selectors.library import SORTS, Holdings, LibraryFilter
from market.tenancy.registry import marketplaces
from market.users.countries import COUNTRIES

_PRICE_FIELD = re.compile(r"shown-([0-9]{1,18})")
_CENTS = re.compile(r"[0-9]{1,9}")
MAX_CENTS = 10**9


class CartAddForm(forms.Form):
    """`then` says where the buyer goes on."""

    licence_code = forms.CharField(max_length=40)
    # What the page said: cached pages may be half a minute old. A page without script has a
    # hidden `shown-LICENCE` for each licence instead.
    shown_cents = forms.IntegerField(min_value=0, max_value=MAX_CENTS, required=False)
    more_support = forms.BooleanField(required=False)
    then = forms.ChoiceField(choices=[("cart", "cart"), ("checkout", "checkout")], required=False)

    def seen_cents(self) -> int | None:
        """The price that the buyer saw for the licence that was chosen, if the page said one."""
        shown: int | None = self.cleaned_data["shown_cents"]
        if shown is None:
            hidden = self.data.get(f"shown-{self.cleaned_data['licence_code']}", "")
            return int(hidden) if _CENTS.fullmatch(hidden) else None
        return shown


class ItemAddForm(CartAddForm):
    item_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class LineForm(forms.Form):
    line_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class LicenceForm(LineForm):
    licence_code = forms.CharField(max_length=40)


class SupportForm(LineForm):
    more_support = forms.BooleanField(required=False)


class CheckoutForm(forms.Form):
    """The cart's key, and for each line a hidden `shown-LINE` with the price the page showed."""

    key = forms.UUIDField()
    use_credit = forms.BooleanField(required=False)

    def shown_cents(self) -> dict[int, int]:
        """{cart line: all-in cents} as shown. What is no number was not written by our page."""
        shown = {}
        for name, value in self.data.items():
            field = _PRICE_FIELD.fullmatch(name)
            if field and isinstance(value, str) and _CENTS.fullmatch(value):
                shown[int(field[1])] = int(value)
        return shown


class SupportOrderForm(forms.Form):
    key = forms.UUIDField()
    shown_cents = forms.IntegerField(min_value=0, max_value=MAX_CENTS)


class BillingForm(forms.Form):
    """Where the buyer is, and what the invoice says. Only the country is needed by everybody."""

    country = forms.ChoiceField(
        label=_("Country"),
        error_messages={"required": _("Please choose your country: it decides about the tax.")},
    )
    name = forms.CharField(label=_("Name on the invoice"), max_length=120, required=False)
    company = forms.CharField(label=_("Company"), max_length=120, required=False)
    address = forms.CharField(
        label=_("Address"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    vat_id = forms.CharField(
        label=_("VAT number"),
        max_length=24,
        required=False,
        help_text=_("Of a business in the EU: with a valid one there is no tax on the bill."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="billing-%s")
        named = sorted((sorting_key(name := country_name(code)), code, name) for code in COUNTRIES)
        choices = [("", _("Please choose")), *((code, name) for _key, code, name in named)]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]
        said = {"country": "country", "name": "name", "company": "organization"}
        for name, meaning in said.items():
            self.fields[name].widget.attrs["autocomplete"] = meaning

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_company(self) -> str:
        return clean_line(self.cleaned_data["company"])

    def clean_address(self) -> str:
        lines = (clean_line(line) for line in self.cleaned_data["address"].splitlines())
        return "\n".join(line for line in lines if line)

    def clean(self) -> dict[str, Any]:
        """An invoice without tax names the business that owes it."""
        given = super().clean() or self.cleaned_data
        if given.get("vat_id"):
            for name in ("company", "address"):
                if name in given and not given[name]:
                    self.add_error(name, _("An invoice to a business needs this."))
        return given

    @property
    def is_business(self) -> bool:
        """Whether the fields for businesses are shown open."""
        return any(self[name].value() or self[name].errors for name in ("company", "vat_id"))


class LibraryForm(forms.Form):
    """The filter above a library; `holdings` says which sites and licences there are to choose."""

    q = forms.CharField(max_length=100, required=False, label=_("Words of the name"))
    site = forms.ChoiceField(required=False, label=_("Marketplace"))
    licence = forms.ChoiceField(required=False, label=_("Licence"))
    state = forms.ChoiceField(
        required=False,
        label=_("Show"),
        choices=[
            ("", _("Everything")),
            ("updated", _("Updated since your download")),
            ("support", _("Support is running")),
            ("support_ended", _("Support has ended")),
            ("refunded", _("Refunded")),
        ],
    )
    sort = forms.ChoiceField(
        required=False,
        label=_("Sort by"),
        choices=[("newest", _("Newest first")), ("oldest", _("Oldest first")), ("name", _("Name"))],
    )
    after = forms.CharField(max_length=600, required=False)

    def __init__(self, data: QueryDict, holdings: Holdings) -> None:
        super().__init__(data)
        held = [site for site in marketplaces() if site.id in holdings.by_site]
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((site.slug, f"{site.name} ({number(holdings.by_site[site.id])})") for site in held),
        ]
        self.fields["licence"].choices = [("", _("All")), *holdings.licences.items()]  # type: ignore[attr-defined]
        for name in ("q", "site", "licence", "state", "sort"):
            self.fields[name].widget.attrs["id"] = f"library-{name}"

    def wanted(self) -> LibraryFilter:
        given = self.cleaned_data
        slug = given["site"]
        return LibraryFilter(
            words=clean_line(given["q"]),
            site_id=next((site.id for site in marketplaces() if site.slug == slug), None),
            licence_code=given["licence"],
            state=given["state"],
            sort=given["sort"] or SORTS[0],
        )

    def query(self) -> str:
        """The filter as an address says it, without the place in the list."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        given.pop("after", None)
        return urlencode(given)


class CertificateForm(forms.Form):
    """What a licence certificate says beside the purchase; entered once, before it is issued."""

    licensee = forms.CharField(
        label=_("Licensee"),
        max_length=120,
        required=False,
        help_text=_("A name or company; without one your user name."),
    )
    end_product = forms.CharField(
        label=_("End product"),
        max_length=120,
        required=False,
        help_text=_("What you use the item in: a website, a film, an app."),
    )
    client = forms.CharField(
        label=_("Made for"),
        max_length=120,
        required=False,
        help_text=_("Your client, if the end product is for one."),
    )

    def clean(self) -> dict[str, str]:
        return {name: clean_line(value) for name, value in self.cleaned_data.items()}
