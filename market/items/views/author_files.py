"""Uploads at the author's desk: one file a request, with or without JavaScript."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from market.core import metrics
from market.core.db.idle import after_a_pause
from market.items.errors import ItemRefused, UnknownRole, UploadRefused
from market.items.forms import SubmitForm
from market.items.models import Item
from market.items.selectors import desk as desk_reads
from market.items.services import uploads
from market.items.views.author import REFUSED, item_page, own_item
from market.tenancy.registry import marketplace_by_id
from market.users.http import UserRequest

TOO_LARGE = 413
SLACK_BYTES = 64 * 1024**2  # of a request that is too large: read, so that a message can be shown
MAX_FILES_AT_ONCE = 30


class QuotaHandler(FileUploadHandler):
    """Keeps no more of a file than may be taken; the rest is read and dropped.

    The file then ends one byte beyond the limit, so that the check of its size refuses it.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self.left = max_bytes + 1

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.left_of_file = self.left

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        kept = raw_data[: self.left_of_file]
        self.left_of_file -= len(kept)
        return kept or None

    def file_complete(self, file_size: int) -> None:
        return None


# The handlers must be in place before the body is read, and the check of the form's token reads
# it: so this outer view is exempt and the inner one is protected.
@csrf_exempt
@require_POST
@login_required
def upload(request: UserRequest, item_id: int, role: str) -> HttpResponse:
    """Take `file` (several for a role that takes several). JSON for scripts, else the page."""
    item = own_item(request, item_id)
    most = _most_bytes(item, role)
    if int(request.META.get("CONTENT_LENGTH") or 0) > most * _most_files(item, role) + SLACK_BYTES:
        return _answer(request, item, role, _("The file is too large."), status=TOO_LARGE)
    request.upload_handlers = [
        QuotaHandler(most),
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]
    return _upload(request, item, role)


@csrf_protect
def _upload(request: UserRequest, item: Item, role: str) -> HttpResponse:
    files = request.FILES.getlist("file")
    # They may have been on their way for longer than MySQL keeps an idle session.
    after_a_pause()
    if not files:
        return _answer(request, item, role, _("Choose a file first."), status=REFUSED)
    if len(files) > MAX_FILES_AT_ONCE:
        words = ngettext(
            "At most %(limit)d file at once.", "At most %(limit)d files at once.", MAX_FILES_AT_ONCE
        )
        sentence = words % {"limit": MAX_FILES_AT_ONCE}
        return _answer(request, item, role, sentence, status=REFUSED)
    version = desk_reads.newest_version(item)
    try:
        for file in files:
            uploads.receive_upload(
                author=request.user,
                version=version,
                role=role,
                name=file.name or "",
                file=file,
            )
    except UnknownRole as refusal:
        return _answer(request, item, role, str(refusal), status=404)
    except (UploadRefused, ItemRefused) as refusal:
        return _answer(request, item, role, str(refusal), status=REFUSED)
    metrics.count("uploads", len(files), tags={"site": marketplace_by_id(item.site_id).slug})
    return _answer(request, item, role, "", status=200)


def _most_bytes(item: Item, role: str) -> int:
    definition = marketplace_by_id(item.site_id).file_role(role, _top(item))
    return (definition.max_bytes if definition else None) or SLACK_BYTES


def _most_files(item: Item, role: str) -> int:
    definition = marketplace_by_id(item.site_id).file_role(role, _top(item))
    return MAX_FILES_AT_ONCE if definition and definition.many else 1


def _top(item: Item) -> str:
    return item.category.path.split("/")[0]


def _answer(
    request: UserRequest, item: Item, role: str, problem: str, *, status: int
) -> HttpResponse:
    """For scripts the role's part of the page and the sentence; else the page or its address."""
    if "application/json" in request.headers.get("Accept", ""):
        parts = {} if problem else _parts(request, item, role)
        return JsonResponse({"error": problem, **parts}, status=status)
    if problem:
        return item_page(request, item, upload_errors={role: problem}, status=status)
    messages.success(request, _("The file is checked and kept."))
    address = reverse("items:item_edit", kwargs={"item_id": item.pk})
    return redirect(f"{address}#role-{role}")


def _parts(request: HttpRequest, item: Item, role: str) -> dict[str, str]:
    """The parts of the page that the new file changes."""
    page = desk_reads.draft_page(item)
    shown = next((one for one in page.roles if one.role.role == role), None)
    context = {
        "one": shown,
        "item": item,
        "page": page,
        "is_open": page.version.is_editable,
        "submit_form": SubmitForm(),
    }
    return {
        "html": render_to_string("items/role_files.html", context, request=request),
        "next": render_to_string("items/next_step.html", context, request=request),
    }


@require_POST
@login_required
def upload_delete(request: UserRequest, item_id: int, file_id: int) -> HttpResponse:
    item = own_item(request, item_id)
    version = desk_reads.newest_version(item)
    try:
        uploads.remove_file(author=request.user, version=version, file_id=file_id)
    except ItemRefused as refusal:
        messages.error(request, str(refusal))
        return item_page(request, item, status=REFUSED)
    messages.success(request, _("The file is removed."))
    return redirect("items:item_edit", item_id=item.pk)
