"""Documents: owed in the transaction of what causes them, numbered by one job a series after it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from market.payments import tasks
from market.payments.document_data import digest
from market.payments.models import Document, DocumentKind, DocumentOwed, DocumentSeries

PREFIXES: dict[str, str] = {
    DocumentKind.INVOICE: "INV",
    DocumentKind.CREDIT_NOTE: "CRN",
    DocumentKind.CERTIFICATE: "LIC",
    DocumentKind.SELF_BILLED_STATEMENT: "SBS",
}
BATCH = 100


@transaction.atomic(savepoint=False)
def owe_document(*, kind: str, source: str, user_id: int, data: Mapping[str, Any]) -> None:
    """Promise a person a document about `source`; a repeat keeps what was promised first.

    `data` has one of the shapes of document_data. It gets its number after the caller's commit.
    """
    # One that was issued meanwhile is known to the job: it makes no second one.
    _, created = DocumentOwed.objects.get_or_create(
        kind=kind, source=source, defaults={"user_id": user_id, "data": dict(data)}
    )
    if created:
        tasks.number_documents.enqueue(kind=kind)


def number_documents(*, kind: str) -> int:
    """Issue what is owed of a kind; returns how many documents that made.

    Any number of processes may call it: the series' row lets one at a time.
    """
    made = 0
    while DocumentOwed.objects.filter(kind=kind).exists():
        series = f"{PREFIXES[kind]}-{timezone.now().year}"
        # Outside the transaction that locks it: two that made it there at once would deadlock.
        DocumentSeries.objects.get_or_create(name=series)
        issued = _issue_batch(kind, series)
        if not issued:
            break
        made += issued
    return made


@transaction.atomic
def _issue_batch(kind: str, name: str) -> int:
    series = DocumentSeries.objects.select_for_update().get(name=name)
    # Locked too: at the turn of a year another process may number for another series. What a
    # sale has not committed yet is skipped, and its own job comes for it.
    owed = DocumentOwed.objects.select_for_update(skip_locked=True).filter(kind=kind)
    rows = list(owed.order_by("pk")[:BATCH])
    if rows:
        _issue(series, rows)
    return len(rows)


def _issue(series: DocumentSeries, rows: Sequence[DocumentOwed]) -> None:
    sources = [row.source for row in rows]
    issued = Document.objects.filter(kind=rows[0].kind, source__in=sources)
    done = set(issued.values_list("source", flat=True))  # owed again while it was issued
    # A later number never has an earlier date, whatever the clocks of our hosts say.
    now = max(timezone.now(), series.last_issued_at or timezone.now())
    fresh = [row for row in rows if row.source not in done]
    Document.objects.bulk_create(
        Document(
            kind=row.kind,
            series=series.name,
            number=number,
            code=f"{series.name}-{number:06}",
            source=row.source,
            user_id=row.user_id,
            data=row.data,
            data_sha256=digest(row.data),
            issued_at=now,
        )
        for number, row in enumerate(fresh, start=series.last_number + 1)
    )
    DocumentOwed.objects.filter(pk__in=[row.pk for row in rows]).delete()
    series.last_number += len(fresh)
    series.last_issued_at = now
    series.save(update_fields=["last_number", "last_issued_at"])
