"""Which licence fits: at most five questions, the cheapest licence that allows the use, and why.

Pure: licences and answers in, advice out. What is asked follows from the licences on offer: a
question that they all answer alike is not asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from django.utils.translation import gettext, ngettext

from market.core import locales
from market.discovery.terms import (
    ALL_MEDIA,
    Point,
    Sale,
    Use,
    aspects_of,
    end_products_limit,
    objections,
)
from market.tenancy.definitions import LicenceTerms, Medium

MAX_QUESTIONS = 5
MORE, CINEMA = "more", "cinema"


class Offered(Protocol):
    """A licence at a price."""

    @property
    def terms(self) -> LicenceTerms: ...

    @property
    def total_cents(self) -> int: ...


O = TypeVar("O", bound=Offered)  # noqa: E741  # as short as T


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` stands in the address. Choices go from what needs least to what needs most."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    text: str
    choices: tuple[Choice, ...]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[O]):
    """`refusals` say why it does not fit; `extras` what it allows beyond the advised one."""

    offer: O
    refusals: Sequence[Point]
    extras: Sequence[Point]
    is_advised: bool

    @property
    def fits(self) -> bool:
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Advice(Generic[O]):
    """`offer` is None when no licence fits; `because` is what it says about what was asked."""

    offer: O | None
    because: Sequence[Point]
    verdicts: Sequence[Verdict[O]]
    needs_one_each: bool  # nothing fits several end products at once, one licence each would


@dataclass(frozen=True, slots=True)
class Interview(Generic[O]):
    """The questions with the answers so far; advice once all are answered."""

    questions: tuple[tuple[Question, str], ...]  # with the value that was chosen, or nothing
    advice: Advice[O] | None
    left: int  # how many are still to be answered

    @property
    def is_begun(self) -> bool:
        return self.left < len(self.questions)


def interview(offers: Sequence[O], given: Mapping[str, str]) -> Interview[O]:
    """What an address says so far. Values that are no choice count as not given."""
    licences = [offer.terms for offer in offers]
    asked = questions(licences)
    answers = read_answers(asked, given)
    left = len(asked) - len(answers)
    return Interview(
        questions=tuple((question, answers.get(question.key, "")) for question in asked),
        advice=advise(use_of(licences, answers), offers) if asked and not left else None,
        left=left,
    )


def questions(licences: Sequence[LicenceTerms]) -> tuple[Question, ...]:
    """What must be known to choose among these licences."""
    return _questions(tuple(licences), locales.language())


@lru_cache(maxsize=1000)
def _questions(licences: tuple[LicenceTerms, ...], code: str) -> tuple[Question, ...]:
    """`code` is the language that is asked in."""
    return tuple(_QUESTIONS[key](licences) for key in _asked_keys(licences)[:MAX_QUESTIONS])


def read_answers(asked: Sequence[Question], given: Mapping[str, str]) -> dict[str, str]:
    """The answers that are among the choices; anything else counts as not given."""
    return {
        question.key: given[question.key]
        for question in asked
        if any(choice.value == given.get(question.key) for choice in question.choices)
    }


def use_of(licences: Sequence[LicenceTerms], answers: Mapping[str, str]) -> Use:
    """What the answers say. Where one is missing the most demanding use is supposed."""
    use = Use()
    for key in _asked_keys(licences):
        use = _MEANINGS[key](use, answers.get(key) or _most(_QUESTIONS[key](licences)))
    return use


def advise(use: Use, offers: Sequence[O]) -> Advice[O]:
    """The cheapest offer that allows the use; of equally cheap ones the site's first."""
    refused = {id(offer): objections(offer.terms, use) for offer in offers}
    fitting = [offer for offer in offers if not refused[id(offer)]]
    best = min(fitting, key=lambda offer: offer.total_cents, default=None)
    verdicts = [
        Verdict(
            offer=offer,
            refusals=[aspect.says(offer.terms) for aspect in refused[id(offer)]],
            extras=_extras(offer, best) if best and not refused[id(offer)] else (),
            is_advised=offer is best,
        )
        for offer in offers
    ]
    relevant = aspects_of([offer.terms for offer in offers])
    single = replace(use, end_products=1)
    return Advice(
        offer=best,
        because=[aspect.says(best.terms) for aspect in relevant] if best else (),
        verdicts=verdicts,
        needs_one_each=best is None and any(not objections(one.terms, single) for one in offers),
    )


def _extras(offer: Offered, best: Offered) -> list[Point]:
    """What differs in favour of the dearer one."""
    says = [
        (aspect.says(offer.terms), aspect.says(best.terms))
        for aspect in aspects_of([offer.terms, best.terms])
    ]
    return [own for own, others in says if own != others and own.is_allowed]


def _asked_keys(licences: Sequence[LicenceTerms]) -> list[str]:
    stated = {aspect.key for aspect in aspects_of(licences)}
    if "cinema" in stated:
        stated.add("audience")
    return [key for key in _QUESTIONS if key in stated]


def _most(question: Question) -> str:
    return "" if question.key == "media" else question.choices[-1].value


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() else None


def _limits(
    licences: Sequence[LicenceTerms], limit_of: Callable[[LicenceTerms], int | None]
) -> list[int]:
    return sorted({limit for one in licences if (limit := limit_of(one)) is not None})


def _steps(limits: Sequence[int], *, up_to: Callable[[int], str], more: str) -> tuple[Choice, ...]:
    return (*(Choice(str(limit), up_to(limit)) for limit in limits), Choice(MORE, more))


def _ask_media(licences: Sequence[LicenceTerms]) -> Question:
    labels = {
        Medium.STATIC: gettext("In print, pictures or films"),
        Medium.WEBSITE: gettext("Embedded in a website"),
        Medium.APP: gettext("Embedded in an app or a game"),
    }
    media = {medium for one in licences for medium in one.media}
    choices = tuple(Choice(one.value, labels[one]) for one in Medium if one in media)
    return Question("media", gettext("Where will it be used?"), choices)


def _ask_products(licences: Sequence[LicenceTerms]) -> Question:
    limits = sorted({1, *_limits(licences, end_products_limit)})
    below = dict(zip(limits[1:], limits, strict=False))

    def label(limit: int) -> str:
        if limit == 1:
            return gettext("One")
        numbers = {"low": locales.number(below[limit] + 1), "high": locales.number(limit)}
        return gettext("%(low)s to %(high)s") % numbers

    last = limits[-1]
    more = gettext("More than %(limit)s") % {"limit": locales.number(last)}
    return Question(
        "products",
        gettext("In how many end products will you use it?"),
        _steps(limits, up_to=label, more=more if last > 1 else gettext("Several")),
        gettext("A website, a video, an app, a brochure: each is one."),
    )


def _ask_sale(licences: Sequence[LicenceTerms]) -> Question:
    choices = [
        Choice(Sale.FREE, gettext("No, it is free for those who use it")),
        Choice(Sale.PAID, gettext("Yes, people pay for it")),
    ]
    if any(one.goods_for_resale is not None for one in licences):
        goods = gettext("Yes, on goods for resale such as posters, mugs or shirts")
        choices.append(Choice(Sale.GOODS, goods))
    return Question("sale", gettext("Will people pay for what you make?"), tuple(choices))


def _ask_copies(licences: Sequence[LicenceTerms]) -> Question:
    limits = _limits(licences, lambda one: one.copies_limit)

    def label(limit: int) -> str:
        text = ngettext("Up to %(limit)s", "Up to %(limit)s", limit)
        return text % {"limit": locales.number(limit)}

    more = gettext("More than %(limit)s") % {"limit": locales.number(limits[-1])}
    return Question(
        "copies",
        gettext("How many copies will there be?"),
        _steps(limits, up_to=label, more=more),
        gettext("Printed, sold or downloaded, all together."),
    )


def _ask_audience(licences: Sequence[LicenceTerms]) -> Question:
    limits = sorted({0, *_limits(licences, lambda one: one.broadcast_audience_limit)})

    def label(limit: int) -> str:
        if not limit:
            return gettext("No, or only on the web")
        reach = {"limit": locales.number(limit)}
        return gettext("Yes, to channels that reach up to %(limit)s people") % reach

    more = gettext("Yes, to more people than that")
    choices = _steps(limits, up_to=label, more=more)
    if any(one.theatrical is not None for one in licences):
        choices = (*choices, Choice(CINEMA, gettext("It will be shown in cinemas")))
    return Question("audience", gettext("Will it be broadcast, on television or radio?"), choices)


def _ask_seats(licences: Sequence[LicenceTerms]) -> Question:
    limits = _limits(licences, lambda one: one.seats_limit)

    def label(limit: int) -> str:
        text = ngettext("One", "Up to %(limit)s", limit)
        return text % {"limit": locales.number(limit)} if limit > 1 else text

    more = gettext("More than %(limit)s") % {"limit": locales.number(limits[-1])}
    return Question(
        "seats",
        gettext("On how many computers will it be installed?"),
        _steps(limits, up_to=label, more=more),
    )


def _ask_client(licences: Sequence[LicenceTerms]) -> Question:
    choices = (
        Choice("me", gettext("For myself or my own company")),
        Choice("client", gettext("For a client")),
    )
    return Question("client", gettext("For whom do you make it?"), choices)


def _with_audience(use: Use, value: str) -> Use:
    is_in_cinemas = value == CINEMA
    return replace(use, audience=_number(value), is_in_cinemas=is_in_cinemas)


# In the order of asking. Cinemas are a choice of the question about the audience.
# In an address, the answer to a question stands under its key.
QUESTION_KEYS = ("media", "products", "sale", "copies", "audience", "seats", "client")
_QUESTIONS: dict[str, Callable[[Sequence[LicenceTerms]], Question]] = {
    "media": _ask_media,
    "products": _ask_products,
    "sale": _ask_sale,
    "copies": _ask_copies,
    "audience": _ask_audience,
    "seats": _ask_seats,
    "client": _ask_client,
}
_MEANINGS: dict[str, Callable[[Use, str], Use]] = {
    "media": lambda use, value: replace(
        use, media=frozenset({Medium(value)}) if value else ALL_MEDIA
    ),
    "products": lambda use, value: replace(use, end_products=_number(value)),
    "sale": lambda use, value: replace(use, sale=Sale(value)),
    "copies": lambda use, value: replace(use, copies=_number(value)),
    "audience": _with_audience,
    "seats": lambda use, value: replace(use, seats=_number(value)),
    "client": lambda use, value: replace(use, is_for_client=value == "client"),
}
