from datetime import timedelta

import structlog
from django.utils import timezone
from django_tasks import task

from market.core import metrics
from market.payments.errors import GatewayRefused, GatewayUnavailable
from market.payments.gateways import gateway, gateway_name
from market.payments.gateways.base import Subject
from market.payments.models import Dispute, Payment, PaymentRefund, Payout, WebhookEvent
from market.payments.services import (
    billing,
    credit,
    disputes,
    documents,
    events,
    ledger_check,
    payout_steps,
    payouts,
    reconciliation,
    refunds,
    snapshots,
)
from market.payments.services import payments as services
from market.purchases.models import Order
from market.purchases.selectors.payout_facts import SALE_FACTS
from market.purchases.services import fulfilment, ledger_checks, reversals

logger = structlog.get_logger(__name__)
CHECK_SECONDS = 240


@task()
def work_off_event(event_id: int) -> None:
    """Ask the gateway for what an event is about, and book it. An entry point: composes apps."""
    _work_off(WebhookEvent.objects.get(pk=event_id))


@task()
def sweep_events() -> None:
    """Take up what a gateway reported and we did not hear, or heard and did not finish."""
    for event in events.unfinished_events():
        try:
            _work_off(event)
        except GatewayUnavailable:
            logger.warning("event_not_worked_off", event_id=event.event_id)
        except Exception:  # one that fails keeps no other waiting
            logger.exception("event_not_worked_off", event_id=event.event_id)
    events.fetch_events()


@task()
def reconcile() -> None:
    """Each day the last two: what was on its way when the first was looked at has arrived."""
    until = timezone.now() - timedelta(hours=1)
    reconciliation.reconcile(
        gateway_name=gateway_name(), since=until - timedelta(days=2), until=until
    )


@task()
def refund_payment(payment_id: int) -> None:
    """Jobs of the release before: giving back is now asked for in the transaction itself."""
    refunds.return_payment(payment=Payment.objects.get(pk=payment_id))


# A gateway may be away for hours; recover_refunds takes up what is left after these.
@task(max_attempts=30)
def send_refund(refund_id: int) -> None:
    refunds.send_refund(refund=PaymentRefund.objects.select_related("payment").get(pk=refund_id))


@task()
def recover_refunds() -> None:
    refunds.recover_refunds()


@task()
def number_documents(kind: str) -> None:
    documents.number_documents(kind=kind)


@task()
def run_payouts() -> None:
    """What is due of the monthly payouts; killed, the next run goes on where it was."""
    now = timezone.now()
    batch = payouts.open_batch(now=now)
    if batch is not None:
        payouts.fill_batch(batch=batch, facts=SALE_FACTS)
    payout_steps.work_off(now=now)


def _work_off(event: WebhookEvent) -> None:
    if event.state != WebhookEvent.State.RECEIVED:
        return
    try:
        _act_upon(event)
    except GatewayRefused as refusal:
        events.leave_to_staff(event=event, note=str(refusal))
    else:
        events.close_event(event=event)


def _act_upon(event: WebhookEvent) -> None:
    name, ref = event.gateway, event.gateway_ref
    match events.subject_of(event=event):
        case Subject.PAYMENT:
            _settle(services.payment_as_told(gateway_name=name, ref=ref))
        case Subject.REFUND:
            refunds.keep_reported(gateway_name=name, ref=ref)
        case Subject.DISPUTE:
            _settle_dispute(disputes.keep_dispute(gateway_name=name, ref=ref))
        case Subject.PAYOUT:
            _keep_payout(name, ref)
        case Subject.NOTHING:
            pass


def _keep_payout(name: str, ref: str) -> None:
    answer = gateway(name).retrieve_payout(ref)
    payout = Payout.objects.filter(gateway=name, idempotency_key=answer.key).first()
    if payout is None:
        raise GatewayRefused(f"{ref} was never asked for.")
    payout_steps.keep_answer(payout=payout, answer=answer)


def _settle(payment: Payment) -> None:
    if payment.purpose.startswith(credit.PURPOSE):
        credit.settle_deposit(payment=payment)
    else:
        fulfilment.settle(payment=payment)


def _settle_dispute(dispute: Dispute | None) -> None:
    """Book what a bank took or gave back; both are done once, whatever is told how often."""
    if dispute is None:
        return
    payment = dispute.payment
    try:
        if dispute.takes_money and dispute.reversed_at is None:
            _reverse(payment, dispute)
            disputes.mark_reversed(dispute=dispute)
        elif dispute.is_won and dispute.reversed_at and dispute.restored_at is None:
            _restore(payment, dispute)
            disputes.mark_restored(dispute=dispute)
    except Order.DoesNotExist:
        disputes.leave_to_staff(dispute=dispute, note=f"{payment} paid no order")


def _reverse(payment: Payment, dispute: Dispute) -> None:
    ref, cents = dispute.gateway_ref, dispute.cents
    if payment.purpose.startswith(credit.PURPOSE):
        credit.reverse_deposit(payment=payment, dispute_ref=ref, cents=cents)
    else:
        reversals.reverse_payment(
            payment=payment, dispute_ref=ref, reason=dispute.reason, cents=cents
        )


def _restore(payment: Payment, dispute: Dispute) -> None:
    ref = dispute.gateway_ref
    if payment.purpose.startswith(credit.PURPOSE):
        credit.restore_deposit(payment=payment, dispute_ref=ref)
    else:
        reversals.restore_payment(payment=payment, dispute_ref=ref)


@task()
def take_snapshots() -> None:
    snapshots.take_snapshots()


@task()
def check_ledger() -> None:
    """Read on for some minutes; a ledger that is not read through by then has another turn."""
    until = timezone.now() + timedelta(seconds=CHECK_SECONDS)
    check = ledger_checks.run_check(check=ledger_check.open_check(), until=until)
    if check.finished_at is None:
        check_ledger.enqueue()
        return
    metrics.gauge("ledger.faults", check.fault_count)
    if check.fault_count:
        logger.error("ledger_faults", count=check.fault_count, first=check.faults[:5])


@task()
def bill_authors() -> None:
    """Last month's self-billed statements; from the 1st on, until all are made."""
    billing.bill_authors()
