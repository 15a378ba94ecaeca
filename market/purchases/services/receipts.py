from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from market.core import metrics
from market.core.locales import number
from market.core.mails import build_mail
from market.core.text import clean_line
from market.purchases.models import Order
from market.purchases.selectors.orders import OrderRow, order_lines
from market.tenancy import hosts
from market.tenancy.registry import marketplace_by_id
from market.users import services as users
from market.users.models import User

MAX_NAME_CHARS = 70


def send_receipt(*, order_id: int) -> None:
    """Mail the receipt of a paid order, once, in the buyer's language.

    Killed between the mail and the note that it went, the job sends it again: under the same
    Message-ID, by which mail programs know it for the same mail.
    """
    order = Order.objects.select_related("buyer").get(pk=order_id)
    if order.status != Order.Status.PAID or order.receipt_sent_at is not None:
        return
    with translation.override(order.buyer.language):
        mail = _mail(order)
    mail.send()
    # Whoever notes it counts the sale: once, as the mail.
    if Order.objects.filter(pk=order_id, receipt_sent_at=None).update(
        receipt_sent_at=timezone.now()
    ):
        _count_sale(order)


def _count_sale(order: Order) -> None:
    metrics.count("sales")
    for row in order_lines(order):
        tags = {"site": marketplace_by_id(row.line.item.site_id).slug}
        metrics.count("sales.items", tags=tags)
        metrics.count("sales.cents", row.line.total_cents, tags=tags)


def _mail(order: Order) -> EmailMultiAlternatives:
    """In the active language."""
    lines = order_lines(order)
    return build_mail(
        template="purchases/email/receipt",
        subject=_subject(lines),
        to=order.buyer.contact_email,
        message_id=f"receipt-{order.key.hex}@{hosts.host('account').name}",
        order=order,
        lines=lines,
        claim=_claim_address(order.buyer),
    )


def _claim_address(buyer: User) -> str:
    """Where a guest takes the purchases over; empty for who has an account."""
    if not buyer.is_guest:
        return ""
    return hosts.link("account", "purchases:claim", token=users.claim_token(buyer))


def _subject(lines: list[OrderRow]) -> str:
    """Names come from strangers: one line, no controls, not too long for a list of mails."""
    name = Truncator(clean_line(lines[0].item.name)).chars(MAX_NAME_CHARS)
    more = len(lines) - 1
    if not more:
        return _("Your receipt: %(name)s") % {"name": name}
    words = ngettext(
        "Your receipt: %(name)s and %(more)s more", "Your receipt: %(name)s and %(more)s more", more
    )
    return words % {"name": name, "more": number(more)}
