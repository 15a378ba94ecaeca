from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from market.purchases.models import Order
from market.purchases.selectors.orders import order_lines
from market.tenancy import hosts


def send_receipt(*, order_id: int) -> None:
    """Mail the receipt of a paid order, once.

    Killed between the mail and the note that it went, the job sends it again: under the same
    Message-ID, by which mail programs know it for the same mail.
    """
    order = Order.objects.select_related("buyer").get(pk=order_id)
    if order.status != Order.Status.PAID or order.receipt_sent_at is not None:
        return
    context = {"order": order, "lines": order_lines(order)}
    mail = EmailMultiAlternatives(
        subject=f"Your receipt for order {order.key.hex[:8]}",
        body=render_to_string("purchases/mail/receipt.txt", context),
        to=[order.buyer.email],
        headers={"Message-ID": f"<receipt-{order.key.hex}@{hosts.host('account').name}>"},
    )
    mail.attach_alternative(render_to_string("purchases/mail/receipt.html", context), "text/html")
    mail.send()
    Order.objects.filter(pk=order_id).update(receipt_sent_at=timezone.now())
