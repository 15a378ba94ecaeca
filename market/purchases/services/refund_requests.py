"""A request for money back: the buyer asks, the author answers by a clock, staff decide finally.

Who does not act in time loses the turn: an author who does not answer has accepted, a buyer who
does not dispute a decline has let it be. Staff have no clock.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from market.purchases import tasks
from market.purchases.errors import (
    AlreadyReversed,
    RefundRefused,
    RequestMoved,
    RequestOpen,
    WordsNeeded,
)
from market.purchases.models import OrderLine, Purchase, RefundEvent, RefundRequest
from market.purchases.selectors.refunds import check_ground, line_for
from market.purchases.services import refunds
from market.tenancy.registry import marketplace_by_id
from market.users.models import User

logger = structlog.get_logger(__name__)
State, Ground = RefundRequest.State, RefundRequest.Ground
DECIDE = "purchases.decide_refunds"  # the permission of staff
MAX_WORDS = 2000
BATCH = 200


def ask_for_refund(*, purchase: Purchase, buyer: User, ground: str, words: str) -> RefundRequest:
    """Open a request; it goes to the author, or straight to staff where the marketplace says so.

    One line has one open request, whatever tabs do. Raises a RefundRefused, and writes nothing.
    """
    if purchase.buyer_id != buyer.pk or not purchase.is_valid:
        raise AlreadyReversed
    said = _words(words)
    check_ground(purchase, ground)
    scope, line = line_for(purchase, ground)
    try:
        return _open(purchase, line, scope, ground, said)
    except IntegrityError as error:
        raise RequestOpen from error


def accept(*, request: RefundRequest, author: User, words: str = "") -> RefundRequest:
    """The author agrees: the money goes back at once. Raises a RefundRefused."""
    _check_author(request, author)
    return _grant(request, (State.REQUESTED, State.DISPUTED), State.ACCEPTED, author, words)


def decline(*, request: RefundRequest, author: User, words: str) -> RefundRequest:
    """The author says why not; the buyer may dispute that. Raises a RefundRefused."""
    _check_author(request, author)
    due = timezone.now() + timedelta(days=settings.REFUND_DISPUTE_DAYS)
    return _move(request, (State.REQUESTED,), State.DECLINED, author, _words(words), due)


def dispute(*, request: RefundRequest, buyer: User, words: str) -> RefundRequest:
    """The buyer does not agree with the author: staff decide. Raises a RefundRefused."""
    _check_buyer(request, buyer)
    return _move(request, (State.DECLINED,), State.DISPUTED, buyer, _words(words), None)


def withdraw(*, request: RefundRequest, buyer: User) -> RefundRequest:
    """The buyer asks no more. Raises a RefundRefused."""
    _check_buyer(request, buyer)
    return _move(request, RefundRequest.OPEN, State.WITHDRAWN, buyer, "", None)


def rule(*, request: RefundRequest, staff: User, for_buyer: bool, words: str) -> RefundRequest:
    """Staff decide finally, never about a sale or purchase of their own. Raises a RefundRefused."""
    if not staff.has_perm(DECIDE) or staff.pk in (request.buyer_id, request.author_id):
        raise RequestMoved
    said = _words(words)
    if for_buyer:
        return _grant(request, (State.DISPUTED,), State.RULED_FOR_BUYER, staff, said)
    return _move(request, (State.DISPUTED,), State.RULED_FOR_AUTHOR, staff, said, None)


def move_overdue_requests() -> int:
    """What the clock decides; returns how many requests it moved. One that fails keeps no other."""
    overdue = RefundRequest.objects.filter(
        state__in=(State.REQUESTED, State.DECLINED), answer_due_at__lt=timezone.now()
    ).order_by("answer_due_at")
    moved = 0
    for request in list(overdue[:BATCH]):
        try:
            _move_overdue(request)
        except RefundRefused:
            logger.warning("refund_request_not_moved", request=request.pk, exc_info=True)
        else:
            moved += 1
    return moved


def close_requests(*, purchase_id: int) -> None:
    """Close what is open about a purchase whose money the buyer's bank took."""
    for request in RefundRequest.objects.filter(purchase=purchase_id, state__in=RefundRequest.OPEN):
        _move(request, RefundRequest.OPEN, State.WITHDRAWN, None, "", None)


def _move_overdue(request: RefundRequest) -> None:
    if request.state == State.REQUESTED:
        _grant(request, (State.REQUESTED,), State.ACCEPTED, None, "")
    else:
        _move(request, (State.DECLINED,), State.RULED_FOR_AUTHOR, None, "", None)


@transaction.atomic
def _open(
    purchase: Purchase, line: OrderLine, scope: str, ground: str, words: str
) -> RefundRequest:
    to_author = marketplace_by_id(purchase.site_id).slug in settings.REFUNDS_TO_AUTHOR_FIRST
    state = State.REQUESTED if to_author else State.DISPUTED
    days = timedelta(days=settings.REFUND_ANSWER_DAYS)
    request = RefundRequest.objects.create(
        purchase=purchase,
        line=line,
        buyer_id=purchase.buyer_id,
        author_id=purchase.author_id,
        ground=ground,
        scope=scope,
        words=words,
        state=state,
        open_line_id=line.pk,
        answer_due_at=timezone.now() + days if to_author else None,
    )
    _note(request, "", state, request.buyer, words)
    return request


@transaction.atomic
def _grant(
    request: RefundRequest, before: tuple[str, ...], after: str, actor: User | None, words: str
) -> RefundRequest:
    """Both or neither: the state moves, and the money does."""
    moved = _move(request, before, after, actor, words.strip()[:MAX_WORDS], None)
    why = refunds.Why(reason=moved.ground, actor=actor, request=moved)
    refunds.refund_lines(lines=[moved.line], why=why, scope=moved.scope)
    return moved


@transaction.atomic
def _move(  # a step of a request
    request: RefundRequest,
    before: tuple[str, ...],
    after: str,
    actor: User | None,
    words: str,
    due_at: datetime | None,
) -> RefundRequest:
    """The locked row decides between two who act at once. Raises RequestMoved."""
    locked = RefundRequest.objects.select_for_update().get(pk=request.pk)
    if locked.state not in before:
        raise RequestMoved
    earlier, locked.state = locked.state, after
    locked.open_line_id = locked.line_id if locked.is_open else None
    locked.answer_due_at, locked.updated_at = due_at, timezone.now()
    locked.save(update_fields=["state", "open_line_id", "answer_due_at", "updated_at"])
    _note(locked, earlier, after, actor, words)
    return locked


def _note(request: RefundRequest, before: str, after: str, actor: User | None, words: str) -> None:
    """A row of the history, and a mail to each side that did not act itself."""
    event = RefundEvent.objects.create(
        request=request, actor=actor, from_state=before, to_state=after, words=words
    )
    for user_id in (request.buyer_id, request.author_id):
        # Straight to staff: the author hears of it when it is decided.
        is_told = after != State.DISPUTED or before or user_id == request.buyer_id
        if is_told and (actor is None or actor.pk != user_id or not before):
            tasks.send_refund_mail.enqueue(event_id=event.pk, user_id=user_id)


def _words(words: str) -> str:
    said = words.strip()[:MAX_WORDS]
    if not said:
        raise WordsNeeded
    return said


def _check_author(request: RefundRequest, author: User) -> None:
    if request.author_id != author.pk:
        raise RequestMoved


def _check_buyer(request: RefundRequest, buyer: User) -> None:
    if request.buyer_id != buyer.pk:
        raise RequestMoved
