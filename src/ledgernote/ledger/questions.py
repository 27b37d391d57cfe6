"""Questions as their asker looks for them again: newest first, by words, in a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledgernote.domain.entries import EntryId, ProjectId, ThreadId
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.places import moment

# The inner one walks an index backwards and stops: a tail costs the same in any ledger.
ASKED = """
    SELECT newest.id, CAST(payload.body AS BLOB), newest.created, newest.offset
      FROM (SELECT * FROM entry WHERE {place} ORDER BY created DESC, hlc DESC LIMIT ?2) AS newest
      JOIN actor ON actor.id = newest.actor AND actor.name = CAST(?3 AS TEXT)
      JOIN payload ON payload.event = newest.head AND payload.slot = 0 AND payload.part = 0
     WHERE newest.kind = 'question' AND newest.removed = 0 AND newest.size <= ?4 {holding}
     LIMIT ?5"""
IN_THREAD, IN_PROJECT, ANYWHERE = "thread = ?1", "project = ?1", "?1 IS NULL"
HOLDING = r" AND CAST(payload.body AS TEXT) LIKE CAST(?{} AS TEXT) ESCAPE '\'"


@frozen
class Sought:
    """Which questions are wanted."""

    actor: str
    place: ThreadId | ProjectId | None = None
    in_thread: bool = False
    """*place* is a thread."""
    words: Sequence[str] = ()
    """All of them stand in the question, wherever, in large or small letters."""
    deep: int = -1
    """So many of the newest entries of the place are looked through; -1: all."""
    longest: int = 2**31
    """Bytes; a longer one is not found."""
    number: int = 100


@frozen
class Asked:
    """A question that was found."""

    id: EntryId
    text: str
    """The first part of a very long one."""
    created: datetime


def asked(reader: Reader, sought: Sought) -> list[Asked]:
    """Questions of an actor, newest first."""
    place = ANYWHERE if sought.place is None else IN_THREAD if sought.in_thread else IN_PROJECT
    holding = "".join(HOLDING.format(6 + at) for at in range(len(sought.words)))
    sql = ASKED.format(place=place, holding=holding)
    values = (sought.place, sought.deep, to_bytes(sought.actor), sought.longest, sought.number)
    rows = reader.rows(sql, (*values, *map(_pattern, sought.words)))
    return [
        Asked(id=EntryId(row[0]), text=to_text(row[1]), created=moment(row[2], row[3]))
        for row in rows
    ]


def _pattern(word: str) -> bytes:
    for special in "\\%_":
        word = word.replace(special, f"\\{special}")
    return to_bytes(f"%{word}%")
