"""What the tests of payouts do: earn, name an account, cut off."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import transaction

from market.payments import ledger
from market.payments.ledger import Payer, Sale
from market.payments.selectors import payouts as reads
from market.payments.selectors.payouts import ItemSales, SaleFacts
from market.payments.services import payout_accounts, payouts

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
IBAN, BIC = "DE89 3704 0044 0532 0130 00", "COBADEFFXXX"
# No form was given, but nothing was sold in these tests' base: nothing is withheld.
FACTS = SaleFacts(sold_since=lambda sources, since: set(), item_sales=lambda *_: ItemSales(0, 0))


def earn(author, cents, number=1, at=datetime(2026, 9, 1, tzinfo=UTC)):
    sale = Sale(
        source=f"line:{number}", author_id=author.pk, item_price_cents=cents,
        author_fee_cents=0, buyer_fee_cents=0, tax_cents=0,
    )  # fmt: skip
    ledger.open_accounts(
        sides=ledger.sale_sides(author_ids=[author.pk], gateway="sandbox"), currency="USD"
    )
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(ledger, "timezone", SimpleNamespace(now=lambda: at))
        ledger.book_sales(
            sales=[sale],
            payer=Payer(source=f"order:{number}", gateway="sandbox", cents=cents),
            currency="USD",
        )


def connect(author, **more):
    given = {"method": "connect", "holder": "A. Uthor", "destination": "acct_12345678"} | more
    return payout_accounts.set_payout_account(author=author, **given)


def batch(now=NOW):
    made = payouts.open_batch(now=now)
    assert made is not None
    return made


def cut_off(author, now=NOW, facts=FACTS):
    return payouts.cut_off(batch=batch(now), author_id=author.pk, currency="USD", facts=facts)


def balance(author):
    return ledger.balance(kind="author_earnings", scope=f"user:{author.pk}")


def states(payout):
    return [event.state for event in reads.events_of(payout)]
