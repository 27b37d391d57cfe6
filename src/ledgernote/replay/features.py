"""What speaks for and against each candidate: numbers from 0 to 1, in the order of NAMES.

Statistics come from the candidates alone: what is not among them holds none of the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log, log1p

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen
from ledgernote.replay.asked import Asked, places
from ledgernote.replay.manner import (
    BEGINNING,
    FIRST,
    PREFERENCES,
    WISHES,
    gives_rule,
    holds_any,
    holds_name,
    holds_number,
    holds_word,
    names_time,
)
from ledgernote.replay.recipe import MODEL, YOU, Source
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
    "rule",  # the asker says how it is to be done each time, and something new is asked for
    "prefers",  # a person says what they prefer, and something new is asked for
    "tagged",  # it has a tag that the question names
    "replaces",  # what it replaces is a better match, by so much
    "replaced",  # what replaces it is, by so much
    "corrects",  # it seems to correct a better match, by so much
    "alike",  # better matches say the same in other figures, by so much the less
    "disputed",  # a model said it, and a note has other figures, by so much the less
    "meaning",  # how near what it and those around it say is to what is asked, whatever the words
)
"""Append only: receipts refer to places."""

_LATER = (0.0,) * 5
"""From `replaces` to `disputed`: what rows are beside each other, for `kin` and `statements`."""


@frozen
class Candidate:
    """An entry that full text search found, or (score 0) one that stands next to such."""

    source: Source
    bm25: float = 0.0
    """Larger is better."""
    tagged: bool = False
    """It has a tag that the question names."""
    meaning: float = 0.0
    """The cosine of what it and the entries around it say and of what is asked; 0: nobody knows."""


class _Scale:
    """BM25 among documents of about one size, as a share of the most there can be."""

    def __init__(self, rarity: Mapping[str, float], size: float, k: float, b: float) -> None:
        self._rarity, self._size, self._k, self._b = rarity, size or 1.0, k, b
        self._most = sum(rarity.values()) or 1.0

    def of(self, counts: Counts, size: int) -> float:
        if not counts:
            return 0.0
        less = self._k * (1 - self._b + self._b * size / self._size)
        found = 0.0
        for word, count in counts.items():
            found += self._rarity[word] * count / (count + less)
        return found / self._most


def features(asked: Asked, candidates: Sequence[Candidate]) -> Iterator[tuple[float, ...]]:
    """The features of each candidate, in order; those of rows beside each other are still 0."""
    around = _Around(asked, candidates)
    for at, candidate in enumerate(candidates):
        read = _read(asked, around, at, candidate.source)
        meaning = max(candidate.meaning, 0.0)
        yield (*_found(around, at), *read, float(candidate.tagged), *_LATER, meaning)


def _found(around: _Around, at: int) -> tuple[float, ...]:
    """The features of full text search, by whom and when, as they were from the first."""
    source, asked = around.sources[at], around.asked
    before, after = around.before[at], around.after[at]
    by_model = source.who == MODEL
    return (
        around.words[at],
        around.threads[around.thread_of[at]],
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
    found, counts = around.found[at], around.counts[at]
    before, by_model = around.before[at], source.who == MODEL
    covers = sum(map(asked.weights.__getitem__, counts)) / around.weight
    together = asked.pairs.intersection(pairwise(found)) if len(found) > 1 else ()
    lower = around.lower[at]
    beginning = "" if by_model else source.text[:BEGINNING]
    said = "" if by_model else lower[:BEGINNING]
    wish = holds_any(said, WISHES)
    return (
        around.text.of(counts, around.sizes[at]),
        around.two.of(*around.window(at, 1, 0)),
        around.seven.of(*around.window(at, 3, 3)),
        around.talks[around.thread_of[at]],
        covers,
        len(together) / (len(asked.pairs) or 1),
        float("time" in asked.kinds and names_time(lower)),
        float("number" in asked.kinds and holds_number(lower)),
        float("name" in asked.kinds and holds_name(source.text)),
        float(around.asks[at]),
        0.0 if before is None else float(around.asks[before]),
        float(holds_word(beginning, FIRST)),
        0.0 if by_model else _length(source),
        float(wish),
        covers if by_model else 0.0,
        float(wish and source.who == YOU and not asked.looks_back and gives_rule(said)),
        float(not asked.looks_back and holds_any(said, PREFERENCES)),
    )


def _length(source: Source) -> float:
    return min(1.0, log1p(len(source.text) / 6) / 6)


Counts = Mapping[str, int]
"""How often each of the question's words stands there, without those that do not."""


class _Around:
    """The candidates side by side: their counts, their neighbours, their threads."""

    def __init__(self, asked: Asked, candidates: Sequence[Candidate]) -> None:
        self.asked = asked
        self.weight = sum(asked.weights.values()) or 1.0
        self.sources = [each.source for each in candidates]
        best = max((each.bm25 for each in candidates), default=0.0) or 1.0
        self.words = [_share(each.bm25, best) for each in candidates]
        texts = [source.text for source in self.sources]
        self.lower = [text.lower() for text in texts]
        self.found = list(map(places(asked.roots), texts, self.lower))
        self.counts: list[Counts] = [_counted(found) for found in self.found]
        self.sizes = list(map(len, texts))
        self.asks = [source.text.rstrip().endswith("?") for source in self.sources]
        self.thread_of = [source.thread or source.entry for source in self.sources]
        """What stands in no thread is one of its own."""
        self.created = {source.entry: source.created for source in self.sources}
        self.before, self.after = self._neighbours()
        rarity = _rarity(asked.weights, self.counts)
        size = sum(self.sizes) / (len(self.sizes) or 1)
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

    def window(self, at: int, back: int, forth: int) -> tuple[Counts, int]:
        """Counts and size of a candidate with its neighbours, as far as they are known."""
        size, holding = self.sizes[at], [self.counts[at]]
        for beside, number in ((self.before, back), (self.after, forth)):
            there = beside[at]
            while there is not None and number:
                size += self.sizes[there]
                if more := self.counts[there]:
                    holding.append(more)
                there, number = beside[there], number - 1  # noqa: PLW2901
        return _summed(holding), size

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
        for thread, share in zip(self.thread_of, self.words, strict=True):
            best[thread] = max(share, best.get(thread, 0.0))
        return best

    def _talks(self) -> dict[bytes, float]:
        """BM25 of each thread, as far as it is among the candidates."""
        holding: dict[bytes, list[Counts]] = {}
        sizes: dict[bytes, int] = {}
        for thread, counts, size in zip(self.thread_of, self.counts, self.sizes, strict=True):
            holding.setdefault(thread, []).append(counts)
            sizes[thread] = sizes.get(thread, 0) + size
        talks = {thread: _summed(found) for thread, found in holding.items()}
        rarity = _rarity(self.asked.weights, list(talks.values()))
        scale = _Scale(rarity, sum(sizes.values()) / (len(sizes) or 1), 1.2, 0.75)
        return {thread: scale.of(counts, sizes[thread]) for thread, counts in talks.items()}


def _counted(found: Sequence[str]) -> Counts:
    counts: dict[str, int] = {}
    for word in found:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _summed(holding: Sequence[Counts]) -> Counts:
    """The counts of several together."""
    if len(holding) == 1:
        return holding[0]
    summed = dict(holding[0])
    for counts in holding[1:]:
        for word, count in counts.items():
            summed[word] = summed.get(word, 0) + count
    return summed


def _share(bm25: float, best: float) -> float:
    """Of the best score; what matched at all keeps a trace of it behind the comma."""
    return max(bm25 / best, 0.0001) if bm25 > 0 else 0.0


def _rarity(weights: Mapping[str, float], docs: Sequence[Counts]) -> dict[str, float]:
    """How much a word tells, by how many of the documents hold it, and by its weight."""
    holding = dict.fromkeys(weights, 0)
    for counts in docs:
        for word in counts:
            holding[word] += 1
    return {
        word: weight * log(1 + (len(docs) - holding[word] + 0.5) / (holding[word] + 0.5))
        for word, weight in weights.items()
    }
