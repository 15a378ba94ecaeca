"""Statements on `account.`: earnings, credit and purchases; each line opens to its journal."""

from collections.abc import Callable, Iterator

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from market.core.pagination import BadCursor
from market.payments.models import Account
from market.payments.selectors import statements as accounts
from market.purchases.selectors import journal as journals
from market.purchases.selectors import statement as selectors
from market.purchases.selectors.statement_files import csv_lines, json_lines
from market.purchases.selectors.statement_rows import Row, subjects_of
from market.purchases.statement_form import StatementForm
from market.users import selectors as people
from market.users.http import UserRequest


@never_cache
@login_required
@require_safe
def statement(request: UserRequest) -> HttpResponse:
    form = _form(request)
    wanted = form.wanted()
    try:
        page = selectors.statement_page(
            user_id=request.user.pk, wanted=wanted, cursor=form.cleaned_data["after"]
        )
    except BadCursor as error:
        raise Http404 from error
    context = {
        "page": page,
        "form": form,
        "wanted": wanted,
        "is_author": form.is_author,
        "has_credit": wanted.of == selectors.CREDIT or _has_credit(request),
    }
    return render(request, "payments/statement.html", context)


@never_cache
@login_required
@require_safe
def statement_csv(request: UserRequest) -> StreamingHttpResponse:
    return _export(request, csv_lines, "csv", "text/csv; charset=utf-8")


@never_cache
@login_required
@require_safe
def statement_json(request: UserRequest) -> StreamingHttpResponse:
    return _export(request, json_lines, "json", "application/json")


@never_cache
@login_required
@require_safe
def line_journal(request: UserRequest, line_id: int) -> HttpResponse:
    """The journal of a line of the reader's own accounts."""
    line = accounts.own_line(user_id=request.user.pk, line_id=line_id)
    if line is None:
        raise Http404
    source = line.transfer.source
    subject = subjects_of([source]).get(source)
    is_earnings = line.account.kind == Account.Kind.AUTHOR_EARNINGS
    reader = request.user.pk
    journal = (
        journals.journal_of_line(subject, reader_id=reader, with_payment=not is_earnings)
        if subject
        else journals.journal_of_source(source, reader_id=reader)
    )
    context = {
        "journal": journal,
        "line": line,
        "is_author": is_earnings,
        "back": selectors.EARNINGS if is_earnings else selectors.CREDIT,
    }
    return render(request, "payments/journal.html", context)


@never_cache
@login_required
@require_safe
def order_line_journal(request: UserRequest, order_line_id: int) -> HttpResponse:
    """The journal of what the reader bought."""
    line = journals.order_line_of(pk=order_line_id, buyer_id=request.user.pk)
    if line is None:
        raise Http404
    journal = journals.journal_of_line(line, reader_id=request.user.pk, with_payment=True)
    context = {"journal": journal, "is_author": False, "back": selectors.PURCHASES}
    return render(request, "payments/journal.html", context)


def _form(request: UserRequest) -> StatementForm:
    form = StatementForm(request.GET, is_author=people.is_author(request.user))
    if not form.is_valid():
        raise Http404
    return form


def _has_credit(request: UserRequest) -> bool:
    return bool(accounts.balances_of(user_id=request.user.pk, kind=Account.Kind.BUYER_CREDIT))


def _export(
    request: UserRequest,
    written: Callable[[Iterator[Row]], Iterator[str]],
    ending: str,
    content_type: str,
) -> StreamingHttpResponse:
    wanted = _form(request).wanted()
    rows = selectors.export(user_id=request.user.pk, wanted=wanted)
    response = StreamingHttpResponse(written(rows), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{wanted.of}.{ending}"'
    return response
