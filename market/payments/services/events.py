"""The inbox: what gateways report, each report once, worked off by a job that asks."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from market.payments import tasks
from market.payments.gateways import gateway, gateway_name
from market.payments.gateways.base import GatewayEvent, Subject
from market.payments.models import ReconciliationCase, WebhookEvent
from market.payments.services.cases import open_difference

State = WebhookEvent.State
# A gateway that was not heard goes on for days (Stripe: three); its list has the last thirty.
FETCH_DAYS = 3
# The job of an event that is younger is still at it.
UNFINISHED_SECONDS = 600
BATCH = 200


def receive_event(*, gateway_name: str, body: bytes, signature: str) -> WebhookEvent:
    """Put a report into the inbox, once an event id; a job works it off.

    Raises SignatureRefused, and KeyError for a gateway that we do not have.
    """
    reported = gateway(gateway_name).verify_webhook(body, signature)
    return _keep(gateway_name, reported)


def fetch_events() -> int:
    """Put into the inbox what the gateway has reported in the last days and we have not heard.

    Returns how many were missing. Raises GatewayUnavailable.
    """
    name = gateway_name()
    there = gateway(name)
    reports = there.list_events(timezone.now() - timedelta(days=FETCH_DAYS))
    wanted = (one for one in reports if there.subject_of(one.kind) is not Subject.NOTHING)
    missing = 0
    for batch in _batches(wanted):
        known = WebhookEvent.objects.filter(
            gateway=name, event_id__in=[one.event_id for one in batch]
        )
        heard = set(known.values_list("event_id", flat=True))
        for one in batch:
            if one.event_id not in heard:
                _keep(name, one)
                missing += 1
    return missing


def unfinished_events() -> list[WebhookEvent]:
    """Whose job was lost, or gave up while the gateway was away."""
    before = timezone.now() - timedelta(seconds=UNFINISHED_SECONDS)
    found = WebhookEvent.objects.filter(state=State.RECEIVED, received_at__lt=before)
    return list(found.order_by("received_at")[:BATCH])


def subject_of(*, event: WebhookEvent) -> Subject:
    if not event.gateway_ref:
        return Subject.NOTHING
    return gateway(event.gateway).subject_of(event.kind)


def close_event(*, event: WebhookEvent, state: str = State.DONE, note: str = "") -> None:
    WebhookEvent.objects.filter(pk=event.pk).update(
        state=state, note=note[:500], done_at=timezone.now()
    )


@transaction.atomic
def leave_to_staff(*, event: WebhookEvent, note: str) -> None:
    """It is genuine, but about nothing of ours: nothing is booked, and somebody is told."""
    close_event(event=event, state=State.CASE, note=note)
    open_difference(
        gateway=event.gateway,
        kind=ReconciliationCase.Kind.EVENT_FOREIGN,
        ref=event.event_id,
        note=f"{event.kind} {event.gateway_ref}: {note}",
    )


@transaction.atomic
def _keep(name: str, reported: GatewayEvent) -> WebhookEvent:
    event, created = WebhookEvent.objects.get_or_create(
        gateway=name,
        event_id=reported.event_id,
        defaults={
            "kind": reported.kind,
            "gateway_ref": reported.ref,
            "payload": reported.payload,
        },
    )
    if created and reported.misfit:
        leave_to_staff(event=event, note=reported.misfit)
    elif created:
        tasks.work_off_event.enqueue(event_id=event.pk)
    return event


def _batches(reports: Iterator[GatewayEvent]) -> Iterator[list[GatewayEvent]]:
    while batch := list(islice(reports, BATCH)):
        yield batch
