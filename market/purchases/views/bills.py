"""The part of a checkout that says whom it is billed to: read from a form, or guessed."""

from dataclasses import dataclass, replace

from market.core.client import client_country
from market.core.errors import Refused
from market.payments.errors import VatIdRefused
from market.purchases.errors import VatIdUnknown
from market.purchases.forms import BillingForm
from market.purchases.selectors.billing import last_billing
from market.purchases.services.billing import Billing, with_checked_vat_id
from market.users.countries import COUNTRIES
from market.users.http import UserRequest

FIELDS = ("country", "name", "company", "address", "vat_id")


@dataclass(frozen=True, slots=True)
class Bill:
    """A form as it is shown, and what it amounts to: as much of it as is right."""

    form: BillingForm
    billing: Billing


def asked_bill(request: UserRequest) -> Bill:
    """What the form says. It asks the register about a VAT number: never in a transaction.

    What costs nothing has no such form: that is an empty bill.
    """
    form = BillingForm(request.POST)
    if "country" not in request.POST:
        return Bill(BillingForm(), Billing())
    form.full_clean()
    said = {name: form.cleaned_data.get(name, "") for name in FIELDS}
    billing = replace(Billing(**said), evidence=_evidence(request, said["country"]))
    if form.errors:
        return Bill(form, replace(billing, vat_id=""))
    try:
        return Bill(form, with_checked_vat_id(billing=billing))
    except (VatIdRefused, VatIdUnknown) as refusal:
        return _refused(form, billing, refusal)


def usual_bill(request: UserRequest) -> Bill:
    """What the buyer said the last time, else a guess of the country. Asks nobody."""
    last = last_billing(request.user)
    if last is None:
        guess = client_country(request)
        known = guess if guess in COUNTRIES else ""
        return Bill(BillingForm(initial={"country": known}), Billing(country=known))
    said = {name: getattr(last, name) for name in FIELDS}
    form = BillingForm(initial=said)
    try:
        return Bill(form, with_checked_vat_id(billing=Billing(**said), may_ask=False))
    except VatIdRefused:  # of a form that was right once
        return Bill(form, Billing(**{**said, "vat_id": ""}))


def _refused(form: BillingForm, billing: Billing, refusal: Refused) -> Bill:
    form.add_error("vat_id", str(refusal))
    return Bill(form, replace(billing, vat_id=""))


def _evidence(request: UserRequest, country: str) -> dict[str, str]:
    seen = {"billing": country, "address": client_country(request)}
    return {kind: where for kind, where in seen.items() if where}
