"""What else to look for when nothing holds all words of a query. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from math import log

from ledgernote.domain.entries import Query, Term
from ledgernote.replay.query import STOP_WORDS

ASKING = STOP_WORDS | frozenset(
    """
    anybody anyone everybody everyone find know known knows nobody remember said says show somebody
    someone tell told want
    """.split()  # noqa: SIM905
)
"""Words of questions that are no slips of others: *does anybody know* does not mean *now*."""


def telling(query: Query) -> tuple[Term, ...]:
    """The terms that say what a query is about: without stop words, unless it has no others.

    A stop word in upper case is a ticker, where not all is in upper case.
    """
    terms = tuple(dict.fromkeys(term for group in query.groups for term in group))
    words = ((one, re.sub(r"['’]s\Z", "", one.text.lower())) for one in terms)
    called = tickers(terms)
    return tuple(one for one, word in words if word not in STOP_WORDS or one in called) or terms


def tickers(terms: Sequence[Term]) -> list[Term]:
    """Those that would be stop words in lower case: ARE, ON; AND, NOT and OR are none."""
    if all(term.text.isupper() for term in terms):
        return []
    upper = [term for term in terms if term.text.isupper() and len(term.text) > 1]
    return [term for term in upper if term.text.lower() in STOP_WORDS - _OPERATORS]


_OPERATORS = frozenset({"and", "not", "or"})


LIKE, RELATED = 3, 12
"""Texts that others should be like, and words that are taken from them."""
READ = 4_000
"""Characters of a text that are looked at."""


def related(texts: Sequence[str], known: Collection[str]) -> tuple[Term, ...]:
    """The words that set the first *texts* apart from the rest, best ones first.

    What answers a long question seldom has its words, but has those of the best hits
    (pseudo-relevance feedback: Rocchio 1971).
    """
    told = [re.findall(r"[^\W\d_]{3,}", text[:READ].lower()) for text in texts]
    holding = Counter(word for words in told for word in set(words))
    weights: dict[str, float] = {}
    for words in told[:LIKE]:
        for word in words:
            if word not in STOP_WORDS and word not in known:
                rarity = log((len(texts) + 1) / (holding[word] + 0.5))
                weights[word] = weights.get(word, 0.0) + rarity / len(words)
    best = sorted(weights, key=lambda word: (-weights[word], word))
    return tuple(Term(text=word) for word in best[:RELATED])
