"""The full text index: one row a passage, at most 16 KB, in dense order of arrival.

Its words stand in `payload` only; the index reads them through a view. Whoever takes an
entry out of it must do so while the words are still what was indexed.
"""

from __future__ import annotations

import sqlite3

from ledgernote.domain.text import to_text

BLOCK = 12
"""2^12 rowids share one range of dates."""

SELECT_SIZE = """
    SELECT count(*), COALESCE(sum(length(body)), 0) FROM payload WHERE event = ? AND slot = 0"""
SELECT_PARTS = "SELECT part, body FROM payload WHERE event = ? AND slot = 0 ORDER BY part"
INSERT_PASSAGE = "INSERT INTO passage (entry, part, start) VALUES (?, ?, ?)"
INDEX = """
    INSERT INTO passage_fts (rowid, title, text)
    SELECT rowid, title, text FROM passage_text WHERE entry = ?"""
UNINDEX = """
    INSERT INTO passage_fts (passage_fts, rowid, title, text)
    SELECT 'delete', rowid, title, text FROM passage_text WHERE entry = ?"""
DELETE_PASSAGES = "DELETE FROM passage WHERE entry = ?"
SPAN_RANGE = """
    INSERT INTO passage_range (block, oldest, newest)
    SELECT rowid >> 12, ?2, ?2 FROM passage WHERE entry = ?1
        ON CONFLICT (block) DO UPDATE SET
           oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)"""


def size_of(connection: sqlite3.Connection, head: bytes) -> tuple[int, int]:
    """Parts and bytes of the text of a revision."""
    parts, size = connection.execute(SELECT_SIZE, (head,)).fetchone()
    return int(parts), int(size)


def _starts(connection: sqlite3.Connection, head: bytes, parts: int) -> list[int]:
    """The character at which each part begins."""
    if parts == 1:
        return [0]
    starts, start = [], 0
    for _, body in connection.execute(SELECT_PARTS, (head,)):
        starts.append(start)
        start += len(to_text(body))
    return starts


def add(connection: sqlite3.Connection, entry: bytes, head: bytes, created: int) -> None:
    """Index the words that the table `entry` names now."""
    parts, _ = size_of(connection, head)
    if parts == 0:
        return
    starts = _starts(connection, head, parts)
    connection.executemany(
        INSERT_PASSAGE, [(entry, part, start) for part, start in enumerate(starts)]
    )
    connection.execute(INDEX, (entry,))
    connection.execute(SPAN_RANGE, (entry, created))


def remove(connection: sqlite3.Connection, entry: bytes) -> None:
    """Take the entry out, by the words that the table `entry` still names."""
    connection.execute(UNINDEX, (entry,))
    connection.execute(DELETE_PASSAGES, (entry,))
