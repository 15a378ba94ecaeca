from django.utils.translation import gettext_lazy as _

from market.core.errors import Refused


class RatingRefused(Refused):
    code = "rating_refused"


class NotYourPurchase(RatingRefused):
    code = "not_your_purchase"

    def __init__(self) -> None:
        super().__init__(_("Only the buyer of a purchase can rate it."))


class PurchaseReversed(RatingRefused):
    code = "purchase_reversed"

    def __init__(self) -> None:
        super().__init__(_("This purchase was refunded, so it can no longer be rated."))


class BadRating(RatingRefused):
    code = "bad_rating"

    def __init__(self) -> None:
        super().__init__(_("Choose one to five stars and a reason from the list."))


class NotYourItem(RatingRefused):
    code = "not_your_item"

    def __init__(self) -> None:
        super().__init__(_("Only the item's author can reply to its reviews."))


class AlreadyReplied(RatingRefused):
    code = "already_replied"

    def __init__(self) -> None:
        super().__init__(_("You have already replied to this review."))


class EmptyReply(RatingRefused):
    code = "empty_reply"

    def __init__(self) -> None:
        super().__init__(_("Write a few words before you send the reply."))
