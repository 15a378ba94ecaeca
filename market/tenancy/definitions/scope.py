"""What is offered in some top-level categories only."""


class Scoped:
    """Has `categories`: slugs of top-level categories; empty means everywhere."""

    __slots__ = ()

    categories: tuple[str, ...]

    def applies_to(self, top: str) -> bool:
        return not self.categories or top in self.categories
