"""The adviser against every licence of every marketplace: no use is advised what forbids it."""

from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.discovery.advice import (
    MAX_QUESTIONS,
    advise,
    questions,
    read_answers,
    use_of,
)
from market.discovery.terms import Sale, Use, families, objections
from market.tenancy.definitions import LicenceTerms, Medium
from market.tenancy.definitions.enums import EndProducts
from market.tenancy.registry import marketplace, marketplaces

FAMILIES = [
    pytest.param(licences, id=f"{site.slug}-{tops[0]}")
    for site in marketplaces()
    for licences, tops in families(site.tops(), site.licences_for).items()
]


@dataclass(frozen=True)
class Priced:
    terms: LicenceTerms
    total_cents: int


def priced(licences, cents=1000):
    """At the prices that the site proposes to authors."""
    return [
        Priced(terms, round(cents * terms.suggested_multiple) + terms.buyer_fee_cents)
        for terms in licences
    ]


def all_answers(licences):
    asked = questions(licences)
    for chosen in product(*(question.choices for question in asked)):
        values = [choice.value for choice in chosen]
        yield dict(zip([question.key for question in asked], values, strict=True))


def permits(terms: LicenceTerms, answers: dict[str, str]) -> bool:
    """The terms read a second time, field by field, from the words of the answers."""

    def enough(answer: str, limit: int | None) -> bool:
        return limit is None or (answer.isdigit() and int(answer) <= limit)

    per_licence = {EndProducts.ONE: 1, EndProducts.UNLIMITED: None}
    checks = {
        "products": lambda a: enough(a, per_licence.get(terms.end_products, terms.sites_limit)),
        "sale": lambda a: (
            a == "free"
            or (
                terms.end_product_may_be_sold
                and (a == "paid" or terms.goods_for_resale is not False)
            )
        ),
        "copies": lambda a: enough(a, terms.copies_limit),
        "audience": lambda a: (
            terms.theatrical is True and terms.broadcast_audience_limit is None
            if a == "cinema"
            else enough(a, terms.broadcast_audience_limit)
        ),
        "seats": lambda a: enough(a, terms.seats_limit),
        "client": lambda a: a == "me" or terms.client_transfer,
        "media": lambda a: not terms.media or a in terms.media,
    }
    return all(checks[key](answer) for key, answer in answers.items())


@pytest.mark.parametrize("licences", FAMILIES)
def test_every_use_gets_the_cheapest_licence_that_permits_it_and_no_other(licences):
    offers = priced(licences)
    for answers in all_answers(licences):
        advice = advise(use_of(licences, answers), offers)

        fitting = [offer for offer in offers if permits(offer.terms, answers)]
        cheapest = min(fitting, key=lambda offer: offer.total_cents, default=None)
        assert advice.offer == cheapest, answers
        for verdict in advice.verdicts:
            assert verdict.fits == permits(verdict.offer.terms, answers), answers
            assert verdict.is_advised == (verdict.offer == cheapest)


@pytest.mark.parametrize("licences", FAMILIES)
def test_there_are_at_most_five_questions_each_with_a_choice(licences):
    asked = questions(licences)

    assert 1 <= len(asked) <= MAX_QUESTIONS
    for question in asked:
        values = [choice.value for choice in question.choices]
        assert len(values) >= 2
        assert len(set(values)) == len(values)
        assert all(choice.label for choice in question.choices)


@pytest.mark.parametrize("licences", FAMILIES)
def test_each_question_matters_and_each_licence_is_advised_to_somebody(licences):
    offers = priced(licences)
    advised = set()
    mattered = set()
    for answers in all_answers(licences):
        advice = advise(use_of(licences, answers), offers)
        advised.add(advice.offer.terms.code if advice.offer else "")
        for question in questions(licences):
            for choice in question.choices:
                other = advise(use_of(licences, answers | {question.key: choice.value}), offers)
                if other.offer != advice.offer:
                    mattered.add(question.key)

    assert advised >= {terms.code for terms in licences}
    assert mattered == {question.key for question in questions(licences)}


@pytest.mark.parametrize("licences", FAMILIES)
def test_an_answer_that_is_missing_counts_as_the_most_demanding_one(licences):
    advice = advise(use_of(licences, {}), priced(licences))

    for answers in all_answers(licences):
        if advice.offer is not None:
            assert permits(advice.offer.terms, answers), answers


@pytest.mark.parametrize("licences", FAMILIES)
def test_unknown_answers_count_as_none(licences):
    asked = questions(licences)
    given_words = {question.key: "'; --" for question in asked} | {"colour": "blue"}

    assert read_answers(asked, given_words) == {}


USES = st.builds(
    Use,
    end_products=st.none() | st.integers(1, 10**6),
    sale=st.sampled_from(Sale),
    copies=st.none() | st.integers(1, 10**9),
    audience=st.none() | st.integers(0, 10**9),
    is_in_cinemas=st.booleans(),
    seats=st.none() | st.integers(1, 10**4),
    is_for_client=st.booleans(),
    media=st.frozensets(st.sampled_from(Medium)),
)
SOLD_TOGETHER = [family.values[0] for family in FAMILIES]


def forbids(terms: LicenceTerms, use: Use) -> bool:
    more = {"end_products": 1, "copies": None, "audience": None, "seats": None}
    more["end_products"] = {EndProducts.ONE: 1, EndProducts.UNLIMITED: None}.get(
        terms.end_products, terms.sites_limit
    )
    more |= {
        "copies": terms.copies_limit,
        "audience": terms.broadcast_audience_limit,
        "seats": terms.seats_limit,
    }
    for name, limit in more.items():
        wanted = getattr(use, name)
        if limit is not None and (wanted is None or wanted > limit):
            return True
    return (
        (use.sale != "free" and not terms.end_product_may_be_sold)
        or (use.sale == "goods" and terms.goods_for_resale is False)
        or (use.is_in_cinemas and not terms.theatrical)
        or (use.is_for_client and not terms.client_transfer)
        or bool(terms.media and use.media - set(terms.media))
    )


@given(use=USES, licences=st.sampled_from(SOLD_TOGETHER), data=st.data())
def test_whatever_the_prices_nothing_is_advised_that_forbids_the_use(use, licences, data):
    prices = data.draw(
        st.lists(st.integers(1, 10**8), min_size=len(licences), max_size=len(licences))
    )
    offers = [Priced(terms, cents) for terms, cents in zip(licences, prices, strict=True)]

    advice = advise(use, offers)

    allowed = [offer for offer in offers if not forbids(offer.terms, use)]
    if advice.offer is None:
        assert allowed == []
    else:
        assert advice.offer in allowed
        assert advice.offer.total_cents == min(offer.total_cents for offer in allowed)
        assert not objections(advice.offer.terms, use)


def test_an_advice_says_why_the_others_are_not_it():
    licences = marketplace("themes").licences_for("site-templates")
    use = use_of(licences, {"products": "10", "sale": "free"})

    advice = advise(use, priced(licences))

    assert advice.offer is not None
    assert advice.offer.terms.code == "multi-site"
    assert "Up to 10 end products" in [point.text for point in advice.because]
    refused = {one.offer.terms.code: [p.text for p in one.refusals] for one in advice.verdicts}
    assert refused["standard"] == ["One end product"]
    assert refused["extended"] == ["One end product"]


def test_a_dearer_one_that_fits_says_what_it_adds():
    licences = marketplace("audio").licences_for("music")
    use = use_of(licences, {"products": "1", "copies": "10000", "audience": "0"})

    advice = advise(use, priced(licences))

    assert advice.offer is not None
    assert advice.offer.terms.code == "music-standard"
    extras = {one.offer.terms.code: [p.text for p in one.extras] for one in advice.verdicts}
    assert extras["mass-reproduction"] == ["Any number of copies"]
    assert "Broadcast to 1,000,000 people" in extras["broadcast-1m"]
    assert extras["music-standard"] == []


def test_where_nothing_fits_several_products_one_licence_each_is_proposed():
    licences = marketplace("audio").licences_for("music")
    use = use_of(licences, {"products": "more", "copies": "10000", "audience": "0"})

    advice = advise(use, priced(licences))

    assert advice.offer is None
    assert advice.needs_one_each
    assert not advise(
        use_of(
            marketplace("graphics").licences_for("fonts"),
            {"media": "app", "products": "1", "sale": "paid", "seats": "more"},
        ),
        priced(marketplace("graphics").licences_for("fonts")[:1]),
    ).needs_one_each


def test_photos_ask_about_goods_and_audio_about_cinemas():
    photos = questions(marketplace("photos").licences_for("nature"))
    music = questions(marketplace("audio").licences_for("music"))

    assert [choice.value for choice in photos[0].choices] == ["free", "paid", "goods"]
    audience = next(question for question in music if question.key == "audience")
    values = [choice.value for choice in audience.choices]
    assert values == ["0", "1000000", "10000000", "more", "cinema"]
