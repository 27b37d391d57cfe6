"""The full text index: one row a passage, at most 16 KB, in dense order of arrival.

Its words stand in `payload` only; the index reads them through a view. Whoever takes an
entry out of it must do so while the words are still what was indexed.
"""

from __future__ import annotations

import sqlite3

from ledgernote.domain.text import to_text
from ledgernote.ledger import signs
from ledgernote.ledger.migrations import GRAMS, INDEX_GRAMS, RULES

BLOCK = 12
"""2^12 rowids share one range of dates."""

SELECT_SIZE = """
    SELECT count(*), COALESCE(sum(length(body)), 0), COALESCE(max(instr(body, x'5B5B')), 0)
      FROM payload WHERE event = ? AND slot = 0"""
SELECT_PARTS = "SELECT part, body FROM payload WHERE event = ? AND slot = 0 ORDER BY part"
INSERT_PASSAGE = "INSERT INTO passage (entry, part, start, project) VALUES (?, ?, ?, ?)"
PLACE = "UPDATE passage SET project = ?2 WHERE entry = ?1 AND project IS NOT ?2"
SELECT_LAST = "SELECT COALESCE(max(id), 0) FROM passage_fts_docsize"
MARK_RULES = f"UPDATE passage SET rule = 1 WHERE rowid IN ({RULES} AND rowid > ?)"
WAITING = "passage_text.rowid > (SELECT COALESCE(max(id), 0) FROM passage_fts_docsize)"
SELECT_WAITING = """
    SELECT 1 FROM passage
     WHERE rowid > (SELECT COALESCE(max(id), 0) FROM passage_fts_docsize) LIMIT 1"""
SPAN_RANGES = f"""
    INSERT INTO passage_range (block, oldest, newest)
    SELECT passage_text.rowid >> 12, min(created), max(created)
      FROM passage_text JOIN entry ON entry.id = passage_text.entry
     WHERE {WAITING} GROUP BY 1
        ON CONFLICT (block) DO UPDATE SET
           oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)"""
INDEX = f"""
    INSERT INTO passage_fts (rowid, title, text)
    SELECT rowid, title, text FROM passage_text WHERE {WAITING}"""
UNINDEX = """
    INSERT INTO passage_fts (passage_fts, rowid, title, text)
    SELECT 'delete', rowid, title, text FROM passage_text WHERE entry = ?"""
INDEX_WAITING_GRAMS = INDEX_GRAMS.format(f" AND {WAITING}")
UNINDEX_GRAMS = f"""
    INSERT INTO passage_gram (passage_gram, rowid, title, text)
    SELECT 'delete', rowid, title_grams, text_grams FROM (
        SELECT {GRAMS} WHERE entry = ?)
     WHERE title_grams IS NOT NULL OR text_grams IS NOT NULL"""
DELETE_PASSAGES = "DELETE FROM passage WHERE entry = ?"
FORGET_VECTORS = """
    UPDATE vector SET body = NULL
     WHERE embedder IN (SELECT id FROM embedder)
       AND passage IN (SELECT rowid FROM passage WHERE entry = ?)"""
# The next passage gets the rowid of the last one that was taken out, and no vector yet.
WAIT_AGAIN = """
    UPDATE embedder SET upto = (SELECT COALESCE(max(rowid), 0) FROM passage)
     WHERE upto > (SELECT COALESCE(max(rowid), 0) FROM passage)"""


def size_of(connection: sqlite3.Connection, head: bytes) -> tuple[int, int, bool]:
    """Parts and bytes of the text of a revision, and whether there is a `[[` in it."""
    parts, size, link = connection.execute(SELECT_SIZE, (head,)).fetchone()
    return int(parts), int(size), link > 0


def _starts(connection: sqlite3.Connection, head: bytes, parts: int) -> list[int]:
    """The character at which each part begins."""
    if parts == 1:
        return [0]
    starts, start = [], 0
    for _, body in connection.execute(SELECT_PARTS, (head,)):
        starts.append(start)
        start += len(to_text(body))
    return starts


def add(
    connection: sqlite3.Connection, entry: bytes, text: tuple[bytes, int], project: bytes | None
) -> None:
    """Give each part of an entry's *text* (an event, its parts) a passage; `finish` indexes them.

    *project* as in `place`.
    """
    head, parts = text
    starts = _starts(connection, head, parts) if parts else []
    connection.executemany(
        INSERT_PASSAGE, [(entry, part, start, project) for part, start in enumerate(starts)]
    )


def place(connection: sqlite3.Connection, entry: bytes, project: bytes | None) -> None:
    """Say in which project an entry may be replayed; None where it is muted."""
    connection.execute(PLACE, (entry, project))


def finish(connection: sqlite3.Connection) -> None:
    """Index the passages that were added, by the words that the table `entry` names now.

    All at once, at the end of a transaction: whenever SQLite opens a savepoint (an INSERT
    with triggers does), FTS5 writes out what it has gathered, which costs more than the rest.
    """
    last = connection.execute(SELECT_LAST).fetchone()
    connection.execute(SPAN_RANGES)
    connection.execute(INDEX_WAITING_GRAMS)
    if connection.execute(INDEX).rowcount:
        connection.execute(MARK_RULES, last)
    signs.erase(connection.execute)


def remove(connection: sqlite3.Connection, entry: bytes) -> None:
    """Take the entry out, by the words that the table `entry` still names."""
    if connection.execute(SELECT_WAITING).fetchone():
        finish(connection)
    connection.execute(UNINDEX, (entry,))
    connection.execute(UNINDEX_GRAMS, (entry,))
    connection.execute(FORGET_VECTORS, (entry,))
    connection.execute(DELETE_PASSAGES, (entry,))
    connection.execute(WAIT_AGAIN)
