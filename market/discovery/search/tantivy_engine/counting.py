"""Counts beside the matches: one pass for all that is not filtered by, one for each that is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import tantivy

from market.discovery.search.interface import COLUMNS, Counts, Filters, Query
from market.discovery.search.tantivy_engine.large import Selection, selection_of
from market.discovery.search.tantivy_engine.queries import selected
from market.discovery.search.tantivy_engine.schema import number_field, packed

MOST_CATEGORIES = 500
MOST_VALUES = 1000  # of all groups together


Numbers = Mapping[str, int]  # by the engine's keys


class Counting:
    """Numbers of the whole selection, not of a page. `selection` is what the search finds."""

    def __init__(self, searcher: tantivy.Searcher, query: Query, selection: Selection) -> None:
        self._searcher, self._query, self._selection = searcher, query, selection
        self._is_about = False

    def counts(self) -> Counts:
        wanted, filters = self._query.counted, self._query.filters
        alone = _filtered_groups(self._query)
        asked: dict[str, Any] = {}
        if groups := [one for one in wanted.groups if one not in alone]:
            asked["value"] = _terms("value", MOST_VALUES)
        asked |= {
            f"step:{name}": _steps(name, starts)
            for name, starts in wanted.steps.items()
            if name not in filters.ranges
        }
        if wanted.tags:
            asked["tag"] = _terms("tag", wanted.tags)
        if wanted.categories and not filters.category:
            asked["category"] = _terms("category", MOST_CATEGORIES)
        found = self._aggregate(self._selection, asked)
        values = _by_group(found.get("value", {}), groups)
        for name in set(wanted.steps) & set(filters.ranges):
            others = {one: bounds for one, bounds in filters.ranges.items() if one != name}
            asked = {f"step:{name}": _steps(name, wanted.steps[name])}
            found |= self._without(replace(filters, ranges=others), asked)
        if wanted.categories and filters.category:
            asked = {"category": _terms("category", MOST_CATEGORIES)}
            found |= self._without(replace(filters, category=""), asked)
        for group in alone:
            others_of = {one: kept for one, kept in filters.values.items() if one != group}
            asked = {"value": _terms("value", MOST_VALUES)}
            counted = self._without(replace(filters, values=others_of), asked)
            values |= _by_group(counted["value"], [group])
        return Counts(
            categories=found.get("category", {}),
            groups=values,
            steps={
                name: _by_start(found[f"step:{name}"], starts)
                for name, starts in wanted.steps.items()
            },
            tags=found.get("tag", {}),
            is_about=self._is_about,
        )

    def _without(self, filters: Filters, asked: Mapping[str, Any]) -> dict[str, Numbers]:
        """With fewer filters there may be very many, where the search itself finds few."""
        wanted = selected(self._query, filters)
        return self._aggregate(selection_of(self._searcher, wanted), asked)

    def _aggregate(self, selection: Selection, asked: Mapping[str, Any]) -> dict[str, Numbers]:
        if not asked:
            return {}
        self._is_about |= selection.is_about
        answer: dict[str, Any] = self._searcher.aggregate(selection.query, dict(asked))
        return {
            name: {
                bucket["key"]: selection.number(bucket["doc_count"]) for bucket in one["buckets"]
            }
            for name, one in answer.items()
        }


def _filtered_groups(query: Query) -> list[str]:
    return [one for one in query.counted.groups if query.filters.values.get(one)]


def _terms(name: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": name, "size": size}}


def _steps(name: str, starts: Sequence[float]) -> dict[str, Any]:
    """One bucket a step, up to the next one; the last is open. The keys are numbers of steps."""
    is_column = name in COLUMNS
    bounds = [float(packed(int(one), 0)) if is_column else float(one) for one in starts]
    ends: list[dict[str, float]] = [{"to": high} for high in bounds[1:]]
    ranges = [
        {"key": str(number), "from": low} | end
        for number, (low, end) in enumerate(zip(bounds, [*ends, {}], strict=True))
    ]
    return {"range": {"field": name if is_column else number_field(name), "ranges": ranges}}


def _by_start(numbers: Numbers, starts: Sequence[float]) -> dict[float, int]:
    # tantivy adds buckets of its own below the first bound.
    return {start: numbers.get(str(number), 0) for number, start in enumerate(starts)}


def _by_group(numbers: Numbers, groups: Sequence[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {group: {} for group in groups}
    for key, items in numbers.items():
        group, _, value = key.partition("=")
        if group in found:
            found[group][value] = items
    return found
