import http.client
import json
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from market.payments.gateways.sandbox import signing
from market.payments.models import SandboxPayout, SandboxReport
from market.tenancy import hosts

TIMEOUT_SECONDS = 5
# What a payout's destination says decides how it ends, as test accounts do elsewhere.
BOUNCES, STAYS = "bounce", "wait"


class NotAccepted(Exception):
    """The receiver did not say 2xx: the job tries again later."""


@task(max_attempts=20)
def deliver_report(report_id: int) -> None:
    """Send one copy of a report. Until the receiver says 2xx this fails, and is tried again."""
    if not settings.SANDBOX_WEBHOOK_ADDRESS:
        return
    report = SandboxReport.objects.select_related("payment").get(pk=report_id)
    status = _post(json.dumps(report.told).encode())
    if not 200 <= status < 300:
        raise NotAccepted(f"{report.key.hex}: {status}")
    SandboxReport.objects.filter(pk=report_id, delivered_at=None).update(
        delivered_at=timezone.now()
    )


@task()
def finish_payout(payout_id: int) -> None:
    """The bank's side of a payout: it settles, or comes back from a destination that bounces."""
    payouts = SandboxPayout.objects.filter(pk=payout_id, status=SandboxPayout.Status.SENT)
    for payout in payouts.exclude(destination__startswith=STAYS):
        bounces = payout.destination.startswith(BOUNCES)
        ended = SandboxPayout.Status.BOUNCED if bounces else SandboxPayout.Status.SETTLED
        payouts.update(status=ended)


def _post(body: bytes) -> int:
    """Over real HTTP, to the address of this application, under the account host's name."""
    target = urlsplit(settings.SANDBOX_WEBHOOK_ADDRESS)
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(target.netloc, timeout=TIMEOUT_SECONDS)
    path = urlsplit(hosts.link("account", "gateways:webhook", gateway="sandbox")).path
    headers = {
        "Host": hosts.host("account").name,
        "Content-Type": "application/json",
        signing.HEADER: signing.sign(body),
    }
    try:
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
