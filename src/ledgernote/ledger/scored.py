"""The passages of some place that score best by some words, in the index of words or that of runs.

Common words stand in a third of all passages and tell little. So only what holds one of the rarer
words is scored, by all the words it holds, and no more of them than bring as many passages as are
wanted: what a question costs does not grow with the ledger. Nothing depends on arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any, TypeVar

from ledgernote.domain.accents import forms
from ledgernote.domain.entries import Term
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.apart import TITLE_WEIGHT
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.nearness import Where
from ledgernote.ledger.search import WORDS, any_of, matching, on, phrases

Word = TypeVar("Word")

COMMON = 100_000
"""Passages with a word that are counted at most."""
SCORED = 3_000
"""Passages that are scored for one question, about: scoring costs the same for each of them. What
this gives up stands in docs/decisions/0021."""
THERE = """
    SELECT count(*) FROM (
        SELECT 1 FROM passage_fts CROSS JOIN passage ON passage.rowid = passage_fts.rowid
         WHERE passage_fts MATCH CAST(:match AS TEXT){} LIMIT :most)"""
# The place is looked at before a passage is scored, which takes twice as long.
SCORES = f"""
    SELECT passage_fts.rowid, bm25(passage_fts, {TITLE_WEIGHT}, 1.0) AS score
      FROM passage_fts CROSS JOIN passage ON passage.rowid = passage_fts.rowid
     WHERE passage_fts MATCH CAST(:match AS TEXT){{}}
     ORDER BY score"""
ORDERS = """
    SELECT passage.rowid, entry.id, part, entry.created, entry.hlc, entry.replica, entry.rseq
      FROM passage JOIN entry ON entry.id = passage.entry WHERE passage.rowid IN ({})"""


class Index:
    """One of the two indexes, asked about one place: conditions on `passage`."""

    def __init__(self, reader: Reader, where: Where, name: str = WORDS) -> None:
        self._reader, self._where, self._name = reader, where, name

    def best(self, words: Sequence[str], limit: int, *, rarer: bool, reach: int) -> list[Any]:
        """The best rows, up to *limit*, that hold any of *words*; *rarer*: scored by those alone.

        A word that more than *reach* passages hold brings none, unless it is the rarest. A row is
        a rowid, its entry, its score (lower is better), its part and its order.
        """
        known = rarest(self._reader, words, SCORED, self._name)
        head = within(known, SCORED)
        there = self._there(head, limit)
        if there < limit:
            more = [word for word, number in known.items() if number > SCORED]
            known = {word: known[word] for word in known if word not in more}
            known |= rarest(self._reader, more, COMMON, self._name)
        rest = [word for word in known if word not in head]
        while there < limit and rest and (not head or known[rest[0]] <= reach):
            head.append(rest.pop(0))
            there += self._there(head[-1:], limit)
        return self._scored(head, () if rarer else rest, limit)

    def _there(self, words: Sequence[str], most: int) -> int:
        """How many passages of the place hold any of *words*, counted up to *most*."""
        asked = {**self._where.values, "match": to_bytes(match(words, self._name)), "most": most}
        return int(self._reader.one(self._asking(THERE), asked)[0]) if words else 0

    def _asking(self, sql: str) -> str:
        return on(self._name, sql).format(self._where.sql)

    def _scored(self, head: Sequence[str], tail: Sequence[str], limit: int) -> list[Any]:
        """The best rows of those that hold a word of the *head*, scored by all that they hold.

        FTS5 scores by what it is asked for, so it is asked twice: for one of the first words, and
        for one of the others too. What is found both times has its whole score the second time.
        """
        rare, others = match(head, self._name), match(tail, self._name)
        found: dict[int, float] = {}
        for each in [rare, f"({rare}) AND ({others})"] if others else [rare] if rare else []:
            asked = {**self._where.values, "match": to_bytes(each)}
            found |= _top(self._reader.stream(self._asking(SCORES), asked), limit)
        found = _top(sorted(found.items(), key=itemgetter(1)), limit)
        rows = [(*row[:2], found[row[0]], *row[2:]) for row in self._reader.among(ORDERS, found)]
        return sorted(rows, key=itemgetter(2, 4, 5, 6, 7, 3))[:limit]


def match(words: Iterable[str], index: str = WORDS) -> str:
    """What to ask an index for: any of *words*, with and without the accents of their script."""
    terms = [Term(text=form) for word in words for form in dict.fromkeys((word, *forms(word)))]
    return any_of(terms) if index == WORDS else phrases(terms)


def rarest(reader: Reader, words: Iterable[str], most: int, index: str = WORDS) -> dict[str, int]:
    """Words with how many passages hold them, counted up to one more than *most*; rarest first."""
    found = {word: matching(reader, index, match([word], index), most + 1) for word in words}
    return {word: found[word] for word in sorted(filter(found.get, found), key=found.__getitem__)}


def within(known: Mapping[Word, int], most: int) -> list[Word]:
    """The first of them, which no more than *most* passages hold together."""
    sums = accumulate(known.values())
    return [word for word, there in zip(known, sums, strict=True) if there <= most]


def _top(rows: Iterable[tuple[int, float]], limit: int) -> dict[int, float]:
    """The first *limit*, and those that score as much as the last of them."""
    top: dict[int, float] = {}
    last = 0.0
    for rowid, score in rows:
        if len(top) >= limit and score != last:
            break
        top[rowid] = last = score
    return top
