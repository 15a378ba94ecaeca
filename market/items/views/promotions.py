"""What stands in the marketplaces' windows, on `staff.`."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from market.core.pagination import BadCursor
from market.items.errors import NotASubject, PromotionRefused
from market.items.forms import EndForm, PromotionForm
from market.items.models import Promotion
from market.items.selectors import promotions as reads
from market.items.services import promotions
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplaces
from market.users.http import UserRequest
from market.users.selectors import author_by_username

REFUSED, FORBIDDEN = 422, 403


@require_GET
@never_cache
@login_required
def promotion_list(request: UserRequest) -> HttpResponse:
    """`?site=` narrows it to one marketplace."""
    if not request.user.has_perm(promotions.SCHEDULE):
        return _not_promoting(request)
    site = _site(request.GET.get("site", ""))
    try:
        page = reads.calendar(site, request.GET.get("cursor", ""))
    except BadCursor:
        return redirect("items:promotions")
    context = {
        "page": page,
        "chosen": site,
        "counts": [(one, page.counts[one.id]) for one in marketplaces()],
        "total": sum(page.counts.values()),
    }
    return render(request, "items/promotions.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def promotion_new(request: UserRequest) -> HttpResponse:
    if not request.user.has_perm(promotions.SCHEDULE):
        return _not_promoting(request)
    first = {"site": request.GET.get("site", ""), "ends_at": _end_of_month(timezone.now())}
    form = PromotionForm(_posted(request), initial=first)
    if form.is_valid():
        try:
            made = _schedule(request, **form.cleaned_data)
        except NotASubject as refusal:
            form.add_error("subject", str(refusal))
        except PromotionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is scheduled."))
            return _to_list(made)
    status = REFUSED if form.errors else 200
    return render(request, "items/promotion_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def promotion_end(request: UserRequest, promotion_id: int) -> HttpResponse:
    """Asks why, then ends it before its time."""
    if not request.user.has_perm(promotions.SCHEDULE):
        return _not_promoting(request)
    promotion = reads.promotion_of(promotion_id)
    if promotion is None:
        raise Http404
    form = EndForm(_posted(request))
    if form.is_valid():
        try:
            promotions.end_early(promotion=promotion, staff=request.user, **form.cleaned_data)
        except PromotionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It has ended."))
            return _to_list(promotion)
    context = {"promotion": promotion, "form": form, "now": timezone.now()}
    status = REFUSED if form.errors else 200
    return render(request, "items/promotion_end.html", context, status=status)


def _schedule(  # noqa: PLR0913  # the fields of the form
    request: UserRequest,
    *,
    kind: str,
    site: str,
    subject: str,
    starts_at: datetime | None,
    ends_at: datetime,
    author_agreed: bool,
    note: str,
) -> Promotion:
    """Raises PromotionRefused."""
    there = _site(site)
    if there is None:
        raise NotASubject("item")
    starts = starts_at or timezone.now()
    if kind == Promotion.Kind.FEATURED_AUTHOR:
        author = author_by_username(subject.strip())
        if author is None:
            raise NotASubject("author")
        return promotions.schedule_author(
            author=author, site_id=there.id, staff=request.user,
            starts_at=starts, ends_at=ends_at, note=note,
        )  # fmt: skip
    item = reads.item_named(subject, there)
    if item is None:
        raise NotASubject("item")
    return promotions.schedule_item(
        item=item, kind=kind, staff=request.user, starts_at=starts, ends_at=ends_at,
        note=note, author_agreed=author_agreed,
    )  # fmt: skip


def _posted(request: UserRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _site(slug: str) -> Marketplace | None:
    return next((one for one in marketplaces() if one.slug == slug), None)


def _to_list(promotion: Promotion) -> HttpResponse:
    slug = next((one.slug for one in marketplaces() if one.id == promotion.site_id), "")
    return redirect(f"{reverse('items:promotions')}?site={slug}")


def _not_promoting(request: UserRequest) -> HttpResponse:
    return render(request, "items/not_promoting.html", status=FORBIDDEN)


def _end_of_month(now: datetime) -> datetime:
    """The last minute of this month, or of the next one when this is all but over."""
    later = now + timedelta(days=7)
    first = (later.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(minutes=1)
