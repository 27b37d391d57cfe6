"""Which words of a text tell what it is about, so that others can be found that are like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import log

from ledgernote.replay.query import content_words

READ = 16_000
"""Characters of a text that are looked at; what it is about stands at its beginning."""
COUNTED = 64
"""Words of it that may be asked of the ledger, how many passages hold each."""
TELLING = 12
"""Words that others are looked for by."""


def words_of(text: str) -> dict[str, int]:
    """The words that say anything, each with how often it stands there, the most frequent first."""
    said = text[:READ]
    often = Counter(said.lower().split())
    found = {word: max(1, often[word.lower()]) for word in content_words(said)}
    return dict(sorted(found.items(), key=lambda pair: -pair[1])[:COUNTED])


def telling(often: Mapping[str, int], holding: Mapping[str, int], passages: int) -> list[str]:
    """The words that tell most: frequent here, rare in the ledger, but not only here.

    *holding* is how many of all *passages* hold a word; one alone is the text itself.
    """
    weight = {
        word: (1 + log(count)) * log((passages + 1) / holding[word])
        for word, count in often.items()
        if holding[word] > 1
    }
    best = sorted(weight, key=lambda word: -weight[word])[:TELLING]
    return [word for word in best if weight[word] > 0]
