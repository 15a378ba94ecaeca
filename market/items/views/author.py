"""The author's desk on `account.`."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.core.db.reader import reads_only
from market.core.errors import Refused
from market.core.pagination import BadCursor
from market.discovery.selectors.viewed import recent_views
from market.items.content.validation import ItemContent, content_problems
from market.items.errors import ItemIncomplete, ItemInvalid, ItemRefused, StaleForm
from market.items.forms import (
    ItemForm,
    NewItemForm,
    PriceForm,
    SubmitForm,
    VersionForm,
    initial_of,
    initial_prices,
)
from market.items.models import Item
from market.items.selectors import desk as desk_reads
from market.items.services import authoring
from market.tenancy.registry import marketplace_by_id, marketplaces
from market.users.http import UserRequest

REFUSED, CONFLICT = 422, 409


@require_GET
@never_cache
@login_required
@reads_only
def desk(request: UserRequest) -> HttpResponse:
    if not request.user.has_perm(authoring.SELL):
        return render(request, "items/not_an_author.html", status=403)
    try:
        page = desk_reads.author_items(request.user, request.GET.get("cursor", ""))
    except BadCursor:
        return redirect("items:desk")
    views = recent_views([item.pk for item in page.rows]) if settings.VIEW_COUNT_SECONDS else {}
    context = {
        "page": page,
        "rows": [(item, views.get(item.pk, 0)) for item in page.rows],
        "has_views": bool(settings.VIEW_COUNT_SECONDS),
    }
    return render(request, "items/desk.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def item_new(request: UserRequest) -> HttpResponse:
    """First the marketplace (`?site=`), then category and name."""
    if not request.user.has_perm(authoring.SELL):
        return render(request, "items/not_an_author.html", status=403)
    slug = request.GET.get("site", "")
    site = next((one for one in marketplaces() if one.slug == slug), None)
    if site is None:
        return render(request, "items/choose_site.html")
    form = NewItemForm(site, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            item = authoring.create_item(
                author=request.user,
                site_id=site.id,
                category_path=form.cleaned_data["category"],
                content=ItemContent(name=form.cleaned_data["name"]),
            )
        except ItemInvalid as refusal:
            for key, problem in refusal.problems.items():
                form.add_error(key if key in form.fields else None, problem)
        else:
            return redirect("items:item_edit", item_id=item.pk)
    context = {"site": site, "form": form}
    return render(request, "items/item_new.html", context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def item_edit(request: UserRequest, item_id: int) -> HttpResponse:
    item = own_item(request, item_id)
    site, top = marketplace_by_id(item.site_id), item.category.path.split("/")[0]
    if request.method == "GET":
        return item_page(request, item)
    form = ItemForm(site, top, request.POST)
    price_form = PriceForm(site, top, request.POST)
    status = REFUSED
    if form.is_valid() and price_form.is_valid():
        try:
            save(request, item, form, price_form)
        except StaleForm as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT
            # The next save is a knowing one: the form now carries the newer mark.
            newest = own_item(request, item_id).updated_at.isoformat()
            form.data = {**request.POST.dict(), "seen": newest}
        except ItemInvalid as refusal:
            form.show({k: v for k, v in refusal.problems.items() if k not in price_form.fields})
            price_form.show({k: v for k, v in refusal.problems.items() if k in price_form.fields})
        except ItemRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("items:item_edit", item_id=item.pk)
    return item_page(request, own_item(request, item_id), form, price_form, status=status)


def save(request: UserRequest, item: Item, form: ItemForm, price_form: PriceForm) -> None:
    """Words and prices of one form: both or neither. Raises ItemRefused."""
    category, content = form.cleaned_data["category"], form.content()
    top = category.split("/")[0]
    try:
        # Another top-level category has other licences: its prices are asked for on the next page.
        prices = price_form.prices() if top == form.top else {}
    except ItemInvalid as refusal:
        # What is wrong with the words is told in the same breath.
        raise ItemInvalid(content_problems(form.site, top, content) | refusal.problems) from refusal
    authoring.update_item(
        item=item,
        author=request.user,
        category_path=category,
        content=content,
        prices=prices,
        seen=_seen(form.cleaned_data["seen"]),
    )


def _seen(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise StaleForm from error


def item_page(
    request: UserRequest,
    item: Item,
    form: ItemForm | None = None,
    price_form: PriceForm | None = None,
    *,
    version_form: VersionForm | None = None,
    upload_errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The one page of an item at the desk, with what was refused if anything."""
    page = desk_reads.draft_page(item, upload_errors)
    top = item.category.path.split("/")[0]
    prices = {code: cents for (_, code), cents in desk_reads.current_prices([item.pk]).items()}
    context = {
        "page": page,
        "item": item,
        "form": form or ItemForm(page.site, top, initial=initial_of(item, page.version)),
        "price_form": price_form or PriceForm(page.site, top, initial=initial_prices(prices)),
        "version_form": version_form or VersionForm(),
        "submit_form": SubmitForm(),
        "history": desk_reads.item_history(item),
    }
    return render(request, "items/item_edit.html", context, status=status)


def own_item(request: UserRequest, item_id: int) -> Item:
    """The item if it is the person's own; otherwise it is as if it did not exist."""
    item = desk_reads.own_item(request.user, item_id)
    if item is None:
        raise Http404
    return item


@require_POST
@login_required
def submit(request: UserRequest, item_id: int) -> HttpResponse:
    item = own_item(request, item_id)
    form = SubmitForm(request.POST)
    form.is_valid()
    note = form.cleaned_data.get("review_note", "")
    try:
        authoring.submit(item=item, author=request.user, review_note=note)
    except ItemIncomplete as refusal:
        for sentence in refusal.missing:
            messages.error(request, _("Still missing: %(what)s") % {"what": sentence})
        return item_page(request, item, status=REFUSED)
    except ItemRefused as refusal:
        messages.error(request, str(refusal))
        return item_page(request, item, status=REFUSED)
    messages.success(
        request, _("Submitted. A reviewer looks at it next; you need not do anything.")
    )
    return redirect("items:desk")


@require_POST
@login_required
def prices(request: UserRequest, item_id: int) -> HttpResponse:
    """New prices of an item that is on sale."""
    item = own_item(request, item_id)
    site, top = marketplace_by_id(item.site_id), item.category.path.split("/")[0]
    form = PriceForm(site, top, request.POST)
    if not form.is_valid():
        return item_page(request, item, price_form=form, status=REFUSED)
    try:
        authoring.set_prices(item=item, prices=form.prices())
    except ItemInvalid as refusal:
        form.show(refusal.problems)
        return item_page(request, item, price_form=form, status=REFUSED)
    messages.success(request, _("The new prices are in force."))
    return redirect("items:item_edit", item_id=item.pk)


@require_POST
@login_required
def version_new(request: UserRequest, item_id: int) -> HttpResponse:
    item = own_item(request, item_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return item_page(request, item, version_form=form, status=REFUSED)
    try:
        authoring.new_version(item=item, author=request.user, **form.cleaned_data)
    except ItemInvalid as refusal:
        form.show(refusal.problems)
        return item_page(request, item, version_form=form, status=REFUSED)
    except ItemRefused as refusal:
        messages.error(request, str(refusal))
        return item_page(request, item, status=REFUSED)
    messages.success(request, _("The update is open: upload its files, then submit it."))
    return redirect("items:item_edit", item_id=item.pk)


@require_POST
@login_required
def pause(request: UserRequest, item_id: int) -> HttpResponse:
    return _change(request, item_id, authoring.pause, _("Paused: it is off sale until you resume."))


@require_POST
@login_required
def resume(request: UserRequest, item_id: int) -> HttpResponse:
    return _change(request, item_id, authoring.resume, _("It is on sale again."))


@require_POST
@login_required
def retire(request: UserRequest, item_id: int) -> HttpResponse:
    """For good, so the author types the item's name."""
    item = own_item(request, item_id)
    if request.POST.get("confirm", "").strip() != item.name:
        messages.error(request, _("Type the item's name to retire it."))
        return item_page(request, item, status=REFUSED)
    return _change(request, item_id, authoring.retire, _("Retired. Buyers keep their downloads."))


def _change(
    request: UserRequest, item_id: int, verb: Callable[..., None], done: str
) -> HttpResponse:
    item = own_item(request, item_id)
    try:
        verb(item=item, author=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return item_page(request, item, status=REFUSED)
    messages.success(request, done)
    return redirect("items:item_edit", item_id=item.pk)
