"""Reads TOML tables key by key and remembers everything that is wrong with them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class Problems:
    """All that is wrong with one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[str, str]] = []

    def add(self, path: str, expected: str) -> None:
        self._found.append((path, expected))

    def concern(self, *sections: str) -> bool:
        """Whether one of these top-level keys is already known to be wrong."""
        return any(re.split(r"[.\[]", path)[0] in sections for path, _ in self._found)

    def lines(self) -> list[str]:
        return [f"{self._file}: {path}: {expected}" for path, expected in self._found]


class Table:
    """One TOML table; each key is taken once, `close` reports the keys that nobody took.

    A method whose value is missing or wrong notes the problem and returns an empty value of the
    same type, so that one reading finds all problems.
    """

    def __init__(self, values: Mapping[str, object], path: str, problems: Problems) -> None:
        self._left = dict(values)
        self.path = path
        self.problems = problems

    def close(self) -> None:
        for key in self._left:
            self.problems.add(self.at(key), "unknown key; correct its name or remove it")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self._left

    def fail(self, key: str, expected: str, value: object = None) -> None:
        found = "" if value is None else f", got {value!r}"
        self.problems.add(self.at(key), f"expected {expected}{found}")

    def text(self, key: str, *, pattern: re.Pattern[str] | None = None) -> str:
        expected = f"text like {pattern.pattern}" if pattern else "text"
        value = self._take(key, expected)
        if not isinstance(value, str) or not value.strip():
            self._wrong(key, expected, value)
            return ""
        if pattern and not pattern.fullmatch(value):
            self._wrong(key, expected, value)
            return ""
        return value

    def optional_text(self, key: str, *, pattern: re.Pattern[str] | None = None) -> str:
        return self.text(key, pattern=pattern) if self.has(key) else ""

    def integer(self, key: str, *, low: int = 0, high: int | None = None) -> int:
        expected = f"a whole number from {low}" + ("" if high is None else f" to {high}")
        value = self._take(key, expected)
        # In Python, true is an int as well.
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, expected, value)
            return low
        if value < low or (high is not None and value > high):
            self._wrong(key, expected, value)
            return low
        return value

    def optional_integer(self, key: str, *, low: int = 0) -> int | None:
        return self.integer(key, low=low) if self.has(key) else None

    def decimal(self, key: str) -> Decimal:
        expected = "a number from 0"
        value = self._take(key, expected)
        if not isinstance(value, int | Decimal) or isinstance(value, bool) or value < 0:
            self._wrong(key, expected, value)
            return Decimal(0)
        return Decimal(value)

    def optional_decimal(self, key: str) -> Decimal | None:
        return self.decimal(key) if self.has(key) else None

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Without a default the key must be there."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key, "true or false")
        if not isinstance(value, bool):
            self._wrong(key, "true or false", value)
            return False
        return value

    def choice(self, key: str, options: type[Choice]) -> Choice:
        members = list(options)
        expected = "one of " + ", ".join(members)
        value = self._take(key, expected)
        if value not in set(members):
            self._wrong(key, expected, value)
            return members[0]
        return options(str(value))

    def choices(self, key: str, options: type[Choice]) -> tuple[Choice, ...]:
        values = self.texts(key)
        known = [value for value in values if value in set(options)]
        for value in values:
            if value not in known:
                self.fail(key, "only " + ", ".join(options), value)
        return tuple(options(value) for value in known)

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """A list without repeats; a required one must hold something."""
        if not required and not self.has(key):
            return ()
        expected = "a list of texts, each once" + (", at least one" if required else "")
        value = self._take(key, expected)
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self._wrong(key, expected, value)
            return ()
        if len(set(value)) != len(value) or (required and not value):
            self._wrong(key, expected, value)
        return tuple(value)

    def integers(self, key: str, *, required: bool = True) -> tuple[int, ...]:
        """Rising whole numbers."""
        if not required and not self.has(key):
            return ()
        expected = "a list of rising whole numbers"
        value = self._take(key, expected)
        if not isinstance(value, list) or not all(type(v) is int for v in value):
            self._wrong(key, expected, value)
            return ()
        if value != sorted(set(value)) or not value:
            self._wrong(key, expected, value)
        return tuple(value)

    def named_integers(self, key: str) -> tuple[tuple[str, int], ...]:
        expected = "a table of names and whole numbers"
        value = self._take(key, expected)
        if not isinstance(value, dict) or not all(type(v) is int for v in value.values()):
            self._wrong(key, expected, value)
            return ()
        return tuple((str(name), int(number)) for name, number in value.items())

    def table(self, key: str, *, required: bool = True) -> "Table":
        value = self._take(key, "a table") if required or self.has(key) else {}
        if not isinstance(value, dict):
            self._wrong(key, "a table", value)
            value = {}
        return Table(value, self.at(key), self.problems)

    def tables(self, key: str, *, required: bool = True) -> list["Table"]:
        value = self._take(key, "a list of tables") if required or self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self._wrong(key, "a list of tables", value)
            return []
        if required and not value:
            self.fail(key, "at least one table")
        return [Table(v, f"{self.at(key)}[{n}]", self.problems) for n, v in enumerate(value)]

    def names(self) -> list[str]:
        return list(self._left)

    def _take(self, key: str, expected: str) -> object:
        if key not in self._left:
            self.problems.add(self.at(key), f"missing; expected {expected}")
            return None
        return self._left.pop(key)

    def _wrong(self, key: str, expected: str, value: object) -> None:
        # A missing key was reported when it was taken; TOML has no null.
        if value is not None:
            self.fail(key, expected, value)
