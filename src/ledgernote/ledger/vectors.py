"""Where passages stand among meanings: vectors of an embedder, for as many as have got one.

Made of the words and of nothing else, so they can always be made again; and by a table of its
own for each embedder. What has none yet arrived last: `upto` is the last passage looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile

from ledgernote.domain.frozen import frozen
from ledgernote.ledger import signs
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.writing import Writing

EMBEDDER = "SELECT id, upto FROM embedder WHERE name = ?"
INSERT_EMBEDDER = "INSERT OR IGNORE INTO embedder (name, upto) VALUES (?, 0)"
SET_UPTO = "UPDATE embedder SET upto = max(upto, ?) WHERE id = ?"
START_AGAIN = "UPDATE embedder SET upto = 0 WHERE name = ?"
WAITING = """
    SELECT passage.rowid, passage.entry, entry.head, passage_text.title, passage_text.text
      FROM passage
      JOIN entry ON entry.id = passage.entry
      JOIN passage_text ON passage_text.rowid = passage.rowid
     WHERE passage.rowid > ?1
       AND NOT EXISTS (SELECT 1 FROM vector WHERE embedder = ?2 AND vector.passage = passage.rowid)
     ORDER BY passage.rowid LIMIT ?3"""
STANDING = """
    SELECT passage.rowid, passage.entry, entry.head, CASE part WHEN 0 THEN entry.title END
      FROM passage JOIN entry ON entry.id = passage.entry WHERE passage.rowid IN ({})"""
INSERT_VECTOR = "INSERT OR REPLACE INTO vector (embedder, passage, body) VALUES (?, ?, ?)"
MISSING = "SELECT count(*) FROM passage WHERE rowid > ?"
COUNTS = """
    SELECT (SELECT count(*) FROM vector WHERE embedder =
               (SELECT max(id) FROM embedder WHERE substr(name, 1, length(?1)) = ?1)),
           (SELECT count(*) FROM passage)"""


@frozen
class Waiting:
    """A passage without a vector."""

    rowid: int
    entry: bytes
    head: bytes
    title: str | None
    """Of the entry, at its first passage."""
    words: str

    @property
    def key(self) -> tuple[int, bytes, bytes, str | None]:
        """What tells whether it is still the same."""
        return self.rowid, self.entry, self.head, self.title

    @property
    def text(self) -> str:
        """What is embedded: the title says what the rest is about."""
        return f"{self.title}\n{self.words}" if self.title else self.words


@frozen(kw_only=False)
class Known:
    """An embedder as this ledger knows it."""

    id: int
    """0 while it has given no vector."""
    upto: int


def known(reader: Reader, name: str) -> Known:
    """How far an embedder has come."""
    row = reader.one(EMBEDDER, (name,))
    return Known(*row) if row else Known(0, 0)


def waiting(reader: Reader, embedder: Known, limit: int) -> list[Waiting]:
    """The next passages that have no vector, in order of arrival."""
    return [
        Waiting(rowid=rowid, entry=entry, head=head, title=title, words=words)
        for rowid, entry, head, title, words in reader.rows(
            WAITING, (embedder.upto, embedder.id, limit)
        )
    ]


def missing(reader: Reader, embedder: Known) -> int:
    """How many passages came after the last that was looked at."""
    return int(reader.one(MISSING, (embedder.upto,))[0])


def counts(reader: Reader, name: str) -> tuple[int, int]:
    """How many passages have a vector of the embedder whose name begins so; how many there are."""
    made, every = reader.one(COUNTS, (name,))
    return int(made), int(every)


def start_again(tx: Writing, name: str) -> None:
    """Look at all passages once more: some were left out that may be embedded now."""
    tx.execute(START_AGAIN, (name,))


def put(
    tx: Writing,
    name: str,
    looked_at: Sequence[Waiting],
    made: Mapping[int, tuple[bytes, bytes]],
) -> int:
    """Keep vectors and their signs (by rowid) of the next passages; those left out get none.
    A vector may be empty: there is none to be made.

    What was changed since it was read waits on. Gives the number that was looked at for good.
    """
    tx.execute(INSERT_EMBEDDER, (name,))
    embedder = known(tx, name).id
    now = {tuple(row) for row in tx.among(STANDING, [each.rowid for each in looked_at])}
    standing = list(takewhile(lambda each: each.key in now, looked_at))
    kept = [each.rowid for each in standing if each.rowid in made]
    for rowid in kept:
        tx.execute(INSERT_VECTOR, (embedder, rowid, made[rowid][0]))
    signs.put(tx.execute, embedder, [(rowid, made[rowid][1]) for rowid in kept if made[rowid][1]])
    if standing:
        tx.execute(SET_UPTO, (standing[-1].rowid, embedder))
    return len(standing)
