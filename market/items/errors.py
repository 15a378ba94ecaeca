"""Refusals of the catalogue."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from market.core.errors import Refused

# How an item or a version stands, at the end of a sentence of CANNOT_BE.
STATES = {
    "draft": pgettext_lazy("state", "draft"),
    "submitted": pgettext_lazy("state", "submitted"),
    "in_review": pgettext_lazy("state", "in review"),
    "soft_rejected": pgettext_lazy("state", "soft rejected"),
    "hard_rejected": pgettext_lazy("state", "hard rejected"),
    "approved": pgettext_lazy("state", "approved"),
    "paused": pgettext_lazy("state", "paused"),
    "suspended": pgettext_lazy("state", "suspended"),
    "retired": pgettext_lazy("state", "retired"),
}
CANNOT_BE = {
    "approved": _("This cannot be approved: it is %(status)s."),
    "changed": _("This cannot be changed: it is %(status)s."),
    "edited": _("This cannot be edited: it is %(status)s."),
    "paused": _("This cannot be paused: it is %(status)s."),
    "put on sale": _("This cannot be put on sale: it is %(status)s."),
    "rejected": _("This cannot be rejected: it is %(status)s."),
    "resumed": _("This cannot be resumed: it is %(status)s."),
    "retired": _("This cannot be retired: it is %(status)s."),
    "reviewed": _("This cannot be reviewed: it is %(status)s."),
    "submitted": _("This cannot be submitted: it is %(status)s."),
    "suspended": _("This cannot be suspended: it is %(status)s."),
    "updated": _("This cannot be updated: it is %(status)s."),
}


class ItemRefused(Refused):
    code = "item_refused"


class ItemInvalid(ItemRefused):
    """What is wrong with the author's input, by field (`name`, `attr_<key>`, `price_<code>`)."""

    code = "item_invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(
            _("Please check what you entered: %(problems)s"), problems=" ".join(problems.values())
        )
        self.problems = dict(problems)


class ItemIncomplete(ItemRefused):
    """What an item still lacks before it can be submitted, a sentence each."""

    code = "item_incomplete"

    def __init__(self, missing: list[str]) -> None:
        super().__init__(_("Some things are still missing: %(missing)s"), missing=" ".join(missing))
        self.missing = missing


class NotYourItem(ItemRefused):
    code = "not_your_item"

    def __init__(self) -> None:
        super().__init__(_("This item belongs to somebody else."))


class StaleForm(ItemRefused):
    """Somebody (or another tab) changed the item since the form was opened."""

    code = "stale_form"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This item was changed in another window since you opened this page. "
                "Your changes were not saved; they are still in the form below. "
                "Compare and save again."
            )
        )


class WrongState(ItemRefused):
    """`what` of CANNOT_BE was asked for, but it is in the state `status`."""

    code = "wrong_state"

    def __init__(self, what: str, status: str) -> None:
        super().__init__(CANNOT_BE[what], status=STATES.get(status, status))


class UpdateWaits(WrongState):
    def __init__(self) -> None:
        ItemRefused.__init__(
            self,
            _("This cannot be updated again: it is still waiting with an earlier update."),
        )


class QueueFull(ItemRefused):
    code = "queue_full"

    def __init__(self, limit: int) -> None:
        super().__init__(
            ngettext_lazy(
                "You already have %(limit)d new item waiting for review on this marketplace. "
                "Submit this one when it is through.",
                "You already have %(limit)d new items waiting for review on this marketplace. "
                "Submit this one when one of them is through.",
                limit,
            ),
            limit=limit,
        )


class ReviewRefused(Refused):
    code = "review_refused"


class OwnItemReview(ReviewRefused):
    code = "own_item"

    def __init__(self) -> None:
        super().__init__(_("You cannot review your own item."))


class NotAReviewer(ReviewRefused):
    code = "not_a_reviewer"

    def __init__(self) -> None:
        super().__init__(_("Only reviewers may do this."))


class ReasonNeeded(ReviewRefused):
    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__(_("Say why, so that the author knows what to change."))


class StaleReview(ReviewRefused):
    code = "stale_review"

    def __init__(self) -> None:
        super().__init__(
            _("The author submitted it again since you opened this page. Look at it as it is now.")
        )


class PreviewsNotReady(ReviewRefused):
    code = "previews_not_ready"

    def __init__(self) -> None:
        super().__init__(_("Its previews are still being prepared. Try again in a moment."))


class UploadRefused(Refused):
    code = "upload_refused"


class UnknownRole(UploadRefused):
    code = "unknown_role"

    def __init__(self) -> None:
        super().__init__(_("This marketplace takes no such file here."))


class NotAnAuthor(ItemRefused):
    code = "not_an_author"

    def __init__(self) -> None:
        super().__init__(_("Become an author first to offer items for sale."))


class PromotionRefused(Refused):
    """The root of what keeps something out of a marketplace's window."""

    code = "promotion_refused"


class NotPromoting(PromotionRefused):
    code = "not_promoting"

    def __init__(self) -> None:
        super().__init__(_("Only staff who look after promotions may do this."))


class OwnPromotion(PromotionRefused):
    code = "own_promotion"

    def __init__(self) -> None:
        super().__init__(_("You cannot promote yourself. Ask somebody else of the staff."))


class NotASubject(PromotionRefused):
    """`what` is `item` or `author`: the field that is wrong."""

    code = "not_a_subject"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            _("This item is not on sale, so it cannot be promoted.")
            if what == "item"
            else _("There is no such author with items on sale on this marketplace.")
        )


class AuthorNotAsked(PromotionRefused):
    code = "author_not_asked"

    def __init__(self) -> None:
        super().__init__(
            _("An item is given away only if its author agreed. Confirm it, and note where.")
        )


class PeriodRefused(PromotionRefused):
    code = "period_refused"

    def __init__(self, days: int) -> None:
        super().__init__(
            ngettext_lazy(
                "A promotion ends after it starts, in the future, and runs for %(days)d day at "
                "most. It can be planned a year ahead.",
                "A promotion ends after it starts, in the future, and runs for %(days)d days at "
                "most. It can be planned a year ahead.",
                days,
            ),
            days=days,
        )


class WindowFull(PromotionRefused):
    code = "window_full"

    def __init__(self) -> None:
        super().__init__(
            _("Something else of this kind runs in that period. End it, or choose another period.")
        )


class PromotionOver(PromotionRefused):
    code = "promotion_over"

    def __init__(self) -> None:
        super().__init__(_("This promotion is over already."))


class WhyNeeded(PromotionRefused):
    code = "why_needed"

    def __init__(self) -> None:
        super().__init__(_("Say why it ends before its time."))
