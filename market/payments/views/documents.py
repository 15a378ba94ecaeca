"""A person's documents, on `account.`; staff who may see money read them there too."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.core.pagination import BadCursor
from market.core.views import too_many
from market.payments import drawing
from market.payments.models import Document, DocumentKind
from market.payments.selectors import documents as selectors
from market.payments.selectors.documents import SEE_MONEY
from market.purchases.selectors.certificates import is_void
from market.users import limits
from market.users.http import UserRequest


@never_cache
@login_required
@require_safe
def documents(request: UserRequest) -> HttpResponse:
    try:
        page = selectors.documents_of(request.user, cursor=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    return render(request, "payments/documents.html", {"page": page})


@never_cache
@login_required
@require_safe
def document(request: UserRequest, code: str) -> HttpResponse:
    found = _find(request, code)
    context = {
        "document": found,
        "paper": drawing.draw(found),
        "is_own": found.user_id == request.user.pk or not request.user.has_perm(SEE_MONEY),
        "is_void": found.kind == DocumentKind.CERTIFICATE and is_void(found),
    }
    return render(request, "payments/document.html", context)


@never_cache
@login_required
@require_safe
def document_pdf(request: UserRequest, code: str) -> HttpResponse:
    found = _find(request, code)
    if not limits.take("document_pdf_user", str(request.user.pk)):
        return too_many(request, wait_seconds=limits.seconds_left("document_pdf_user"))
    response = HttpResponse(drawing.draw_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.pdf"'
    return response


def _find(request: UserRequest, code: str) -> Document:
    found = selectors.document_for(request.user, code)
    if found is None:
        raise Http404
    return found
