from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from market.core.errors import Refused
from market.core.locales import moment
from market.core.money import format_cents

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class OrderRefused(Refused):
    """The root of what keeps a cart from becoming an order."""

    code = "order_refused"


class CartChanged(OrderRefused):
    """What the buyer saw is not what would be bought: he is shown today's cart before paying."""

    code = "cart_changed"

    def __init__(self, sentence: "_StrOrPromise" = "") -> None:
        super().__init__(
            sentence
            or _("Your cart has changed since this page was opened. This is how it is now.")
        )


class PriceChanged(CartChanged):
    code = "price_changed"

    def __init__(self) -> None:
        super().__init__(_("A price has changed since you saw it. Please check the new sum."))


class CartEmpty(OrderRefused):
    code = "cart_empty"

    def __init__(self) -> None:
        super().__init__(_("There is nothing in your cart that can be bought."))


class BillingMissing(OrderRefused):
    """Where the buyer is decides about the tax."""

    code = "billing_missing"

    def __init__(self) -> None:
        super().__init__(_("Please choose your country: it decides about the tax."))


class VatIdUnknown(OrderRefused):
    """The official register says that there is no such number."""

    code = "vat_id_unknown"

    def __init__(self) -> None:
        super().__init__(
            _("The EU's register does not know this VAT number. Check it, or leave it empty.")
        )


class SupportNotOffered(OrderRefused):
    """Refunded, not for sale any more, without support, or supported for a year ahead already."""

    code = "support_not_offered"

    def __init__(self) -> None:
        super().__init__(_("There is no more support to buy for this item now."))


class OrderClosed(OrderRefused):
    code = "order_closed"

    def __init__(self) -> None:
        super().__init__(_("This order is closed. What you wanted is still in your cart."))


class CartRefused(Refused):
    """The root of what cannot be put into a cart."""

    code = "cart_refused"


class NotForSale(CartRefused):
    code = "not_for_sale"

    def __init__(self) -> None:
        super().__init__(_("This item is not for sale any more."))


class LicenceNotOffered(CartRefused):
    code = "licence_not_offered"

    def __init__(self) -> None:
        super().__init__(_("This item is not offered under that licence."))


class OwnItem(CartRefused):
    code = "own_item"

    def __init__(self) -> None:
        super().__init__(_("This is your own item: you have it already."))


class AlreadyClaimed(CartRefused):
    """Free, and taken: one copy a person in each promotion."""

    code = "already_claimed"

    def __init__(self) -> None:
        super().__init__(_("You took this for free already. It is in your library."))


class OfferChanged(CartRefused):
    """The page that the buyer saw is older than the price; adding it again takes today's."""

    code = "price_changed"

    def __init__(self, *, was_cents: int, now_cents: int, currency: str) -> None:
        self.now_cents = now_cents
        self.now = format_cents(now_cents, currency)
        super().__init__(
            _("The price is now %(now)s; it was %(was)s. Press again if you agree."),
            now=self.now,
            was=format_cents(was_cents, currency),
        )


class CartFull(CartRefused):
    code = "cart_full"

    def __init__(self, limit: int) -> None:
        super().__init__(
            ngettext_lazy(
                "A cart holds %(limit)d line. Buy it first.",
                "A cart holds up to %(limit)d lines. Buy these first.",
                limit,
            ),
            limit=limit,
        )


class CartGone(CartRefused):
    """A visitor's, which joined a person's in another tab at the same moment."""

    code = "cart_gone"

    def __init__(self) -> None:
        super().__init__(_("Your cart has moved. Please load this page again."))


class HandoffRefused(Refused):
    """A cart's code that was used, is too old, or was never given."""

    code = "handoff_refused"

    def __init__(self) -> None:
        super().__init__(_("This way to the checkout is not valid any more."))


class RefundRefused(Refused):
    """The root of why money is not given back, or not like this."""

    code = "refund_refused"


class AlreadyReversed(RefundRefused):
    code = "already_reversed"

    def __init__(self) -> None:
        super().__init__(_("This purchase was refunded or taken back already."))


class NothingToRefund(RefundRefused):
    code = "nothing_to_refund"

    def __init__(self) -> None:
        super().__init__(_("Nothing of this is left to be given back."))


class RequestOpen(RefundRefused):
    code = "refund_request_open"

    def __init__(self) -> None:
        super().__init__(_("You have asked for this refund already. You find it in your refunds."))


class RequestMoved(RefundRefused):
    """Answered, withdrawn or decided by somebody else, or by the clock, meanwhile."""

    code = "refund_request_moved"

    def __init__(self) -> None:
        super().__init__(_("This request has moved on since the page was opened."))


class GroundRefused(RefundRefused):
    """A ground that the facts speak against."""

    code = "refund_ground_refused"


class WordsNeeded(RefundRefused):
    code = "refund_words_needed"

    def __init__(self) -> None:
        super().__init__(_("Please say in a few words why."))


class AccountOnHold(OrderRefused):
    """The buyer's bank took a payment back."""

    code = "account_on_hold"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your bank has taken a payment to us back. Until that is settled you cannot "
                "buy; please write to us."
            )
        )


class UnexpectedPayment(Exception):
    """Money that fits no order: paid already by another payment, or not the order's amount."""


class GoodsGone(Exception):
    """Paid for what cannot be handed over any more."""


class DownloadRefused(Refused):
    """Not this person's, or not there: the answer never says which."""

    code = "download_refused"

    def __init__(self) -> None:
        super().__init__(_("This download link is not valid, or not any more."))


class DownloadLimit(Refused):
    code = "download_limit"

    def __init__(self, *, limit: int, reset_at: datetime) -> None:
        self.reset_at = reset_at
        super().__init__(
            _(
                "You have downloaded this item %(limit)d times within 24 hours. "
                "The next download is possible from %(moment)s UTC."
            ),
            limit=limit,
            moment=moment(reset_at, "long"),
        )


class NoCertificate(Refused):
    """What was refunded or reversed is no longer licensed."""

    code = "no_certificate"

    def __init__(self) -> None:
        super().__init__(_("This purchase was refunded: there is no licence to certify any more."))


class CreditChanged(OrderRefused):
    """The credit that the page counted on was spent elsewhere, or the buyer chose anew."""

    code = "credit_changed"

    def __init__(self) -> None:
        super().__init__(_("Your credit has changed. Please check what is left to pay."))
