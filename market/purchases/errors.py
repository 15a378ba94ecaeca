from datetime import datetime

from market.core.errors import Refused


class OrderRefused(Refused):
    """The root of what keeps a cart from becoming an order."""

    code = "order_refused"


class CartChanged(OrderRefused):
    """What the buyer saw is not what would be bought: he is shown today's cart before paying."""

    code = "cart_changed"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence or "Your cart has changed since this page was opened. This is how it is now."
        )


class PriceChanged(CartChanged):
    code = "price_changed"

    def __init__(self) -> None:
        super().__init__("A price has changed since you saw it. Please check the new sum.")


class CartEmpty(OrderRefused):
    code = "cart_empty"

    def __init__(self) -> None:
        super().__init__("There is nothing in your cart that can be bought.")


class OrderClosed(OrderRefused):
    code = "order_closed"

    def __init__(self) -> None:
        super().__init__("This order is closed. What you wanted is still in your cart.")


class CartRefused(Refused):
    """The root of what cannot be put into a cart."""

    code = "cart_refused"


class NotForSale(CartRefused):
    code = "not_for_sale"

    def __init__(self) -> None:
        super().__init__("This item is not for sale any more.")


class LicenceNotOffered(CartRefused):
    code = "licence_not_offered"

    def __init__(self) -> None:
        super().__init__("This item is not offered under that licence.")


class OwnItem(CartRefused):
    code = "own_item"

    def __init__(self) -> None:
        super().__init__("This is your own item: you have it already.")


class CartFull(CartRefused):
    code = "cart_full"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A cart holds up to {limit} lines. Buy these first.")


class CartGone(CartRefused):
    """A visitor's, which joined a person's in another tab at the same moment."""

    code = "cart_gone"

    def __init__(self) -> None:
        super().__init__("Your cart has moved. Please load this page again.")


class HandoffRefused(Refused):
    """A cart's code that was used, is too old, or was never given."""

    code = "handoff_refused"

    def __init__(self) -> None:
        super().__init__("This way to the checkout is not valid any more.")


class UnexpectedPayment(Exception):
    """Money that fits no order: paid already by another payment, or not the order's amount."""


class GoodsGone(Exception):
    """Paid for what cannot be handed over any more."""


class DownloadRefused(Refused):
    """Not this person's, or not there: the answer never says which."""

    code = "download_refused"

    def __init__(self) -> None:
        super().__init__("This download link is not valid, or not any more.")


class DownloadLimit(Refused):
    code = "download_limit"

    def __init__(self, *, limit: int, reset_at: datetime) -> None:
        self.reset_at = reset_at
        super().__init__(
            f"You have downloaded this item {limit} times within 24 hours. "
            f"The next download is possible from {reset_at:%d %B %Y, %H:%M} UTC."
        )
