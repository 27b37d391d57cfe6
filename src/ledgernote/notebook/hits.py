"""What someone searches for, and what the search gave, as faces show it."""

from __future__ import annotations

from collections.abc import Iterator

from ledgernote.domain.entries import TIMES, Filter, Hit, Query, Term
from ledgernote.domain.frozen import frozen
from ledgernote.ledger import finding
from ledgernote.ledger.ways import terms
from ledgernote.replay.bounded import PARTS

_HELD = {
    (False, False): "all of the words; these hold some of them",
    (True, False): "all of the words; these hold some of them or are near in meaning",
    (True, True): "any of the words; these are near in meaning",
}
"""What is said where nothing holds all, by whether any and all hits are only near in meaning."""

WHY_NEAR = "near in meaning"
"""Why a hit is shown that no word has found."""


@frozen
class Found:
    """What a search gave."""

    hits: list[Hit]
    query: Query
    """What was looked for in the end, as it was read."""
    whole: int
    """How many of them, the first ones, hold all words; the rest hold some."""
    corrected: tuple[tuple[str, str], ...] = ()
    """Words that nothing holds, each with the one that was looked for instead."""
    matching: int = 0
    """How many match in all, these and those that the limit cut off."""
    uncounted: bool = False
    """There are more than that."""
    wider: bool = False
    """There may be: by a tag or a filter, of which no look was needed."""
    among: int | None = None
    """So many match that only the newest so many, as they arrived, were ranked."""
    held: bool = False
    """Something holds some of the words, shown or not, where nothing holds all."""
    where: str | None = None
    """The project that was searched; None: all of them, or those that the query names."""
    words: tuple[str, ...] = ()
    """Saved searches that stand as words, as they say more than an OR or a minus can take."""
    parts: int = 0
    """Words and filters that were typed."""
    absent: tuple[str, ...] = ()
    """What the query names and there is not, in sentences."""

    @property
    def freely(self) -> list[str]:
        """What was read otherwise than typed, in sentences."""
        said = [f"@{name} is a word there: {TOO_MUCH}" for name in self.words]
        more = '; several words take quotes: {}:"5 may"' if self.parts > 1 else ""
        said += [
            f"{term.text} is words there: {value!r} is no time, such as 7d, friday or 2026-05-01"
            f"{more.format(field.lower())}"
            for term in terms(self.query)
            for field, _, value in [term.text.partition(":")]
            if value and field.lower() in TIMES
        ]
        if (Term(text="OR"),) in self.query.groups and self.parts > 1:
            said.append(f"OR is a word there: {JOINS}")
        if self.parts > PARTS:
            said.append(f"of {self.parts:,} words and filters the first {PARTS} are looked for")
        said += self.absent
        said += [f"nothing holds {typed}; showing {meant}" for typed, meant in self.corrected]
        if self.hits and not self.whole:
            near = {hit.why == WHY_NEAR for hit in self.hits}
            said.append(f"nothing holds {_HELD[any(near), all(near) and not self.held]}")
        elif self.whole < len(self.hits):
            hold = f"{self.whole} hold" if self.whole > 1 else "holds"
            said.append(f"the first {hold} all of the words, the others some")
        return said

    def done(self, order: str) -> Iterator[str]:
        """What was looked through and ranked, in sentences."""
        yield f"looked in: {self.where or 'every project that the query leaves'}"
        ranked = f"the newest {self.among:,}, what is pinned or titled so" if self.among else "all"
        if self.hits and order == "score":
            yield f"ranked: {ranked} that match by {self.hits[0].why}"

    @property
    def cut(self) -> str:
        """`20 of 340`, `20 of more than 1,020`, `20 of many`; empty where all are shown."""
        if not self.uncounted and self.matching == len(self.hits):
            return ""
        of = "" if self.matching == len(self.hits) else f" of {self._how_many}"
        best = f", the best of the newest {self.among:,}" if self.among else ""
        return f"{len(self.hits)}{of}{best}"

    @property
    def _how_many(self) -> str:
        if self.uncounted and self.matching < finding.COUNTED:  # as many as the search had to read
            return "many"
        return f"{'more than ' * self.uncounted}{self.matching:,}{' or more' * self.wider}"


@frozen
class Wanted:
    """A query as typed, with the filters that options add."""

    text: str
    filters: tuple[Filter, ...] = ()
    everywhere: bool = False
    number: int = 20
    """0 means all."""
    exact: bool = False
    """Only what holds all words as they were typed; never the closest."""
    order: str = "score"
    """`score`, `new` or `old`."""
    like: str | None = None
    """A handle: what is like that entry, best first."""
    here: bool = False
    """The project was named: a saved search looks there too, not where it was saved."""


ORDERS = ("score", "new", "old")
JOINS = "it joins two words, phrases or filters; no word behind a minus, and not is:private"
TOO_MUCH = "only one word, phrase, filter or OR can stand in an OR or behind a minus"
