from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from market.core.pagination import BadCursor
from market.payments import selectors, services
from market.payments.errors import SignatureRefused
from market.payments.gateways import gateway as gateway_by_name
from market.payments.gateways import is_known
from market.purchases.selectors import orders
from market.users.http import UserRequest

WEBHOOK_MAX_BYTES = 64 * 1024


@csrf_exempt  # signed by the gateway instead
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Store the report and say so; a job does the work."""
    if not is_known(gateway):
        raise Http404
    if len(request.body) > WEBHOOK_MAX_BYTES:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    signature = request.headers.get(gateway_by_name(gateway).signature_header, "")
    try:
        services.receive_event(gateway_name=gateway, body=request.body, signature=signature)
    except SignatureRefused as refusal:
        return HttpResponse(str(refusal), status=400, content_type="text/plain")
    return HttpResponse("Received.", content_type="text/plain")


@never_cache
@login_required
@require_safe
def statement(request: UserRequest) -> HttpResponse:
    """An author's earnings, line by line."""
    try:
        page = selectors.statement(author_id=request.user.pk, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    lines = orders.lines_by_source([line.transfer.source for line in page.rows])
    rows = [(line, lines.get(line.transfer.source)) for line in page.rows]
    balances = selectors.earnings(request.user.pk)
    context = {"rows": rows, "next_cursor": page.next_cursor, "balances": balances}
    return render(request, "payments/statement.html", context)
