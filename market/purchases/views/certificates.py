from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.payments.models import DocumentKind
from market.payments.selectors import documents
from market.purchases.errors import NoCertificate
from market.purchases.forms import CertificateForm
from market.purchases.selectors.certificates import purchase_of, source_of
from market.purchases.services import certificates
from market.users.http import UserRequest

REFRESH_SECONDS = 2


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def certificate(request: UserRequest, code: UUID) -> HttpResponse:
    """Asks for what the certificate shall say, once; from then on it leads to the certificate."""
    purchase = purchase_of(buyer=request.user, code=code)
    if purchase is None:
        raise Http404
    kind, source = DocumentKind.CERTIFICATE, source_of(purchase)
    if issued := documents.code_of(kind=kind, source=source):
        return redirect("payments:document", code=issued)
    context = {"purchase": purchase, "form": CertificateForm(), "refresh_seconds": REFRESH_SECONDS}
    if documents.is_owed(kind=kind, source=source):
        return render(request, "purchases/certificate.html", context | {"is_owed": True})
    form = CertificateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            certificates.request_certificate(purchase=purchase, **form.cleaned_data)
        except NoCertificate as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("purchases:certificate", code=code)
    status = 422 if form.errors else 200
    return render(request, "purchases/certificate.html", context | {"form": form}, status=status)
