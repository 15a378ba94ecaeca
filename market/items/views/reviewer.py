"""The review console on `staff.`."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from market.core.errors import Refused
from market.core.pagination import BadCursor
from market.items.forms import ReviewForm
from market.items.models import ItemVersion
from market.items.selectors import reviews as reads
from market.items.services import reviews
from market.tenancy.registry import marketplaces
from market.users.http import UserRequest

REFUSED, FORBIDDEN = 422, 403


@require_GET
@never_cache
@login_required
def review_queue(request: UserRequest) -> HttpResponse:
    """`?site=` narrows the queue to one marketplace."""
    if not request.user.has_perm(reviews.REVIEW):
        return render(request, "items/not_a_reviewer.html", status=FORBIDDEN)
    slug = request.GET.get("site", "")
    site = next((one for one in marketplaces() if one.slug == slug), None)
    try:
        page = reads.review_queue(site, request.GET.get("cursor", ""))
    except BadCursor:
        return redirect("items:review_queue")
    counts = reads.queue_counts()
    context = {
        "page": page,
        "counts": counts,
        "waiting": sum(count for _, count in counts),
        "chosen": site,
    }
    return render(request, "items/review_queue.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def review_item(request: UserRequest, version_id: int) -> HttpResponse:
    if not request.user.has_perm(reviews.REVIEW):
        return render(request, "items/not_a_reviewer.html", status=FORBIDDEN)
    version = reads.review_version(version_id)
    if version is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = _decide(request, version, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            if form.cleaned_data["decision"] == "start":
                return redirect("items:review_item", version_id=version.pk)
            return redirect("items:review_queue")
    version = reads.review_version(version_id) or version
    context = {
        "page": reads.review_page(version),
        "form": form,
        # Made by nh3 when it was stored.
        "description": mark_safe(version.item.detail.description_html),  # noqa: S308
        "is_own": version.item.author_id == request.user.pk,
    }
    status = REFUSED if form.errors else 200
    return render(request, "items/review_item.html", context, status=status)


def _decide(
    request: UserRequest,
    version: ItemVersion,
    decision: str,
    reason: str,
    seen: datetime | None,
) -> str:
    """Do what was decided; what to say of it. Raises ReviewRefused, WrongState."""
    reviewer = request.user
    verbs: dict[str, tuple[Callable[[], ItemVersion], str]] = {
        "start": (
            lambda: reviews.start_review(version=version, reviewer=reviewer),
            _("The review is yours."),
        ),
        "approve": (
            lambda: reviews.approve(version=version, reviewer=reviewer, seen=seen),
            _("%(item)s is approved."),
        ),
        "soft_reject": (
            lambda: reviews.reject(version=version, reviewer=reviewer, reason=reason, seen=seen),
            _("%(item)s went back to its author."),
        ),
        "hard_reject": (
            lambda: reviews.reject(
                version=version, reviewer=reviewer, reason=reason, hard=True, seen=seen
            ),
            _("%(item)s is rejected."),
        ),
    }
    verb, said = verbs[decision]
    verb()
    return said % {"item": version.item.name}
