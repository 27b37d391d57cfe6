"""What means nearly what is searched for, beside what holds some of its words.

Only where no entry holds all the words: else the words are what was meant, and numpy with the
table of vectors takes longer to load than the search takes.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledgernote.domain import grams
from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import replace
from ledgernote.ledger import nearby
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.finding import Match, Matches
from ledgernote.ledger.nearness import Nearness, middle
from ledgernote.ledger.search import Search
from ledgernote.notebook import meaning
from ledgernote.notebook.notebook import Notebook

NEAR = 100
"""Passages that mean nearly the same, which are ranked with those that hold some words."""
LIKE = 4
"""The best of both, to which the meaning of the search is drawn: they say it in more words."""
ALIKE = 0.4
"""Cosine from which on what holds none of the words is shown."""
WEIGHT = 4.0
"""What a cosine of 1 counts, where the best match of the words counts 1."""
AT_FIRST = 0.5
"""The same, before the meaning is drawn to anything."""


def near(notebook: Notebook, asked: Search) -> Nearness | None:
    """How near passages are to what is searched for; None where nobody can tell."""
    if asked.order != "score":
        return None
    words = " ".join(group[0].text for group in asked.query.groups if group)
    if not any(map(str.isalpha, words)):  # a figure means nothing but itself
        return None
    found = meaning.near(notebook, notebook.ledger, words)
    # Of what it cannot read it would bring the rest alone, before what holds all of it.
    unread = found and [run for run in grams.runs(words) if not meaning.reads(notebook, run)]
    return None if unread else found


def with_meaning(
    reader: Reader, asked: Search, some: Matches, near: Nearness
) -> tuple[Matches, frozenset[EntryId]]:
    """Both together, best first, and the entries that none of the words has found."""
    known = _alike(reader, asked, near) | {one.rowid: one for one in some.found}
    drawn = near.toward([one.rowid for one in _ranked(near, known, AT_FIRST)[:LIKE]])
    best: dict[EntryId, Match] = {}
    for one in _ranked(drawn, known, WEIGHT):
        best.setdefault(one.entry, one)  # each entry with its best passage
    others = frozenset(best) - {one.entry for one in some.found}
    found = list(best.values())
    return replace(some, found=found, matching=some.matching + len(others)), others


def _alike(reader: Reader, asked: Search, near: Nearness) -> dict[int, Match]:
    """What may be shown without holding any of the words."""
    found = near.nearest(nearby.wanted(asked), NEAR)
    rowids = [rowid for rowid, cosine in found.items() if cosine >= ALIKE]
    return {one.rowid: one for one in nearby.read(reader, asked, rowids)}


def _ranked(near: Nearness, known: Mapping[int, Match], weight: float) -> list[Match]:
    """By the score of the words, as a share of the best, and by the meaning."""
    cosines = near.of(known)
    unknown = middle(cosines)
    most = max((one.score for one in known.values()), default=0.0) or 1.0
    scored = [
        replace(one, score=round(one.score / most + weight * cosines.get(rowid, unknown), 4))
        for rowid, one in known.items()
    ]
    return sorted(scored, key=lambda one: (one.score, one.created), reverse=True)
