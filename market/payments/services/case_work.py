"""Staff close cases: with a reason, and on record. What they did about one is done elsewhere."""

from django.db import transaction
from django.utils import timezone

from market.core.text import clean_line
from market.payments.errors import AlreadyDecided, ReasonMissing
from market.payments.models import PaymentCase, ReconciliationCase, StaffAct
from market.users.models import User

MAX_REASON = 500


def subject_of(case: PaymentCase | ReconciliationCase) -> str:
    """What acts of staff call it."""
    kind = "payment_case" if isinstance(case, PaymentCase) else "difference"
    return f"{kind}:{case.pk}"


@transaction.atomic
def resolve_case(
    *, staff: User, case: PaymentCase | ReconciliationCase, reason: str
) -> PaymentCase | ReconciliationCase:
    """Close a case. Of two who do so at once the first one counts.

    Raises ReasonMissing, AlreadyDecided.
    """
    reason = clean_line(reason)[:MAX_REASON]
    if not reason:
        raise ReasonMissing
    open_case = type(case)._default_manager.filter(pk=case.pk, resolved_at=None)
    if not open_case.update(resolved_at=timezone.now(), resolution=reason):
        raise AlreadyDecided
    StaffAct.objects.create(
        staff=staff, act=StaffAct.Act.RESOLVE_CASE, subject=subject_of(case), reason=reason
    )
    case.refresh_from_db()
    return case
