from collections.abc import Collection

from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from market.payments.models import Document, DocumentOwed
from market.users.models import User

PAGE = 30
# Whoever looks into others' money for us: staff.
SEE_MONEY = "payments.see_money"


def documents_of(user: User, *, cursor: str = "", size: int = PAGE) -> Page[Document]:
    """A person's documents, the newest first, without what they say. Raises BadCursor."""
    own = Document.objects.filter(user__in=_persons(user)).defer("data")
    if cursor:
        last = int(decode_cursor(cursor, int)[0])
        if not 0 <= last < 2**62:
            raise BadCursor(cursor)
        own = own.filter(pk__lt=last)
    rows = list(own.order_by("-pk")[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], encode_cursor(rows[size - 1].pk) if more else None)


def document_for(user: User, code: str) -> Document | None:
    """Only its owner and staff who may see money find it."""
    found = Document.objects.filter(code=code).select_related("user").first()
    if found is None:
        return None
    is_own = found.user_id == user.pk or found.user_id in _persons(user)
    return found if is_own or user.has_perm(SEE_MONEY) else None


def documents_about(*, kind: str, sources: Collection[str]) -> dict[str, str]:
    """{source: code} of those that were issued, by one query."""
    issued = Document.objects.filter(kind=kind, source__in=sources)
    return dict(issued.values_list("source", "code"))


def code_of(*, kind: str, source: str) -> str:
    """Empty until it is issued."""
    return documents_about(kind=kind, sources=[source]).get(source, "")


def is_owed(*, kind: str, source: str) -> bool:
    """Whether it is promised and has no number yet."""
    return DocumentOwed.objects.filter(kind=kind, source=source).exists()


def _persons(user: User) -> list[int]:
    """The person, and the guests whose purchases the person took over."""
    return [user.pk, *user.claimed_guests.values_list("pk", flat=True)]
