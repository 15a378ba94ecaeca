"""What the domain refuses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Refused(Exception):
    """The root of all refusals; `str(error)` is a sentence for the person, `code` for programs.

    It is put into words, with `values` in its places, where it is drawn: in the reader's language.
    """

    code = "refused"

    def __init__(self, text: "_StrOrPromise" = "", **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return str(self.text) % self.values if self.values else str(self.text)
