"""Corrections of accounts: one of the staff asks, another one decides. Nothing is edited."""

from django.db import IntegrityError, transaction

from market.core.text import clean_line
from market.payments import ledger
from market.payments.errors import AlreadyDecided, NotAllowed, OwnAdjustment, ReasonMissing
from market.payments.ledger import Move, Side
from market.payments.models import Adjustment, AdjustmentDecision, StaffAct
from market.payments.rules import PEOPLES, RULES
from market.users.models import User

MAX_REASON = 500


@transaction.atomic
def request_adjustment(
    *, staff: User, user: User, kind: str, cents: int, reason: str, currency: str = "USD"
) -> Adjustment:
    """Ask for money to be added to or taken from an account; nothing moves yet.

    Raises OwnAdjustment, ReasonMissing, NotAllowed.
    """
    reason = clean_line(reason)[:MAX_REASON]
    if not reason:
        raise ReasonMissing
    if kind not in Adjustment.KINDS or cents <= 0:
        raise NotAllowed(f"{kind}: {cents} cents")
    if staff.pk == user.pk:
        raise OwnAdjustment
    made = Adjustment.objects.create(
        user=user, kind=kind, cents=cents, currency=currency, reason=reason, requested_by=staff
    )
    _note(staff, StaffAct.Act.REQUEST_ADJUSTMENT, made, reason)
    return made


def decide_adjustment(
    *, staff: User, adjustment: Adjustment, is_approved: bool, note: str = ""
) -> AdjustmentDecision:
    """Approve what another one asked for, and move the money; or reject it, with a reason.

    Of two who decide at once the first one counts. Raises OwnAdjustment, AlreadyDecided,
    ReasonMissing, Overdrawn, and then writes nothing.
    """
    note = clean_line(note)[:MAX_REASON]
    if not is_approved and not note:
        raise ReasonMissing
    if staff.pk in (adjustment.requested_by_id, adjustment.user_id):
        raise OwnAdjustment
    move = _move(adjustment)
    ledger.open_accounts(sides=[move.payer, move.receiver], currency=adjustment.currency)
    return _decide(staff, adjustment, move, is_approved=is_approved, note=note)


@transaction.atomic
def _decide(
    staff: User, adjustment: Adjustment, move: Move, *, is_approved: bool, note: str
) -> AdjustmentDecision:
    try:
        with transaction.atomic():
            made = AdjustmentDecision.objects.create(
                adjustment=adjustment, is_approved=is_approved, decided_by=staff, note=note
            )
    except IntegrityError as error:
        raise AlreadyDecided from error
    act = StaffAct.Act.APPROVE_ADJUSTMENT if is_approved else StaffAct.Act.REJECT_ADJUSTMENT
    _note(staff, act, adjustment, note or adjustment.reason)
    if is_approved:
        ledger.book([move], currency=adjustment.currency)
    return made


def _move(adjustment: Adjustment) -> Move:
    payer, receiver = (
        Side(kind, ledger.person_scope(adjustment.user_id) if kind in PEOPLES else "")
        for kind in RULES[adjustment.kind]
    )
    return Move(
        source=adjustment.source,
        code=adjustment.kind,
        cents=adjustment.cents,
        payer=payer,
        receiver=receiver,
    )


def _note(staff: User, act: str, adjustment: Adjustment, reason: str) -> None:
    StaffAct.objects.create(staff=staff, act=act, subject=adjustment.source, reason=reason)
