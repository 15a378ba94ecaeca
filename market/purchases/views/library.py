from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.core.client import client_address
from market.core.pagination import BadCursor
from market.core.text import clean_line
from market.purchases.errors import DownloadLimit, DownloadRefused
from market.purchases.forms import LibraryForm
from market.purchases.selectors import library as selectors
from market.purchases.services import downloads
from market.tenancy import hosts
from market.users.http import UserRequest


@never_cache
@login_required
@require_safe
def library(request: UserRequest) -> HttpResponse:
    form = LibraryForm(request.GET)
    if not form.is_valid():
        raise Http404
    words = clean_line(form.cleaned_data["q"])
    try:
        page = selectors.library(buyer=request.user, words=words, cursor=form.cleaned_data["after"])
    except BadCursor as error:
        raise Http404 from error
    return render(request, "purchases/library.html", {"page": page, "words": words})


@never_cache
@login_required
@require_safe
def download(request: UserRequest, code: UUID, file_id: int) -> HttpResponse:
    """Check, log, and send the browser to the files host with a signed word of five minutes."""
    try:
        token = downloads.download_token(
            user=request.user, code=code, file_id=file_id, address=client_address(request)
        )
    except DownloadRefused as refusal:
        raise Http404 from refusal
    except DownloadLimit as refusal:
        return render(request, "purchases/download_limit.html", {"refusal": refusal}, status=429)
    return redirect(hosts.link("files", "purchases:file", token=token))
