from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from market.purchases import visitors
from market.purchases.selectors.carts import cart_count
from market.purchases.selectors.library import is_author, owned
from market.tenancy.http import HostRequest


@require_safe
def corner(request: HostRequest) -> JsonResponse:
    """What public pages leave out, since they are the same for everybody.

    `?item=ID` asks in addition which licences of that item the reader holds, and whether the
    item is the reader's own.
    """
    user = request.user
    answer: dict[str, object] = {
        "signed_in": user.is_authenticated,
        "name": user.username if user.is_authenticated else "",
        "cart_count": cart_count(visitors.cart_of(request)),
        "csrf_token": get_token(request),
    }
    item_id = request.GET.get("item", "")
    if user.is_authenticated and item_id.isascii() and item_id.isdigit() and len(item_id) < 19:
        held = owned(buyer=user, item_id=int(item_id))
        answer["owned"] = [one.licence_code for one in held]
        answer["is_author"] = is_author(user=user, item_id=int(item_id))
    return JsonResponse(answer, headers={"Cache-Control": "private, no-store"})
