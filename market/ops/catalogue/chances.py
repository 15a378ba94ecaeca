"""Chance that is the same for the same seed, and how often what is chosen.

What is popular follows Zipf's law with exponent 1: the second is half as frequent as the first.
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import gcd
from random import Random
from typing import Generic, TypeVar
from zlib import crc32

_T = TypeVar("_T")
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: neighbours land far apart
_64_BITS = 2**64 - 1


def fresh(seed: int, name: str, number: int) -> Random:
    """Chance of its own for each numbered thing, so that each can be made without the others."""
    # A whole number is the quickest to begin from. No security in it: it is to be repeatable.
    return Random((seed << 72) | (crc32(name.encode()) << 40) | number)  # noqa: S311


def mixed(seed: int, number: int) -> float:
    """From 0 to 1 (excluded), as if by chance (splitmix64): quicker than `fresh`."""
    state = (seed * _SPREAD + (number + 1) * _SPREAD) & _64_BITS
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _64_BITS
    return (state ^ (state >> 31)) / 2**64


def zipf(chance: Random, size: int) -> int:
    """A rank from 0 to size − 1; rank r comes about 1 / (r + 1) as often as the first."""
    return int((size + 1) ** chance.random()) - 1


def long_tail(chance: Random, size: int) -> int:
    """A rank of which the first is frequent and most are rare: exponent ½.

    Of 100,000 authors the busiest has 0.3 % of all items; with Zipf's own exponent it would be 8 %.
    """
    return int(size * chance.random() ** 2)


@dataclass(frozen=True, slots=True)
class Weighted(Generic[_T]):
    """Choose among few things of which some are more frequent."""

    things: Sequence[_T]
    weights: Sequence[float]
    _bounds: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bounds", list(accumulate(self.weights)))

    def at(self, point: float) -> _T:
        """`point` is from 0 to 1, excluded."""
        return self.things[bisect(self._bounds, point * self._bounds[-1])]


def by_rank(things: Sequence[_T]) -> Weighted[_T]:
    """The first is the most frequent, as by Zipf."""
    return Weighted(things, [1 / (rank + 1) for rank in range(len(things))])


@dataclass(frozen=True, slots=True)
class Shuffled:
    """The numbers below `size`, each once, in an order that looks like chance; both ways in O(1).

    place = (number × step + start) mod size, where step and size have no common divisor.
    """

    size: int
    step: int
    back: int  # step × back = 1 (mod size)
    start: int

    def place(self, number: int) -> int:
        return (number * self.step + self.start) % self.size

    def number(self, place: int) -> int:
        return (place - self.start) * self.back % self.size


def shuffled(seed: int, size: int) -> Shuffled:
    chance = fresh(seed, "shuffled", size)
    step = max(1, int(size * 0.618))
    while gcd(step, size) != 1:
        step += 1
    return Shuffled(size, step, pow(step, -1, size), chance.randrange(size))
