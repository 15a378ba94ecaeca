"""The words of made-up names, tags and descriptions: real ones first, coined ones behind.

Taken by Zipf, the first are in every hundredth name and most in a handful, as in real catalogues.
"""

from functools import cache
from itertools import product

_COMMON_TEXT = """
modern minimal creative classic bold clean vintage elegant simple bright dark soft golden
organic urban abstract retro playful geometric handmade natural luxury digital summer winter
corporate business wedding travel food music sport nature city ocean mountain forest coffee
fashion beauty health medical education school science space night light water fire smoke paper
wood stone metal glass neon pastel rainbow shadow texture pattern line shape circle arrow frame
border ribbon badge logo poster flyer card brochure magazine portfolio agency studio landing
dashboard admin shop store startup event party concert festival holiday christmas spring autumn
island river desert garden flower leaf tree animal bird horse cat dog wolf bear lion dragon
robot car train bicycle plane rocket house office kitchen room tower bridge castle temple market
street park beach sunset sunrise storm rain snow cloud star moon planet galaxy energy motion
speed loop glitch title opener slideshow reveal transition cinematic epic ambient acoustic
piano guitar drum voice inspiring uplifting happy calm tense mystery action comedy romantic
dream memory story journey future heritage craft ink brush marker pencil watercolour sketch
stencil stamp grain noise foil chrome marble concrete
"""
COMMON = tuple(_COMMON_TEXT.split())
_SYLLABLES = (
    "ba ca do el fa gi ha io ka lu ma ne or pa qui ra sa ti ul va we xe yo za",
    "la ri no be du sti mo ve ka ren lo thi ga",
    "ra nis den lo vex mar tia sor wyn dell qua ton pex lin bo",
)
PARAGRAPHS = 48
_SENTENCES = (
    "Made for {0} and {1} work, with {2} in mind.",
    "Each {0} part is kept apart, so that {1} can be changed without the {2}.",
    "It goes well with {0}, {1} and anything {2}.",
    "You get {0} and {1} variants, and a short guide about {2}.",
    "The {0} details were drawn by hand and checked at small sizes against {1} and {2}.",
    "Nothing in it depends on {0} or {1}; {2} is optional.",
)


@cache
def vocabulary() -> tuple[str, ...]:
    """Some 5,000 words, the most frequent first; all of them plain letters."""
    coined = ("".join(parts) for parts in product(*map(str.split, _SYLLABLES)))
    return tuple(dict.fromkeys([*COMMON, *coined]))


def turned(words: tuple[str, ...], by: int) -> tuple[str, ...]:
    """The same words with others in front: what is common at one site is rarer at the next."""
    front = len(COMMON)
    start = by % front
    return (*words[start:front], *words[:start], *words[front:])


@cache
def paragraphs(by: int) -> tuple[str, ...]:
    """Two sentences each, of some 130 characters."""
    words = turned(vocabulary(), by)
    return tuple(
        " ".join(
            sentence.format(*(words[(7 * number + 3 * place + one) % 400] for one in range(3)))
            for place, sentence in enumerate(_SENTENCES[number % 5 :][:2])
        )
        for number in range(PARAGRAPHS)
    )
