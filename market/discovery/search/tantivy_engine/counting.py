"""Counts beside the matches: one pass for all that is not filtered by, one for each that is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

import tantivy

from market.discovery.search.interface import COLUMNS, Counts, Filters, Query
from market.discovery.search.tantivy_engine.queries import matches
from market.discovery.search.tantivy_engine.schema import number_field, packed

MOST_CATEGORIES = 500
MOST_VALUES = 1000  # of all groups together


class Bucket(TypedDict):
    key: str
    doc_count: int


def count(searcher: tantivy.Searcher, query: Query) -> Counts:
    """Numbers of the whole selection, not of a page."""
    wanted, filters = query.counted, query.filters
    groups = [one for one in wanted.groups if not filters.values.get(one)]
    steps = {name: starts for name, starts in wanted.steps.items() if name not in filters.ranges}
    asked = _value_terms() if groups else {}
    asked |= {f"step:{name}": _steps(name, starts) for name, starts in steps.items()}
    if wanted.tags:
        asked["tag"] = _terms("tag", wanted.tags)
    if wanted.categories and not filters.category:
        asked["category"] = _terms("category", MOST_CATEGORIES)
    found = _aggregate(searcher, query, filters, asked)
    for name in set(wanted.steps) - set(steps):
        others = {one: bounds for one, bounds in filters.ranges.items() if one != name}
        key = f"step:{name}"
        asked = {key: _steps(name, wanted.steps[name])}
        found |= _aggregate(searcher, query, replace(filters, ranges=others), asked)
    if wanted.categories and filters.category:
        asked = {"category": _terms("category", MOST_CATEGORIES)}
        found |= _aggregate(searcher, query, replace(filters, category=""), asked)
    values = _by_group(found.get("value", ()), groups)
    for group in set(wanted.groups) - set(groups):
        others_of = {one: kept for one, kept in filters.values.items() if one != group}
        alone = _aggregate(searcher, query, replace(filters, values=others_of), _value_terms())
        values |= _by_group(alone["value"], [group])
    return Counts(
        categories=_plain(found.get("category", ())),
        groups=values,
        steps={
            name: _step_counts(found[f"step:{name}"], starts)
            for name, starts in wanted.steps.items()
        },
        tags=_plain(found.get("tag", ())),
    )


def _aggregate(
    searcher: tantivy.Searcher, query: Query, filters: Filters, asked: Mapping[str, Any]
) -> dict[str, Sequence[Bucket]]:
    if not asked:
        return {}
    answer: dict[str, Any] = searcher.aggregate(matches(query, filters), dict(asked))
    return {name: one["buckets"] for name, one in answer.items()}


def _value_terms() -> dict[str, Any]:
    return {"value": _terms("value", MOST_VALUES)}


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


def _step_counts(buckets: Iterable[Bucket], starts: Sequence[float]) -> dict[float, int]:
    # tantivy adds buckets of its own below the first bound.
    found = {one["key"]: one["doc_count"] for one in buckets}
    return {start: found.get(str(number), 0) for number, start in enumerate(starts)}


def _by_group(buckets: Iterable[Bucket], groups: Sequence[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {group: {} for group in groups}
    for bucket in buckets:
        group, _, value = bucket["key"].partition("=")
        if group in found:
            found[group][value] = bucket["doc_count"]
    return found


def _plain(buckets: Iterable[Bucket]) -> dict[str, int]:
    return {one["key"]: one["doc_count"] for one in buckets}
