"""Requests for money back: what may be asked for, and the lists of those who act."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from market.purchases.errors import GroundRefused
from market.purchases.models import (
    BuyerHold,
    Download,
    Order,
    OrderLine,
    Purchase,
    RefundEvent,
    RefundLine,
    RefundRequest,
    RefundScope,
)
from market.users.models import User

Ground, State = RefundRequest.Ground, RefundRequest.State
PAGE = 30
NOT_DOWNLOADED_DAYS = 92  # three months


def purchase_to_refund(*, buyer: User, code: UUID) -> Purchase | None:
    """A person's own purchase that was not taken back yet."""
    found = Purchase.objects.filter(buyer=buyer, code=code, reversed_at=None)
    return found.select_related("item", "order_line", "author").first()


def line_for(purchase: Purchase, ground: str) -> tuple[str, OrderLine]:
    """(what of it, which order line) a ground asks back. Raises GroundRefused."""
    if ground != Ground.UNUSED_SUPPORT:
        return RefundScope.WHOLE, purchase.order_line
    later = _support_lines(purchase).order_by("-pk").first()
    if later is not None:
        return RefundScope.WHOLE, later
    taken = RefundLine.objects.filter(line=purchase.order_line_id, scope=RefundScope.SUPPORT)
    if not purchase.support_cents or taken.exists():
        raise GroundRefused(_("No extra support was paid for this purchase."))
    return RefundScope.SUPPORT, purchase.order_line


def check_ground(purchase: Purchase, ground: str) -> None:
    """Where facts decide, they do so before anybody is asked. Raises GroundRefused."""
    now = timezone.now()
    if ground == Ground.NOT_DOWNLOADED:
        if Download.objects.filter(purchase=purchase, user=purchase.buyer_id).exists():
            raise GroundRefused(_("You have downloaded this item."))
        if purchase.bought_at < now - timedelta(days=NOT_DOWNLOADED_DAYS):
            raise GroundRefused(_("This ground holds for three months after the purchase."))
    elif ground == Ground.UNUSED_SUPPORT:
        if purchase.support_until is None or purchase.support_until <= now:
            raise GroundRefused(_("The support that you paid for is over."))
    elif ground == Ground.NO_SUPPORT and purchase.support_until is None:
        raise GroundRefused(_("No support was promised for this purchase."))


def requests_of_buyer(*, buyer: User, cursor: str = "") -> Page[RefundRequest]:
    """Raises BadCursor."""
    return _page(RefundRequest.objects.filter(buyer=buyer), cursor)


def requests_of_author(*, author: User, waiting: bool, cursor: str = "") -> Page[RefundRequest]:
    """Those that wait for an answer, or all others. Raises BadCursor."""
    states = (State.REQUESTED,) if waiting else tuple(set(State) - {State.REQUESTED})
    return _page(RefundRequest.objects.filter(author=author, state__in=states), cursor)


def requests_for_staff(*, waiting: bool, cursor: str = "") -> Page[RefundRequest]:
    """Those that wait for a ruling, or what was ruled. Raises BadCursor."""
    ruled = (State.RULED_FOR_BUYER, State.RULED_FOR_AUTHOR)
    states = (State.DISPUTED,) if waiting else ruled
    return _page(RefundRequest.objects.filter(state__in=states), cursor)


def request_by_id(request_id: int) -> RefundRequest | None:
    return _with_names(RefundRequest.objects.filter(pk=request_id)).first()


def events_of(request: RefundRequest) -> list[RefundEvent]:
    """Each step so far, the oldest first."""
    return list(request.events.select_related("actor").order_by("pk"))


def refund_of(request: RefundRequest) -> RefundLine | None:
    """What was given back for it."""
    return RefundLine.objects.filter(request=request).order_by("pk").first()


def open_requests(*, author: User) -> int:
    """How many wait for this author's answer."""
    return RefundRequest.objects.filter(author=author, state=State.REQUESTED).count()


def open_holds(*, cursor: str = "") -> Page[BuyerHold]:
    """Buyers who may not buy, the newest first. Raises BadCursor."""
    rows = BuyerHold.objects.filter(lifted_at=None).select_related("buyer")
    if cursor:
        rows = rows.filter(pk__lt=_place(cursor))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = encode_cursor(found[PAGE - 1].pk) if len(found) > PAGE else None
    return Page(found[:PAGE], more)


def _place(cursor: str) -> int:
    (last,) = decode_cursor(cursor, int)
    if not 0 <= int(last) < 2**62:
        raise BadCursor(cursor)
    return int(last)


def _support_lines(purchase: Purchase) -> QuerySet[OrderLine]:
    """What prolonged a purchase's support, was paid and not refunded."""
    lines = OrderLine.objects.filter(
        item=purchase.item_id,
        kind=OrderLine.Kind.SUPPORT,
        supported=purchase.pk,
        order__status=Order.Status.PAID,
    )
    return lines.exclude(refunds__scope=RefundScope.WHOLE)


def _with_names(rows: QuerySet[RefundRequest]) -> QuerySet[RefundRequest]:
    return rows.select_related("purchase__item", "line", "buyer", "author")


def _page(rows: QuerySet[RefundRequest], cursor: str) -> Page[RefundRequest]:
    if cursor:
        rows = rows.filter(pk__lt=_place(cursor))
    found = list(_with_names(rows).order_by("-pk")[: PAGE + 1])
    more = encode_cursor(found[PAGE - 1].pk) if len(found) > PAGE else None
    return Page(found[:PAGE], more)
