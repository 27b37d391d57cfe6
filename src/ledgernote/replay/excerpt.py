"""The words in hand for a plan, and the spans cut from them.

Where a question's words stand in a text, and the best run of sentences around them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from ledgernote.domain.entries import EventId
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Reason
from ledgernote.replay.called import Called
from ledgernote.replay.frame import marked, row, sendable
from ledgernote.replay.recipe import MODEL, YOU, Place, Source, Span, Who, Words
from ledgernote.replay.roots import finder

LOW, HIGH = 160, 220
"""Tokens of an excerpt, at least and about at most, where no more are asked for."""

_PIECE = 40  # tokens; LOW and one piece more stay within HIGH


def excerpt(
    text: str, words: Sequence[str], count: Callable[[str], int], most: int = HIGH
) -> tuple[int, int]:
    """Start and end of the best run of whole sentences of about *most* tokens, or 60 less, or of
    few tokens a quarter less.

    The best run holds the most of *words*, those that are rare in *text* counting more;
    then the earliest. A sentence of more than 40 tokens may be cut between words, and a
    word of more than 40 (base64, text without spaces) within.
    """
    if not text.strip():
        return 0, len(text)
    least = max(most - (HIGH - LOW), most * LOW // HIGH)
    pieces = _pieces(text, count, min(_PIECE, most - least))
    sizes = [count(text[start:end]) for start, end in pieces]
    find = finder(tuple(words))
    hits = [find(text[start:end]) for start, end in pieces]
    spread = Counter(each for found in hits for each in set(found))
    hit = [place for place, found in enumerate(hits) if found]
    best, best_value = (0, len(pieces)), -1.0
    for first, last in _runs(sizes, least):
        within = hit[bisect_left(hit, first) : bisect_left(hit, last)]
        inside = [each for place in within for each in hits[place]]
        value = sum(1 / spread[each] for each in set(inside)) + 0.01 * len(inside)
        if value > best_value + 1e-9:
            best, best_value = (first, last), value
    return _enough(text, [end for _, end in pieces], best, (count, least))


def _enough(
    text: str,
    ends: Sequence[int],
    run: tuple[int, int],
    size: tuple[Callable[[str], int], int],
) -> tuple[int, int]:
    """The characters of a run without the space around it; joined, pieces count less."""
    count, least = size
    starts = [0, *ends]
    first, last = run
    while True:
        shown = text[starts[first] : starts[last]]
        start = starts[first] + len(shown) - len(shown.lstrip())
        end = starts[first] + len(shown.rstrip())
        if count(text[start:end]) >= least or (first == 0 and last == len(ends)):
            return start, end
        first, last = (first, last + 1) if last < len(ends) else (first - 1, last)


def _runs(sizes: Sequence[int], least: int) -> Iterable[tuple[int, int]]:
    """The shortest run of *least* tokens from each piece on; the last ones reach back."""
    last, total = 0, 0
    for first, size in enumerate(sizes):
        while last < len(sizes) and total < least:
            total += sizes[last]
            last += 1
        if total < least:
            while first and total < least:
                first -= 1  # noqa: PLW2901
                total += sizes[first]
            yield first, last
            return
        yield first, last
        total -= size


_BREAK = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+|(?<=[。！？])|\n\s*")


def _pieces(text: str, count: Callable[[str], int], most: int) -> list[tuple[int, int]]:
    """Sentences with the space behind them; none of more than *most* tokens."""
    edges = sorted({0, *(match.end() for match in _BREAK.finditer(text)), len(text)})
    sentences = pairwise(edges)
    return [piece for each in sentences for piece in _halved(text, each, count, most)]


def _halved(
    text: str, piece: tuple[int, int], count: Callable[[str], int], most: int
) -> list[tuple[int, int]]:
    start, end = piece
    if end - start < 2 or count(text[start:end]) <= most:
        return [piece]
    middle = (start + end) // 2
    gaps = [gap.end() for gap in re.finditer(r"\s+", text[start:end])]
    inner = [start + gap for gap in gaps if start < start + gap < end]
    cut = min(inner, key=lambda at: abs(at - middle), default=middle)
    return _halved(text, (start, cut), count, most) + _halved(text, (cut, end), count, most)


class Clips:
    """The words of one plan, their token counts, and the spans cut from them.

    *about* are the words that say which part of a long text is shown, *earlier* knows the words
    of what was sent before, *count* the tokens of a text.
    """

    def __init__(self, about: Sequence[str], earlier: Words, count: Callable[[str], int]) -> None:
        self.count = lru_cache(maxsize=None)(lambda text: count(sendable(text)))
        self._query = tuple(about)
        self._earlier = earlier
        self._texts: dict[Place, str] = {}
        self.called: Mapping[bytes, Called] = {}
        """What each writer is called in the marks."""

    def words(self, place: Place) -> str:
        if place not in self._texts:
            self._texts[place] = self._earlier(place)
        return self._texts[place]

    def put(self, place: Place, text: str) -> Place:
        """Take *text* in hand as the words of *place*."""
        self._texts[place] = text
        return place

    def own(self, source: Source, reason: Reason = Reason.RECENT) -> Span:
        """All of the source without a mark: a turn's own words."""
        until = None if source.whole else source.start + len(source.text)
        place = Place(event=source.revision, start=source.start, end=until)
        self.put(place, source.text)
        return replace(self._span(source, place, reason), tokens=self.count(source.text))

    def row(self, source: Source, reason: Reason, limit: int = HIGH) -> Span:
        """A marked span: all of the source, or its best excerpt if it exceeds *limit* tokens."""
        return self.counted(self.cut(source, reason, limit))

    def counted(self, span: Span) -> Span:
        """The span with its tokens."""
        return replace(span, tokens=self.count(marked(span, self.words)))

    def cut(self, source: Source, reason: Reason, limit: int = HIGH) -> Span:
        """Like `row`, before its tokens are counted: that takes longer than all else."""
        start, end = 0, len(source.text)
        if self.count(source.text) > limit:
            start, end = excerpt(source.text, self._query, self.count, limit)
        whole = source.whole and (start, end) == (0, len(source.text))
        until = None if whole else source.start + end
        place = Place(event=source.revision, start=source.start + start, end=until)
        self.put(place, source.text[start:end])
        return self._span(source, place, reason, marked=True)

    def cost(self, spans: Iterable[Span], days: Collection[str] = ()) -> int:
        """Tokens that rows add to a block which has date headers for *days* already."""
        spans = tuple(spans)
        lines = sum(self.count(row(span, self.words) + "\n") for span in spans)
        new = {span.day for span in spans} - set(days)
        return lines + sum(self.count(f"## {day}\n") for day in new)

    def _span(self, source: Source, place: Place, reason: Reason, *, marked: bool = False) -> Span:
        who = {YOU: Who.YOU, MODEL: Who.MODEL}.get(source.who, Who.ACTOR)
        actor = source.actor if who is Who.ACTOR else None
        called = self.called[actor] if actor else Called(0)
        if actor:
            self.put(Place(event=EventId(actor), slot="name"), source.who)
        return Span(
            place=place,
            entry=source.entry,
            handle=source.handle,
            marked=marked,
            day=source.created.date().isoformat(),
            who=who,
            actor=actor,
            label=called.letters,
            sign=called.sign,
            reason=reason,
        )
