"""Where an author's money goes, and what the author declares to the tax office."""

import re
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.us import ein, itin, ssn

from market.core.text import clean_line
from market.payments.errors import DestinationRefused, TaxFormRefused
from market.payments.models import (
    Payout,
    PayoutAccount,
    PayoutAccountChange,
    PayoutMethod,
    TaxForm,
)
from market.payments.services.payout_steps import move
from market.users.models import User

State = Payout.State
_CONNECTED = re.compile(r"acct_[A-Za-z0-9]{8,60}")
MAX_NAME = 120
W8_YEARS = 3  # until the end of the third year after it was signed


@transaction.atomic
def set_payout_account(  # an account has this many parts
    *, author: User, method: str, holder: str, destination: str, bic: str = "", address: str = ""
) -> PayoutAccount:
    """Say where the money goes. What was not sent yet waits for some days, to the new account.

    Setting the same again changes nothing. Raises DestinationRefused.
    """
    name = clean_line(holder)[:MAX_NAME]
    if not name:
        raise DestinationRefused("holder")
    target = _destination(method, destination)
    branch = _bic(bic) if method == PayoutMethod.BANK else ""
    # The author's own row lets one change at a time happen.
    User.objects.select_for_update().get(pk=author.pk)
    kept = PayoutAccount.objects.filter(author=author).first()
    wanted = (method, target, branch)
    if kept is not None and (kept.method, kept.destination, kept.bic) == wanted:
        PayoutAccount.objects.filter(pk=kept.pk).update(holder=name)
        kept.holder = name
        return kept
    now = timezone.now()
    account = PayoutAccount(
        author=author, method=method, holder=name, destination=target, bic=branch, updated_at=now,
        # The first one replaces nobody's.
        hold_until=now + timedelta(days=settings.PAYOUT_CHANGE_HOLD_DAYS) if kept else None,
    )  # fmt: skip
    account.save(force_insert=kept is None, force_update=kept is not None)
    PayoutAccountChange.objects.create(
        author=author, method=method, masked=account.masked, address=address
    )
    if kept is not None:
        _hold_unsent(account)
    return account


@transaction.atomic
def sign_tax_form(
    *, author: User, kind: str, legal_name: str, country: str, tax_id: str = ""
) -> TaxForm:
    """Keep a declaration; the newest counts. Of the tax number only its hash and its end are kept.

    Raises TaxFormRefused.
    """
    name = clean_line(legal_name)[:MAX_NAME]
    if not name:
        raise TaxFormRefused("legal_name")
    if (kind == TaxForm.Kind.W9) != (country == "US"):
        raise TaxFormRefused("country")
    number = _tax_id(kind, tax_id)
    today = timezone.now().date()
    foreign = kind == TaxForm.Kind.W8BEN
    return TaxForm.objects.create(
        author=author,
        kind=kind,
        legal_name=name,
        country=country,
        tax_id_hash=_hash(number) if number else "",
        tax_id_end=number[-4:],
        valid_until=date(today.year + W8_YEARS, 12, 31) if foreign else None,
    )


def _destination(method: str, said: str) -> str:
    text = "".join(said.split())
    if method == PayoutMethod.CONNECT and _CONNECTED.fullmatch(text):
        return text
    if method == PayoutMethod.BANK and ibans.is_valid(text):
        return str(ibans.compact(text))
    raise DestinationRefused("destination")


def _bic(said: str) -> str:
    if not bics.is_valid(said):
        raise DestinationRefused("bic")
    return str(bics.compact(said))


def _tax_id(kind: str, said: str) -> str:
    """Of US persons a number that there can be; of others one in their country's form."""
    number = re.sub(r"[\s./-]", "", said).upper()
    if kind == TaxForm.Kind.W9:
        if not any(form.is_valid(number) for form in (ssn, itin, ein)):
            raise TaxFormRefused("tax_id")
        return number
    if number and not re.fullmatch(r"[0-9A-Z]{5,20}", number):
        raise TaxFormRefused("tax_id")
    return number


def _hash(number: str) -> str:
    """Keyed: there are so few numbers that a plain hash could be tried through."""
    return salted_hmac("market.payments.tax_id", number, algorithm="sha256").hexdigest()


def _hold_unsent(account: PayoutAccount) -> None:
    """Payouts that the gateway has not heard of yet wait with the account."""
    waiting = Payout.objects.select_for_update().filter(
        author=account.author_id, state=State.SCHEDULED, asked_at=None
    )
    for payout in waiting.order_by("pk"):
        payout.held_for = Payout.Held.ACCOUNT_CHANGED
        payout.held_until = account.hold_until
        move(payout, State.HELD, None, "", ["held_for", "held_until"])
    Payout.objects.filter(
        author=account.author_id, state=State.HELD, held_for=Payout.Held.ACCOUNT_CHANGED
    ).update(held_until=account.hold_until)
