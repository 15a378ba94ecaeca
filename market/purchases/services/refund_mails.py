"""What a request for money back tells each side by mail."""

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from market.core.text import clean_line
from market.purchases.models import RefundEvent, RefundRequest
from market.purchases.selectors.refunds import refund_of
from market.tenancy import hosts
from market.users.models import User

MAX_NAME_CHARS = 70
State = RefundRequest.State


def send_refund_mail(*, event_id: int, user_id: int) -> None:
    """One step of a request, told to one side in its language.

    Sent again after a crash, it has the same Message-ID: mail programs know it for the same.
    """
    event = RefundEvent.objects.select_related("request__purchase__item", "request__buyer").get(
        pk=event_id
    )
    reader = User.objects.get(pk=user_id)
    with translation.override(reader.language):
        _mail(event, reader).send()


def _mail(event: RefundEvent, reader: User) -> EmailMultiAlternatives:
    request = event.request
    name = Truncator(clean_line(request.purchase.item.name)).chars(MAX_NAME_CHARS)
    subject = _("Refund of %(name)s") % {"name": name}
    context = {
        "event": event,
        "request": request,
        "reader": reader,
        "for_author": reader.pk == request.author_id,
        "by_clock": event.actor_id is None,
        "refund": refund_of(request),
        "subject": subject,
        "email": reader.contact_email,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("purchases/email/refund.txt", context),
        to=[reader.contact_email],
        headers={"Message-ID": f"<refund-{event.pk}-{reader.pk}@{hosts.host('account').name}>"},
    )
    mail.attach_alternative(render_to_string("purchases/email/refund.html", context), "text/html")
    return mail
