"""How a document of ours becomes one of tantivy's."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import tantivy

from market.discovery.search import relevance
from market.discovery.search.interface import COLUMNS, Document, Parts
from market.tenancy.definitions.enums import AttributeFacet
from market.tenancy.registry import marketplaces

# Goes up when documents of this release say something else in the same fields. Each form, and each
# set of fields, has a folder of its own, so that two releases can run on one host.
FORM = 1
# A column holds value × 2³² + item id. So it is a total order, the same as the lists in MySQL have,
# and a cursor is one number.
ID_BITS = 32
ID_MASK = (1 << ID_BITS) - 1
COLUMN_MOST = (1 << 31) - 1  # so that cursors are signed numbers of 64 bits too
# tantivy's bindings multiply a text's score by log2(2 + weight): so these weights make it a factor.
LEAST_FACTOR, MOST_FACTOR = 1.0, 120.0
# Parts of the index that stand for all of it, as terms of the field `part`: samples of one item in
# so many, drawn by id, in which large numbers are counted; and what stands high by its own factor,
# which a search for the best of very many need not look beyond.
SAMPLES = (4, 16, 64)
FACTORS = tuple(2 ** (step / 2) for step in range(1, 14))
SPREAD = 2_654_435_761  # 2³² ÷ the golden ratio: neighbouring ids fall far from each other
STATE_SITE = 0  # no marketplace has it: the one document that says what the index contains
TEXT_FIELDS = {"name": "position", "tags": "basic", "author": "basic", "summary": "basic"}
TERM_FIELDS = ("category", "tag", "value", "username")


def number_keys() -> list[str]:
    """Attributes that people choose a range of, of all marketplaces."""
    attributes = (one for site in marketplaces() for one in site.attributes)
    return sorted({one.key for one in attributes if one.facet is AttributeFacet.RANGE})


def number_field(key: str) -> str:
    return f"number_{key}"


# Each field once: how the builder's method for it is called, its name, its options.
FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("unsigned", "id", {"indexed": True, "fast": True}),
    ("unsigned", "site", {"indexed": True, "fast": True}),
    *(
        ("text", name, {"tokenizer_name": "whitespace", "index_option": option})
        for name, option in TEXT_FIELDS.items()
    ),
    ("text", "title", {"tokenizer_name": "raw", "index_option": "basic"}),
    *(
        ("text", name, {"tokenizer_name": "raw", "index_option": "basic", "fast": True})
        for name in TERM_FIELDS
    ),
    ("text", "part", {"tokenizer_name": "raw", "index_option": "basic"}),
    *(("unsigned", name, {"fast": True}) for name in COLUMNS),
    *(("float", number_field(key), {"fast": True}) for key in number_keys()),
    ("float", "weight", {"fast": True}),
    ("text", "state", {"stored": True, "tokenizer_name": "raw", "index_option": "basic"}),
]
# Fields have numbers by their order: an index with others is another index.
NAME = f"form-{FORM}-{hashlib.sha256(json.dumps(FIELDS).encode()).hexdigest()[:8]}"


def build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for kind, name, options in FIELDS:
        getattr(builder, f"add_{kind}_field")(name, **options)
    return builder.build()


SCHEMA = build_schema()


def tantivy_document(document: Document) -> tantivy.Document:
    name = " ".join(document.name)
    factor = factor_of(document.columns)
    values = {
        "id": document.id,
        "site": document.site_id,
        "name": name,
        "title": name,
        "tags": " ".join(document.tag_words),
        "author": " ".join(document.author_words),
        "summary": " ".join(document.summary),
        "username": document.author,
        "category": list(document.categories),
        "tag": list(document.tags),
        "value": [f"{group}={one}" for group, ones in document.values.items() for one in ones],
        "part": [*samples_of(document.id), *factors_of(factor)],
        "weight": weight_of(factor),
    }
    columns = {name: packed(document.columns[name], document.id) for name in COLUMNS}
    numbers = {number_field(key): number for key, number in document.numbers.items()}
    return tantivy.Document.from_dict(values | columns | numbers, SCHEMA)


def value_term(group: str, value: str) -> str:
    return f"{group}={value}"


def packed(value: int, item_id: int) -> int:
    return (min(value, COLUMN_MOST) << ID_BITS) | item_id


def factor_of(columns: Mapping[str, int]) -> float:
    factor = relevance.popularity(columns["sales"]) * relevance.freshness(columns["published"])
    return min(max(factor, LEAST_FACTOR), MOST_FACTOR)


def weight_of(factor: float) -> float:
    return float(2**factor - 2)


def sample_term(one_in: int) -> str:
    return f"sample={one_in}"


def samples_of(item_id: int) -> list[str]:
    """Each sample is a part of the larger ones."""
    place = (item_id * SPREAD & ID_MASK) >> (ID_BITS - 6)  # 0 to 63
    return [sample_term(one_in) for one_in in SAMPLES if place < SAMPLES[-1] // one_in]


def factor_term(step: int) -> str:
    return f"factor={step}"


def factors_of(factor: float) -> list[str]:
    """The steps of FACTORS that it reaches."""
    return [factor_term(step) for step, bound in enumerate(FACTORS) if factor >= bound]


def parts_of(score: float, weight: float, sales: int) -> Parts:
    """The score taken apart again, from what the index holds beside it."""
    factor = math.log2(2 + weight)
    popularity = relevance.popularity(sales)
    return Parts(text=score / factor, popularity=popularity, freshness=factor / popularity)


def state_document(position: int, after: int) -> tantivy.Document:
    state = json.dumps({"position": position, "after": after})
    return tantivy.Document.from_dict({"site": STATE_SITE, "state": state}, SCHEMA)


def read_state(document: tantivy.Document) -> tuple[int, int]:
    """Position and last item of a document of `state_document`."""
    state: dict[str, Any] = json.loads(document.to_dict()["state"][0])
    return state["position"], state["after"]


def all_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in queries])


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in queries])


def term(name: str, value: str | int) -> tantivy.Query:
    """Without a score of its own."""
    query = tantivy.Query.term_query(SCHEMA, name, value, "basic")
    return tantivy.Query.const_score_query(query, 0.0)
