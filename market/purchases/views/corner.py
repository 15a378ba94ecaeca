from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from market.purchases import visitors
from market.purchases.selectors.carts import cart_count
from market.purchases.selectors.corner import facts_of, held_licences
from market.tenancy.http import HostRequest


@require_safe
def corner(request: HostRequest) -> JsonResponse:
    """What public pages leave out, since they are the same for everybody.

    `?item=ID` asks in addition which licences of that item the reader holds, and whether the
    item is the reader's own.
    """
    user = request.user
    if not user.is_authenticated:
        count = cart_count(visitors.cart_of(request))
        return _answer(request, {"signed_in": False, "name": "", "cart_count": count})
    item_id = _item_asked_for(request)
    count, is_own = facts_of(user.pk, item_id)
    said: dict[str, object] = {"signed_in": True, "name": user.username, "cart_count": count}
    if item_id is not None:
        said |= {"owned": held_licences(user.pk, item_id), "is_author": is_own}
    return _answer(request, said)


def _item_asked_for(request: HostRequest) -> int | None:
    asked = request.GET.get("item", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


def _answer(request: HostRequest, said: dict[str, object]) -> JsonResponse:
    said["csrf_token"] = get_token(request)
    return JsonResponse(said, headers={"Cache-Control": "private, no-store"})
