"""Everything that happened to one entry, as its events tell it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ledgernote.ledger.connection import Reader
from ledgernote.ledger.kinds import SLOT

EVENTS_OF = f"""
    SELECT event.id, event.kind, event.hlc, event.offset, actor.name, event.meta,
           EXISTS (SELECT 1 FROM payload
                    WHERE payload.event = event.id AND slot = {SLOT["text"]}),
           COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0)
      FROM event LEFT JOIN actor ON actor.id = event.actor
     WHERE event.entity = ?
     ORDER BY event.hlc, event.replica, event.rseq"""

EDITS = """
    SELECT count(*) FROM event
     WHERE entity = ? AND kind = 'entry.edit'
       AND COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0) = 0"""


class Event(NamedTuple):
    """One event of an entry."""

    id: bytes
    kind: str
    hlc: int
    offset: int
    actor: str | None
    meta: dict[str, Any]
    has_text: bool
    """It brought a text, which was not erased since."""
    undone: bool


def events_of(reader: Reader, entity: bytes) -> list[Event]:
    """The events of an entry in the one order of the log, those that were undone too."""
    return [
        Event(*row[:5], json.loads(row[5]), bool(row[6]), bool(row[7]))  # type: ignore[call-arg]
        for row in reader.rows(EVENTS_OF, (entity,))
    ]


def edits(reader: Reader, entity: bytes) -> int:
    """How often an entry was edited, those times aside that were undone."""
    return int(reader.one(EDITS, (entity,))[0])
