"""Which views' pages are kept.

A view opts in with `@kept`, above `@public_page`, and names the parameters that it reads: all
others are taken out of the request before the view runs, so that what is not part of the key
cannot be part of the page either.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpResponseBase, QueryDict
from django.urls import ResolverMatch

from market.discovery.page_cache import generations
from market.tenancy.definitions import Marketplace
from market.tenancy.http import MarketplaceRequest
from market.users.models import normalise_username

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
# Captured parts of the path → the generations that the page depends on, beside its site's.
Tags = Callable[[Marketplace, Mapping[str, object]], tuple[str, ...]]
# What every list reads from its address.
LIST_PARAMS = ("sort", "after", "before")


@dataclass(frozen=True, slots=True)
class Rule:
    """`at_most_seconds` is for pages that change without anybody telling: searches.

    `repeats` names the parameters that a marketplace takes more than once.
    """

    params: tuple[str, ...]
    tags: Tags
    at_most_seconds: int | None = None
    repeats: Callable[[Marketplace], Iterable[str]] | None = None

    @property
    def fresh_seconds(self) -> int:
        limits = (settings.PAGE_CACHE_SECONDS, self.at_most_seconds)
        return min(limit for limit in limits if limit is not None)

    def known(self, given: QueryDict, marketplace: Marketplace) -> dict[str, list[str]]:
        """The known parameters that say something; of one given twice the last counts.

        Of one that may be repeated, each value once and in one order: the same choice is the same
        page.
        """
        said = {name: [given.get(name, "")] for name in self.params}
        for name in self.repeats(marketplace) if self.repeats else ():
            said[name] = sorted(set(given.getlist(name)))
        kept = {name: [one for one in values if one] for name, values in said.items()}
        return {name: values for name, values in kept.items() if values}


def kept(
    *,
    params: tuple[str, ...] = (),
    tags: Tags,
    at_most_seconds: int | None = None,
    repeats: Callable[[Marketplace], Iterable[str]] | None = None,
) -> Callable[
    [Callable[Concatenate[MarketplaceRequest, P], R]],
    Callable[Concatenate[MarketplaceRequest, P], R],
]:
    """Let the page cache keep what a public page answers."""
    rule = Rule(params, tags, at_most_seconds, repeats)

    def decorate(
        view: Callable[Concatenate[MarketplaceRequest, P], R],
    ) -> Callable[Concatenate[MarketplaceRequest, P], R]:
        @wraps(view)
        def wrapped(request: MarketplaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            _forget_unknown(request, rule)
            return view(request, *args, **kwargs)

        wrapped.page_cache_rule = rule  # type: ignore[attr-defined]  # read by rule_of
        return wrapped

    return decorate


def rule_of(match: ResolverMatch) -> Rule | None:
    return getattr(match.func, "page_cache_rule", None)


def nothing_more(marketplace: Marketplace, at: Mapping[str, object]) -> tuple[str, ...]:
    """Tags of a page that only a change of its whole site makes old."""
    return ()


def of_home(marketplace: Marketplace, at: Mapping[str, object]) -> tuple[str, ...]:
    return (generations.home(marketplace.id),)


def of_category(marketplace: Marketplace, at: Mapping[str, object]) -> tuple[str, ...]:
    return (generations.category(marketplace.id, at["path"]),)


def of_author(marketplace: Marketplace, at: Mapping[str, object]) -> tuple[str, ...]:
    return (generations.author(normalise_username(str(at["username"]))),)


def of_item(marketplace: Marketplace, at: Mapping[str, object]) -> tuple[str, ...]:
    return (generations.item(at["item_id"]),)


def _forget_unknown(request: MarketplaceRequest, rule: Rule) -> None:
    known = QueryDict(mutable=True)
    for name, values in rule.known(request.GET, request.marketplace).items():
        known.setlist(name, values)
    request.META["QUERY_STRING"] = known.urlencode()
    request.GET = known  # type: ignore[assignment]  # stubs have it immutable
