from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.core import metrics
from market.core.client import client_address
from market.core.pagination import BadCursor
from market.purchases.errors import DownloadLimit, DownloadRefused
from market.purchases.forms import LibraryForm
from market.purchases.selectors import library as selectors
from market.purchases.selectors.library_table import csv_lines
from market.purchases.services import downloads
from market.tenancy import hosts
from market.users.http import UserRequest


@never_cache
@login_required
@require_safe
def library(request: UserRequest) -> HttpResponse:
    holdings = selectors.holdings(request.user)
    form = LibraryForm(request.GET, holdings)
    if not form.is_valid():
        raise Http404
    wanted = form.wanted()
    try:
        page = selectors.library(
            buyer=request.user,
            wanted=wanted,
            holdings=holdings,
            cursor=form.cleaned_data["after"],
        )
    except BadCursor as error:
        raise Http404 from error
    context = {"page": page, "form": form, "wanted": wanted, "holdings": holdings}
    return render(request, "purchases/library.html", context)


@never_cache
@login_required
@require_safe
def library_csv(request: UserRequest) -> StreamingHttpResponse:
    """What the page shows, all of it, as a table for other programs."""
    form = LibraryForm(request.GET, selectors.holdings(request.user))
    if not form.is_valid():
        raise Http404
    rows = csv_lines(selectors.export(buyer=request.user, wanted=form.wanted()))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="library.csv"'
    return response


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
    metrics.count("downloads")
    return redirect(hosts.link("files", "purchases:file", token=token))
