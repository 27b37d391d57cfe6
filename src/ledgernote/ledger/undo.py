"""Taking back and bringing back: undo and redo are steps of events like any other."""

from __future__ import annotations

from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.writing import Writing

CHUNK = 2_000
"""Events named by one undo event: what one transaction of 250 ms can fold again."""

NEWEST_STEP = """
    SELECT step FROM event
     WHERE COALESCE(json_extract(meta, '$.writer'), lower(hex(actor))) IN (
               SELECT lower(hex(id)) FROM actor WHERE name = CAST(?1 AS TEXT))
       AND kind NOT IN ('undo', 'redo', 'purge', 'actor.new', 'tag.new')
       AND COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0) = ?2
     ORDER BY hlc DESC, replica DESC, rseq DESC LIMIT 1"""
LAST_UNDONE = """
    SELECT entity FROM event AS taken
     WHERE kind = 'undo' AND actor IN (SELECT id FROM actor WHERE name = CAST(?1 AS TEXT))
       AND EXISTS (SELECT 1 FROM json_each(taken.meta, '$.events') AS named
                     JOIN verdict ON lower(hex(verdict.event)) = named.value
                    WHERE verdict.undone = 1 AND verdict.hlc = taken.hlc)
     ORDER BY hlc DESC, replica DESC, rseq DESC LIMIT 1"""
EVENTS_OF_STEP = """
    SELECT id FROM event WHERE step = ? AND kind NOT IN ('undo', 'redo', 'purge')
     ORDER BY seq"""


def newest_step(reader: Reader, actor: str) -> bytes | None:
    """This actor's newest step that is not undone yet."""
    row = reader.one(NEWEST_STEP, (to_bytes(actor), 0))
    return None if row is None else bytes(row[0])


def last_undone(reader: Reader, actor: str) -> bytes | None:
    """The step that this actor took back last and has not brought back."""
    row = reader.one(LAST_UNDONE, (to_bytes(actor),))
    return None if row is None else bytes(row[0])


def take_back(tx: Writing, step: bytes, *, redo: bool = False) -> int:
    """Undo (or redo) a step; gives the number of events it named."""
    named = [row[0].hex() for row in tx.rows(EVENTS_OF_STEP, (step,))]
    for start in range(0, len(named), CHUNK):
        chunk = named[start : start + CHUNK]
        tx.append("redo" if redo else "undo", step, {"step": step.hex(), "events": chunk})
    return len(named)
