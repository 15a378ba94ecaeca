"""Which transfers the ledger takes: from which kind of account to which, by code."""

from collections.abc import Iterator

from market.payments.models import Account, Transfer

_A = Account.Kind
_T = Transfer.Kind

# The parts of a sale. What undoes one goes the other way, what restores it goes this way again.
PARTS: dict[str, tuple[str, str]] = {
    _T.SALE: (_A.CLEARING, _A.AUTHOR_EARNINGS),
    _T.AUTHOR_FEE: (_A.AUTHOR_EARNINGS, _A.AUTHOR_FEES),
    _T.BUYER_FEE: (_A.CLEARING, _A.BUYER_FEES),
    _T.SUPPORT: (_A.CLEARING, _A.AUTHOR_EARNINGS),
    _T.SUPPORT_FEE: (_A.AUTHOR_EARNINGS, _A.SUPPORT_FEES),
    _T.TAX: (_A.CLEARING, _A.TAX),
}


def _undoing() -> Iterator[tuple[str, tuple[str, str]]]:
    for code, (payer, receiver) in PARTS.items():
        yield f"refund_{code}", (receiver, payer)
        yield f"reverse_{code}", (receiver, payer)
        yield f"restore_{code}", (payer, receiver)


# {code: (kind of account that pays, kind that receives)}; nothing else is ever booked.
RULES: dict[str, tuple[str, str]] = {
    **PARTS,
    **dict(_undoing()),
    _T.PAYMENT: (_A.GATEWAY, _A.CLEARING),
    _T.CREDIT_SPENT: (_A.BUYER_CREDIT, _A.CLEARING),
    _T.REFUND_PAID: (_A.CLEARING, _A.GATEWAY),
    _T.REFUND_CREDIT: (_A.CLEARING, _A.BUYER_CREDIT),
    _T.REVERSED: (_A.CLEARING, _A.GATEWAY),
    _T.RESTORED: (_A.GATEWAY, _A.CLEARING),
    _T.DEPOSIT: (_A.GATEWAY, _A.BUYER_CREDIT),
    _T.DEPOSIT_REVERSED: (_A.BUYER_CREDIT, _A.GATEWAY),
    _T.EARNINGS_TO_CREDIT: (_A.AUTHOR_EARNINGS, _A.BUYER_CREDIT),
    _T.PAYOUT: (_A.AUTHOR_EARNINGS, _A.PAYOUTS),
    _T.PAYOUT_SETTLED: (_A.PAYOUTS, _A.GATEWAY),
    _T.PAYOUT_UNSETTLED: (_A.GATEWAY, _A.PAYOUTS),
    _T.PAYOUT_RETURNED: (_A.PAYOUTS, _A.AUTHOR_EARNINGS),
    _T.PAYOUT_FEE: (_A.AUTHOR_EARNINGS, _A.GATEWAY_FEES),
    _T.WITHHOLDING: (_A.AUTHOR_EARNINGS, _A.WITHHOLDING),
    _T.WITHHOLDING_RETURNED: (_A.WITHHOLDING, _A.AUTHOR_EARNINGS),
    _T.GATEWAY_FEE: (_A.GATEWAY_FEES, _A.GATEWAY),
    _T.DISPUTE_LOSS: (_A.DISPUTE_LOSSES, _A.CLEARING),
    _T.DISPUTE_LOSS_BACK: (_A.CLEARING, _A.DISPUTE_LOSSES),
    _T.ADJUST_EARNINGS_UP: (_A.ADJUSTMENTS, _A.AUTHOR_EARNINGS),
    _T.ADJUST_EARNINGS_DOWN: (_A.AUTHOR_EARNINGS, _A.ADJUSTMENTS),
    _T.ADJUST_CREDIT_UP: (_A.ADJUSTMENTS, _A.BUYER_CREDIT),
    _T.ADJUST_CREDIT_DOWN: (_A.BUYER_CREDIT, _A.ADJUSTMENTS),
}
# Accounts with a running balance that is locked; `user:ID` is their scope.
PEOPLES = (_A.AUTHOR_EARNINGS, _A.BUYER_CREDIT)
# Of these, the ones that may be less than 0: a reversal can come after the payout.
OVERDRAWN = (_A.AUTHOR_EARNINGS,)
# These neither: what we hold for somebody, or have earned. Nobody locks the platform's among them,
# so that nothing refuses at the moment of booking: check_ledger says so.
NEVER_BELOW_ZERO = (
    _A.BUYER_CREDIT,
    _A.BUYER_FEES,
    _A.AUTHOR_FEES,
    _A.SUPPORT_FEES,
    _A.TAX,
    _A.WITHHOLDING,
    _A.PAYOUTS,
)
# How orders were booked before there was a clearing account.
EARLIER_RULES: dict[str, tuple[str, str]] = {
    _T.SALE: (_A.GATEWAY, _A.AUTHOR_EARNINGS),
    _T.BUYER_FEE: (_A.GATEWAY, _A.BUYER_FEES),
    _T.TAX: (_A.GATEWAY, _A.TAX),
}


def refund_of(code: str) -> str:
    """The code that undoes a part of a sale."""
    return f"refund_{code}"
