"""What the corner of a page says of its reader. Asked beside each page, so by built statements."""

from django.db.models import Count, Exists, QuerySet, Subquery
from django.db.models.functions import Coalesce

from market.core.db.statements import Given, Statement
from market.items.models import Item
from market.purchases.models import CartLine, Purchase
from market.users.models import User


def _facts() -> QuerySet[User, tuple[int, bool]]:
    lines = CartLine.objects.filter(cart__user=Given("user")).order_by()
    counted = lines.values("cart").annotate(count=Count("pk")).values("count")
    own = Item.objects.filter(pk=Given("item"), author=Given("user"))
    return User.objects.filter(pk=Given("user")).values_list(
        Coalesce(Subquery(counted), 0), Exists(own)
    )


def _held() -> QuerySet[Purchase, tuple[str]]:
    held = Purchase.objects.filter(buyer=Given("user"), item=Given("item"), reversed_at=None)
    return held.order_by("pk").values_list("licence_code")


_facts_statement = Statement(_facts)
_held_statement = Statement(_held)


def facts_of(user_id: int, item_id: int | None) -> tuple[int, bool]:
    """How much is in a person's cart, and whether the item is the person's own. One query."""
    ((count, is_own),) = _facts_statement.rows(user=user_id, item=item_id)
    return count, bool(is_own)


def held_licences(user_id: int, item_id: int) -> list[str]:
    """The licences of an item that a person has. One query."""
    return [code for (code,) in _held_statement.rows(user=user_id, item=item_id)]
