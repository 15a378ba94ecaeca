"""Refusals of the catalogue."""

from collections.abc import Mapping

from market.core.errors import Refused


class ItemRefused(Refused):
    code = "item_refused"


class ItemInvalid(ItemRefused):
    """What is wrong with the author's input, by field (`name`, `attr_<key>`, `price_<code>`)."""

    code = "item_invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("Please check what you entered: " + " ".join(problems.values()))
        self.problems = dict(problems)


class ItemIncomplete(ItemRefused):
    """What an item still lacks before it can be submitted, a sentence each."""

    code = "item_incomplete"

    def __init__(self, missing: list[str]) -> None:
        super().__init__("Some things are still missing: " + " ".join(missing))
        self.missing = missing


class NotYourItem(ItemRefused):
    code = "not_your_item"

    def __init__(self) -> None:
        super().__init__("This item belongs to somebody else.")


class StaleForm(ItemRefused):
    """Somebody (or another tab) changed the item since the form was opened."""

    code = "stale_form"

    def __init__(self) -> None:
        super().__init__(
            "This item was changed in another window since you opened this page. "
            "Your changes were not saved; they are still in the form below. "
            "Compare and save again."
        )


class WrongState(ItemRefused):
    code = "wrong_state"

    def __init__(self, what: str, status: str) -> None:
        super().__init__(f"This cannot be {what}: it is {status.replace('_', ' ')}.")


class QueueFull(ItemRefused):
    code = "queue_full"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You already have {limit} new items waiting for review on this marketplace. "
            "Submit this one when one of them is through."
        )


class ReviewRefused(Refused):
    code = "review_refused"


class OwnItemReview(ReviewRefused):
    code = "own_item"

    def __init__(self) -> None:
        super().__init__("You cannot review your own item.")


class NotAReviewer(ReviewRefused):
    code = "not_a_reviewer"

    def __init__(self) -> None:
        super().__init__("Only reviewers may do this.")


class ReasonNeeded(ReviewRefused):
    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__("Say why, so that the author knows what to change.")


class StaleReview(ReviewRefused):
    code = "stale_review"

    def __init__(self) -> None:
        super().__init__(
            "The author submitted it again since you opened this page. Look at it as it is now."
        )


class PreviewsNotReady(ReviewRefused):
    code = "previews_not_ready"

    def __init__(self) -> None:
        super().__init__("Its previews are still being prepared. Try again in a moment.")


class UploadRefused(Refused):
    code = "upload_refused"


class UnknownRole(UploadRefused):
    code = "unknown_role"

    def __init__(self) -> None:
        super().__init__("This marketplace takes no such file here.")


class NotAnAuthor(ItemRefused):
    code = "not_an_author"

    def __init__(self) -> None:
        super().__init__("Become an author first to offer items for sale.")
