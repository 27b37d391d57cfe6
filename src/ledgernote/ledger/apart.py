"""A few passages in an index of their own, in memory: their order, and the words that matched.

The index on disk is slow to say either of few passages: it counts a word in all passages before
it scores one, gathers all beginnings for each passage that it is asked about, and its snippets
end at a NUL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from ledgernote.domain.entries import MARK_OFF, MARK_ON
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.ledger.connection import Reader

TITLE_WEIGHT = 3.0
ROOM = 400_000
"""Characters that are ranked for one query: a hundredth of a second."""

TEXTS = "SELECT rowid, title, text FROM passage_text WHERE rowid IN ({})"
TOGETHER = 50
"""Texts that are read at once: one by one takes twice as long."""
MAKE = """
    CREATE VIRTUAL TABLE apart USING fts5 (
        title, text, tokenize = 'porter unicode61 remove_diacritics 2')"""
PUT = "INSERT INTO apart (rowid, title, text) VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT))"
RANKS = f"""
    SELECT rowid, bm25(apart, {TITLE_WEIGHT}, 1.0) FROM apart
     WHERE apart MATCH CAST(? AS TEXT)"""
MARKED = f"""
    SELECT rowid, snippet(apart, 1, '{MARK_ON}', '{MARK_OFF}', '…', 40) FROM apart
     WHERE apart MATCH CAST(? AS TEXT)"""


def ranks(reader: Reader, rowids: Sequence[int], match: str) -> dict[int, float]:
    """How well passages match among themselves, as bm25 says it: the best is the lowest."""
    with _index(reader, rowids, ROOM) as index:
        return dict(index.execute(RANKS, (to_bytes(match),)).fetchall())


def marked(reader: Reader, rowids: Sequence[int], match: str) -> dict[int, str]:
    """The piece of each passage where its words match, with marks around them."""
    with _index(reader, rowids) as index:
        return dict(index.execute(MARKED, (to_bytes(match),)).fetchall())


@contextmanager
def _index(
    reader: Reader, rowids: Sequence[int], room: int | None = None
) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as index:
        index.text_factory = to_text
        index.execute(MAKE)
        index.execute("BEGIN")
        index.executemany(PUT, _fitting(reader, rowids, room))
        index.execute("COMMIT")
        yield index


def _fitting(
    reader: Reader, rowids: Sequence[int], room: int | None
) -> Iterator[tuple[int, bytes, bytes]]:
    used = 0
    for start in range(0, len(rowids), TOGETHER):
        some = rowids[start : start + TOGETHER]
        found = {row[0]: row for row in reader.among(TEXTS, some)}
        for rowid, *texts in (found[one] for one in some if one in found):
            if room is not None and used > room:
                return
            title, text = (to_bytes((each or "").replace("\0", " ")) for each in texts)
            used += len(text)
            yield rowid, title, text
