"""Whom an order is invoiced to, and which tax follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from market.payments.errors import VatServiceUnavailable
from market.payments.services import vat as vat_checks
from market.payments.tax import EU, Tax, tax_for
from market.payments.vat import normalised
from market.purchases.errors import VatIdUnknown
from market.purchases.models import BillingDetails, Order, VatRecheck

VatStatus = BillingDetails.VatStatus
# What a page may go by before anything is paid: paying asks the register anew.
REMEMBERED_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """What the buyer said, with the register's answer about the number.

    `evidence` is {kind: country}: see BillingDetails.
    """

    country: str = ""
    name: str = ""
    company: str = ""
    address: str = ""
    vat_id: str = ""
    vat_status: str = VatStatus.NONE
    evidence: Mapping[str, str] = field(default_factory=dict)

    def tax(self, *, at: datetime | None = None) -> Tax:
        is_valid = self.vat_status == VatStatus.VALID
        return tax_for(country=self.country, has_valid_vat_id=is_valid, at=at)

    def is_of(self, details: BillingDetails) -> bool:
        """Whether an order was placed with just this."""
        return all(
            getattr(self, name) == getattr(details, name)
            for name in ("country", "name", "company", "address", "vat_id", "vat_status")
        )


def with_checked_vat_id(*, billing: Billing, may_ask: bool = True) -> Billing:
    """The same with its number written as registers do, and what the register says of it.

    Where the number frees nobody from tax, the register is not asked. While the register is away
    the number is pending: tax is charged, and given back once the register says yes. Without
    `may_ask` only an earlier answer counts. Never inside a transaction.
    Raises VatIdRefused, VatIdUnknown.
    """
    if not billing.vat_id:
        return billing
    tax = tax_for(country=billing.country)
    if tax.area != EU:
        return billing
    vat_id = normalised(country=billing.country, number=billing.vat_id)
    status: str = VatStatus.NONE
    if tax.takes_vat_id:
        status = _status(vat_id) if may_ask else _remembered(vat_id)
    return replace(billing, vat_id=vat_id, vat_status=status)


def freeze_billing(*, order: Order, billing: Billing, tax: Tax) -> None:
    """Keep it with the order, in the transaction that opens it."""
    BillingDetails.objects.create(
        order=order,
        name=billing.name,
        company=billing.company,
        address=billing.address,
        country=billing.country,
        vat_id=billing.vat_id,
        vat_status=billing.vat_status,
        is_reverse_charge=tax.is_reverse_charge,
        evidence=dict(billing.evidence),
    )
    if billing.vat_status == VatStatus.PENDING:
        VatRecheck.objects.create(order=order)  # a job asks again: vat_rechecks


def _status(vat_id: str) -> str:
    try:
        check = vat_checks.check_vat_id(vat_id=vat_id)
    except VatServiceUnavailable:
        return VatStatus.PENDING
    if not check.is_valid:
        raise VatIdUnknown
    return VatStatus.VALID


def _remembered(vat_id: str) -> str:
    known = vat_checks.known_check(vat_id=vat_id, days=REMEMBERED_DAYS)
    return VatStatus.VALID if known else VatStatus.NONE
