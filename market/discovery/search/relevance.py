"""The order of “best match”. Published: docs/search.md says the same in words.

    score      = text × popularity × freshness
    text       = mean over the words of the search of the best (field × manner)
                 + 1 if they stand in the name side by side, in this order
                 + 2 if they are the whole name
    field      = name 4, tags 3, author 2, summary (with category and attributes) 1
    manner     = the word itself 1, its singular or plural 0.9, a synonym 0.8,
                 its beginning 0.6 (last word only), a misspelling 0.4
    popularity = 1 + ln(1 + sales) ÷ 4
    freshness  = 2 ^ (years from 2020 to the first publication ÷ 4)

Every word must be met. What was published four years later counts twice as much. Only the ratio of
two freshnesses matters, so that no score changes as time passes and none must be computed again.
"""

import math

FIELDS = {"name": 4.0, "tags": 3.0, "author": 2.0, "summary": 1.0}
ITSELF, OTHER_FORM, SYNONYM, BEGINNING, MISSPELT = 1.0, 0.9, 0.8, 0.6, 0.4
PHRASE, WHOLE_NAME = 1.0, 2.0
ERA = 1577836800  # 2020-01-01, in seconds since 1970
DOUBLING_SECONDS = 4 * 365.25 * 86400


def popularity(sales: int) -> float:
    return 1 + math.log1p(sales) / 4


def freshness(published: int) -> float:
    """`published` in seconds since 1970; what came before the era counts as its beginning."""
    return float(2 ** (max(0, published - ERA) / DOUBLING_SECONDS))
