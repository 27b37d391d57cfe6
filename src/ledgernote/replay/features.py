"""What speaks for and against each candidate: numbers from 0 to 1, in the order of NAMES.

Statistics come from the candidates alone: what is not among them holds none of the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from math import log, log1p

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen
from ledgernote.replay.asked import Asked
from ledgernote.replay.dates import closeness, stood
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
from ledgernote.replay.naming import namer
from ledgernote.replay.recipe import MODEL, YOU, Source
from ledgernote.replay.roots import places

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
    "sense",  # how near its words come to each of the question's; `covers`, where nobody knows
    "both",  # `meaning` times `sense`: what one tells, the other need not tell again
    "newest",  # the newest is asked for, and it is among those, by so much
    "replies",  # `before`, if that ends as a question and a person said this
)
"""Append only: receipts refer to places."""

_LATER = NAMES.index("meaning") - NAMES.index("replaces")
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
    sense: float | None = None
    """How near its words come to each of those that are asked for; None: nobody knows."""
    in_case: bool = False
    """It counts only where it takes back another: nothing that is asked has found it."""


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
    """The features of each candidate, in order; those of rows beside each other are still 0.

    They are made column by column: calls for each feature of each text would take twice as long.
    """
    around = _Around(asked, candidates)
    none = [0.0] * len(candidates)
    tagged = [float(each.tagged) for each in candidates]
    meaning = [max(each.meaning, 0.0) for each in candidates]
    sense = [
        covers if each.sense is None else each.sense
        for covers, each in _pairs(around.covers, candidates)
    ]
    both = [one * other for one, other in _pairs(meaning, sense)]
    replies = [
        0.0 if at is None or model else around.words[at] * around.asks[at]
        for at, model in _pairs(around.before, around.by_model)
    ]
    own = [*_found(around), *_told(around), *_spoken(around), tagged]
    columns = [*own, *[none] * _LATER, meaning, sense, both, none, replies]
    return zip(*map(_rounded, columns), strict=True)


def _rounded(column: Column) -> list[float]:
    return [each and round(each, 4) for each in column]


def _found(around: _Around) -> Iterator[Column]:
    """The features of full text search, by whom and when, as they were from the first."""
    asked, sources, words = around.asked, around.sources, around.words
    yield words
    yield [around.threads[thread] for thread in around.thread_of]
    yield [0.0 if at is None else words[at] for at in around.before]
    yield [0.0 if at is None else words[at] for at in around.after]
    yield [float(source.who in asked.about) for source in sources]
    yield list(map(partial(_when, asked, namer(asked.dates)), sources))
    yield [long if model else 0.0 for long, model in _pairs(around.lengths, around.by_model)]
    yield [float(around.superseded(source)) for source in sources]


def _when(asked: Asked, names: Callable[[str, date], bool], source: Source) -> float:
    if not (asked.until or asked.dates):
        return 0.0
    day = asked.day(source)
    if asked.until:
        return stood(day, asked.until)
    if names(source.text, day):
        return 1.0
    return max(closeness(day, each) for each in asked.dates)


def _told(around: _Around) -> Iterator[Column]:
    """How many of the question's words stand in its text and in those around it."""
    every = range(len(around.sources))
    yield list(map(around.text.of, around.counts, around.sizes))
    yield [around.two.of(*around.window(at, 1, 0)) for at in every]
    yield [around.seven.of(*around.window(at, 3, 3)) for at in every]
    yield [around.talks[thread] for thread in around.thread_of]
    yield around.covers
    pairs, number = around.asked.pairs, len(around.asked.pairs) or 1
    yield [len(pairs.intersection(pairwise(found))) / number for found in around.found]


def _spoken(around: _Around) -> Iterator[Column]:
    """The manners of its text; what a model says tells nothing of what a person wants."""
    asked, asks, by_model = around.asked, around.asks, around.by_model
    texts = [source.text for source in around.sources]
    own = ["" if model else text[:BEGINNING] for text, model in _pairs(texts, by_model)]
    said = ["" if model else low[:BEGINNING] for low, model in _pairs(around.lower, by_model)]
    wishes = [holds_any(text, WISHES) for text in said]
    anew = not asked.looks_back
    yield _shown(names_time, around.lower, wanted="time" in asked.kinds)
    yield _shown(holds_number, around.lower, wanted="number" in asked.kinds)
    yield _shown(holds_name, texts, wanted="name" in asked.kinds)
    yield asks
    yield [0.0 if at is None else asks[at] for at in around.before]
    yield [float(holds_word(text, FIRST)) for text in own]
    yield [0.0 if model else long for long, model in _pairs(around.lengths, by_model)]
    yield list(map(float, wishes))
    yield [covers if model else 0.0 for covers, model in _pairs(around.covers, by_model)]
    own_wishes = [wish and source.who == YOU for wish, source in _pairs(wishes, around.sources)]
    yield [float(wish and anew and gives_rule(text)) for wish, text in _pairs(own_wishes, said)]
    yield _shown(partial(holds_any, phrases=PREFERENCES), said, wanted=anew)


def _shown(told: Callable[[str], bool], texts: Sequence[str], *, wanted: bool) -> Column:
    """Of which texts it is *told*; of none where that is not asked for."""
    return [float(told(text)) for text in texts] if wanted else [0.0] * len(texts)


_pairs = partial(zip, strict=True)

Column = Sequence[float]
"""One feature of all candidates."""
Counts = Mapping[str, int]
"""How often each of the question's words stands there, without those that do not."""


class _Around:
    """The candidates side by side: their counts, their neighbours, their threads."""

    def __init__(self, asked: Asked, candidates: Sequence[Candidate]) -> None:
        self.asked = asked
        self.sources = [each.source for each in candidates]
        best = max((each.bm25 for each in candidates), default=0.0) or 1.0
        self.words = [_share(each.bm25, best) for each in candidates]
        texts = [source.text for source in self.sources]
        self.lower = [text.lower() for text in texts]
        self.found = list(map(places(asked.roots, asked.names), texts, self.lower))
        self.counts: list[Counts] = [_counted(found) for found in self.found]
        self.covers = _covers(asked.weights, self.counts)
        self.sizes = list(map(len, texts))
        self.lengths = [min(1.0, log1p(size / 6) / 6) for size in self.sizes]
        self.by_model = [source.who == MODEL for source in self.sources]
        self.asks = [float(text.rstrip().endswith("?")) for text in texts]
        self.thread_of = [source.thread or source.entry for source in self.sources]
        """What stands in no thread is one of its own."""
        self.entries = {source.entry: source for source in self.sources}
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
        if heir is None or until is None or heir not in self.entries:
            return heir is not None
        return self.asked.day(self.entries[heir]) <= until

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
            if known != at:
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


def _covers(weights: Mapping[str, float], counts: Iterable[Counts]) -> list[float]:
    """The share of the question's words that each holds, by their weights."""
    every = sum(weights.values()) or 1.0
    return [sum(map(weights.__getitem__, found)) / every for found in counts]


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
