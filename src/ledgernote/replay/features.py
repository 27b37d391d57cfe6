"""What speaks for and against each candidate: numbers from 0 to 1, in the order of NAMES.

Statistics come from the candidates alone: what is not among them holds none of the words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log, log1p

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen
from ledgernote.replay.asked import ANSWERS, Asked, places
from ledgernote.replay.recipe import MODEL, Source
from ledgernote.replay.when import closeness, stood

NAMES = (
    "words",  # its own full text score, as a share of the best
    "thread",  # the best `words` of its thread
    "before",  # `words` of the entry before it
    "after",
    "who",  # by whom the question asks about
    "date",  # from when the question asks about
    "long",  # how long, if a model said it: a long answer repeats every word
    "superseded",  # something replaces it
    "text",  # BM25 of its own words, with less of a penalty for length than full text search has
    "two",  # BM25 of it and the entry before it
    "seven",  # BM25 of it with three on each side
    "talk",  # BM25 of its thread
    "covers",  # the share of the question's words that it holds
    "phrase",  # the share of the question's pairs of words that stand together in it
    "time",  # it names one, and the question asks when
    "number",  # it holds one, and the question asks how many
    "name",  # it holds one, and the question asks who, where or which
    "asks",  # it ends as a question
    "answers",  # the entry before it does
    "first",  # a person says I or my
    "length",  # how long, if a person said it
    "wish",  # a person says how things are to be done: always, never, I prefer
    "covers_model",  # `covers`, if a model said it
    "rule",  # a person says how it is to be done each time, and something new is asked for
    "prefers",  # a person says what they prefer, and something new is asked for
    "tagged",  # it has a tag that the question names
    "replaces",  # what it replaces is a better match, by so much
    "replaced",  # what replaces it is, by so much
    "corrects",  # it seems to correct a better match, by so much
    "alike",  # better matches say the same in other figures, by so much the less
    "disputed",  # a model said it, and a note has other figures, by so much the less
)
"""Append only: receipts refer to places."""

_FIRST = re.compile(r"\b(?:I|my|me|we|our|My|We|Our)\b")
_WISHES = (
    *("always", "never", "prefer", "whenever", "when i ask", "from now on", "make sure"),
    *("instead of", "rather than", "i'd like", "i'd rather", "i would like", "i would rather"),
    "please",
)
_PREFERENCES = (
    *("prefer", "rather than", "i'd rather", "would rather", "i chose", "i've chosen", "i like "),
    *("i love ", "i enjoy ", "i decided to", "i've decided", "i dislike ", "i hate "),
)
_RULE = re.compile(
    r"\W*(?:please )?(?:always|never) +\w|.*\b(?:when(?:ever)? i ask|from now on)\b",
    re.IGNORECASE | re.DOTALL,
)
_BEGINNING = 2_000  # characters of a text in which manners of speech are looked for


@frozen
class Candidate:
    """An entry that full text search found, or (score 0) one that stands next to such."""

    source: Source
    bm25: float = 0.0
    """Larger is better."""
    tagged: bool = False
    """It has a tag that the question names."""


@frozen(kw_only=False)
class _Doc:
    """What is counted of a candidate, or of several that stand together."""

    counts: Mapping[str, int]
    size: float
    """Letters by six: about words."""


class _Scale:
    """BM25 among documents of about one size, as a share of the most there can be."""

    def __init__(self, rarity: Mapping[str, float], size: float, k: float, b: float) -> None:
        self._rarity, self._size, self._k, self._b = rarity, size or 1.0, k, b
        self._most = sum(rarity.values()) or 1.0

    def of(self, counts: Mapping[str, int], size: float) -> float:
        if not counts:
            return 0.0
        less = self._k * (1 - self._b + self._b * size / self._size)
        rarity = self._rarity
        return sum(rarity[word] * n / (n + less) for word, n in counts.items()) / self._most


def features(asked: Asked, candidates: Sequence[Candidate]) -> Iterator[tuple[float, ...]]:
    """The features of each candidate, in order, but for the last, from `replaces` on."""
    around = _Around(asked, candidates)
    for at, candidate in enumerate(candidates):
        read = _read(asked, around, at, candidate.source)
        yield (*_found(around, at), *read, float(candidate.tagged))


def _found(around: _Around, at: int) -> tuple[float, ...]:
    """The features of full text search, by whom and when, as they were from the first."""
    source, asked = around.sources[at], around.asked
    before, after = around.before[at], around.after[at]
    by_model = source.who == MODEL
    return (
        around.words[at],
        around.threads[around.thread_of(at)],
        0.0 if before is None else around.words[before],
        0.0 if after is None else around.words[after],
        float(source.who in asked.about),
        _when(asked, source),
        _length(source) if by_model else 0.0,
        float(around.superseded(source)),
    )


def _when(asked: Asked, source: Source) -> float:
    if asked.until:
        return stood(source.created, asked.until)
    return max((closeness(source.created, each) for each in asked.dates), default=0.0)


def _read(asked: Asked, around: _Around, at: int, source: Source) -> tuple[float, ...]:
    """The features of its text and of those around it."""
    found, doc = around.found[at], around.docs[at]
    before, by_model = around.before[at], source.who == MODEL
    covers = sum(map(asked.weights.__getitem__, doc.counts)) / around.weight
    together = asked.pairs.intersection(pairwise(found)) if len(found) > 1 else ()
    beginning = "" if by_model else source.text[:_BEGINNING]
    said = beginning.lower()
    wish = _holds_any(said, _WISHES)
    return (
        around.text.of(doc.counts, doc.size),
        around.two.of(*around.window(at, 1, 0)),
        around.seven.of(*around.window(at, 3, 3)),
        around.talks[around.thread_of(at)],
        covers,
        len(together) / (len(asked.pairs) or 1),
        *[
            float(kind in asked.kinds and bool(holds.search(source.text)))
            for kind, holds in ANSWERS.items()
        ],
        _asks(source),
        0.0 if before is None else _asks(around.sources[before]),
        float(bool(_FIRST.search(beginning))),
        0.0 if by_model else _length(source),
        float(wish),
        covers if by_model else 0.0,
        float(not asked.looks_back and wish and bool(_RULE.match(beginning))),
        float(not asked.looks_back and _holds_any(said, _PREFERENCES)),
    )


def _length(source: Source) -> float:
    return min(1.0, log1p(len(source.text) / 6) / 6)


def _holds_any(text: str, phrases: Sequence[str]) -> bool:
    for phrase in phrases:  # noqa: SIM110 - a third of the time that any() takes
        if phrase in text:
            return True
    return False


def _asks(source: Source) -> float:
    return float(source.text.rstrip().endswith("?"))


class _Around:
    """The candidates side by side: their counts, their neighbours, their threads."""

    def __init__(self, asked: Asked, candidates: Sequence[Candidate]) -> None:
        self.asked = asked
        self.weight = sum(asked.weights.values()) or 1.0
        self.sources = [each.source for each in candidates]
        best = max((each.bm25 for each in candidates), default=0.0) or 1.0
        self.words = [_share(each.bm25, best) for each in candidates]
        find = places(asked.roots)
        self.found = [find(source.text) for source in self.sources]
        self.docs = [
            _Doc(Counter(found), len(source.text) / 6)
            for found, source in zip(self.found, self.sources, strict=True)
        ]
        self.created = {source.entry: source.created for source in self.sources}
        self.before, self.after = self._neighbours()
        rarity = _rarity(asked.weights, [each.counts for each in self.docs])
        size = sum(each.size for each in self.docs) / (len(self.docs) or 1)
        self.size = size
        self.text = _Scale(rarity, size, 0.9, 0.4)
        self.two = _Scale(rarity, 2 * size, 0.9, 0.6)
        self.seven = _Scale(rarity, 7 * size, 1.2, 0.6)
        self.threads = self._best()
        self.talks = self._talks()

    def superseded(self, source: Source) -> bool:
        """Whether something replaces it, by the day that is asked about."""
        heir, until = source.superseded_by, self.asked.until
        if heir is None or until is None or heir not in self.created:
            return heir is not None
        return self.created[heir].date() <= until

    def thread_of(self, at: int) -> bytes:
        """What stands in no thread is one of its own."""
        source = self.sources[at]
        return source.thread or source.entry

    def window(self, at: int, back: int, forth: int) -> tuple[Mapping[str, int], float]:
        """Counts and size of a candidate with its neighbours, as far as they are known."""
        together = [self.docs[at]]
        for beside, number in ((self.before, back), (self.after, forth)):
            there = beside[at]
            while there is not None and number:
                together.append(self.docs[there])
                there, number = beside[there], number - 1  # noqa: PLW2901
        counts: dict[str, int] = {}
        size = 0.0
        for doc in together:
            size += doc.size
            for word, count in doc.counts.items():
                counts[word] = counts.get(word, 0) + count
        return counts, size

    def _neighbours(self) -> tuple[list[int | None], list[int | None]]:
        """Of each candidate the ones before and after it in its thread."""
        own: dict[EntryId, int] = {}
        for at, source in enumerate(self.sources):
            known = own.setdefault(source.entry, at)
            own[source.entry] = min(known, at, key=self._best_first)
        before = [own.get(s.previous) if s.previous else None for s in self.sources]
        after: list[int | None] = [None] * len(before)
        for at, there in enumerate(before):
            if there is not None:
                follower = after[there]
                chosen = at if follower is None else min(follower, at, key=self._best_first)
                after[there] = chosen
        return before, after

    def _best_first(self, at: int) -> tuple[float, int]:
        """Orders the passages of one entry."""
        return -self.words[at], self.sources[at].start

    def _best(self) -> dict[bytes, float]:
        best: dict[bytes, float] = {}
        for at, share in enumerate(self.words):
            thread = self.thread_of(at)
            best[thread] = max(share, best.get(thread, 0.0))
        return best

    def _talks(self) -> dict[bytes, float]:
        """BM25 of each thread, as far as it is among the candidates."""
        counts: dict[bytes, Counter[str]] = {}
        sizes: Counter[bytes] = Counter()
        for at, doc in enumerate(self.docs):
            thread = self.thread_of(at)
            counts.setdefault(thread, Counter()).update(doc.counts)
            sizes[thread] += doc.size  # type: ignore[assignment]
        rarity = _rarity(self.asked.weights, list(counts.values()))
        scale = _Scale(rarity, sum(sizes.values()) / (len(sizes) or 1), 1.2, 0.75)
        return {thread: scale.of(each, sizes[thread]) for thread, each in counts.items()}


def _share(bm25: float, best: float) -> float:
    """Of the best score; what matched at all keeps a trace of it behind the comma."""
    return max(bm25 / best, 0.0001) if bm25 > 0 else 0.0


def _rarity(weights: Mapping[str, float], docs: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """How much a word tells, by how many of the documents hold it, and by its weight."""
    holding = Counter(word for counts in docs for word in counts)
    return {
        word: weight * log(1 + (len(docs) - holding[word] + 0.5) / (holding[word] + 0.5))
        for word, weight in weights.items()
    }
