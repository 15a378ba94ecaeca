"""Who runs this installation: what pages and mails must say about us."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Operator:
    """`address` is one line, empty where none was set; so is `vat_id`."""

    name: str
    address: str
    email: str
    vat_id: str


def operator() -> Operator:
    return Operator(
        name=settings.OPERATOR_NAME,
        address=settings.OPERATOR_ADDRESS,
        email=settings.CONTACT_EMAIL,
        vat_id=settings.OPERATOR_VAT_ID,
    )
