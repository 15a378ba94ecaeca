from django_tasks import task

from market.payments import services
from market.payments.errors import GatewayRefused
from market.payments.models import Payment, WebhookEvent
from market.purchases.services import fulfilment


@task()
def work_off_event(event_id: int) -> None:
    """Ask the gateway for what an event is about, and book it. An entry point: composes apps."""
    event = WebhookEvent.objects.get(pk=event_id)
    if event.state != WebhookEvent.State.RECEIVED:
        return
    try:
        payment = services.payment_of_event(event=event)
    except GatewayRefused as refusal:
        services.close_event(event=event, state=WebhookEvent.State.CASE, note=str(refusal))
        return
    if payment is not None:
        fulfilment.settle(payment=payment)
    services.close_event(event=event)


# A gateway may be away for hours, and nothing else takes a refund up again.
@task(max_attempts=30)
def refund_payment(payment_id: int) -> None:
    services.refund_payment(payment=Payment.objects.get(pk=payment_id))
