from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from market.core.locales import country, sorting_key
from market.payments.earnings import Plan
from market.tenancy.registry import marketplaces
from market.users.countries import COUNTRIES

MAX_SOLD = Decimal(100_000_000)


class CalculatorForm(forms.Form):
    """A sale that somebody imagines; all of it stands in the address."""

    site = forms.ChoiceField(label=_("Marketplace"))
    licence = forms.ChoiceField(label=_("Licence"))
    price = forms.DecimalField(
        label=_("Item price, in dollars"), decimal_places=2, min_value=Decimal(0)
    )
    exclusive = forms.ChoiceField(
        label=_("Where you sell your items"),
        choices=[("yes", _("Only here (exclusive)")), ("no", _("Elsewhere too"))],
    )
    sold = forms.DecimalField(
        label=_("Sold so far, in dollars"),
        help_text=_("At item prices, on all seven marketplaces. Your fee falls with it."),
        decimal_places=2,
        min_value=Decimal(0),
        max_value=MAX_SOLD,
    )
    support = forms.BooleanField(label=_("The buyer adds six months of support"), required=False)
    country = forms.ChoiceField(label=_("The buyer lives in"), required=False)

    def __init__(self, data: QueryDict, *, first: dict[str, str]) -> None:
        """`first` fills what the address does not say."""
        chosen = {**first, **data.dict()}
        known = {one.slug: one for one in marketplaces()}
        self.marketplace = known.get(str(chosen["site"])) or next(iter(known.values()))
        licences = self.marketplace.licences
        if chosen.get("licence") not in [one.code for one in licences] and self._is_other(data):
            # Another marketplace was chosen, whose licences are others.
            chosen["licence"] = next((one.code for one in licences if one.is_default), "")
        super().__init__(chosen)
        self._choose("site", [(one.slug, one.name) for one in known.values()])
        self._choose("licence", [(one.code, one.name) for one in licences])
        named = sorted((sorting_key(name := country(code)), code, name) for code in COUNTRIES)
        countries = [(code, name) for _key, code, name in named]
        self._choose("country", [("", str(_("A country where we charge no tax"))), *countries])
        self.fields["price"].validators.append(
            MaxValueValidator(Decimal(self.marketplace.pricing.item_price_max_cents) / 100)
        )
        if not self.marketplace.support.offered:
            del self.fields["support"]

    def _is_other(self, data: QueryDict) -> bool:
        """`for` says for which marketplace the licences of the form were."""
        return data.get("for", "") != self.marketplace.slug

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def plan(self) -> Plan:
        given = self.cleaned_data
        return Plan(
            site_id=self.marketplace.id,
            licence_code=given["licence"],
            item_price_cents=int(given["price"] * 100),
            is_exclusive=given["exclusive"] == "yes",
            lifetime_cents=int(given["sold"] * 100),
            with_support=bool(given.get("support")),
            country=given["country"],
            currency=self.marketplace.pricing.currency,
        )
