from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from market.payments.errors import SignatureRefused
from market.payments.gateways import gateway as gateway_by_name
from market.payments.gateways import is_known
from market.payments.services import events

WEBHOOK_MAX_BYTES = 256 * 1024


@csrf_exempt  # signed by the gateway instead
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Store the report and say so; a job does the work."""
    if not is_known(gateway):
        raise Http404
    # Its length as it says; a body that says another is cut there by the server.
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > WEBHOOK_MAX_BYTES:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    signature = request.headers.get(gateway_by_name(gateway).signature_header, "")
    try:
        events.receive_event(gateway_name=gateway, body=request.body, signature=signature)
    except SignatureRefused as refusal:
        return HttpResponse(str(refusal), status=400, content_type="text/plain")
    return HttpResponse("Received.", content_type="text/plain")
