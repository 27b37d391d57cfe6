"""Taking back and bringing back: undo and redo are events of their own that name others.

A large step is taken back in several transactions, so that no other writer waits long; one
that was cut short in the middle is simply gone on with the next time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from ledgernote.domain.entries import EventId
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.kinds import SLOT
from ledgernote.ledger.writing import Writing

CHUNK = 800
"""Events named by one undo event: what one transaction of 250 ms can fold again."""

# The least replica, then the least above it, and so on: an index knows each without a scan.
REPLICAS = """
    WITH RECURSIVE known (id) AS (
        SELECT min(replica) FROM event
         UNION ALL SELECT (SELECT min(replica) FROM event WHERE replica > known.id)
                     FROM known WHERE known.id IS NOT NULL)
    SELECT id FROM known WHERE id IS NOT NULL"""
MINE = "SELECT id FROM actor WHERE name = CAST(?1 AS TEXT)"
STEP_OF = "SELECT step FROM event WHERE id = ?"
# Along one chain the clock only grows, so its newest is its last.
NEWEST_STEP = f"""
    SELECT hlc, replica, step FROM event
     WHERE replica = ?2 AND kind NOT IN ('undo', 'redo', 'purge', 'actor.new', 'tag.new')
       AND COALESCE(json_extract(meta, '$.writer'), lower(hex(actor))) IN (
               SELECT lower(hex(id)) FROM ({MINE}))
       AND COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0) = 0
     ORDER BY rseq DESC LIMIT 1"""
UNDONE_BY = f"""
    SELECT hlc, replica, entity, meta FROM event
     WHERE replica = ?2 AND kind = 'undo' AND actor IN ({MINE})
     ORDER BY rseq DESC"""
HOLDS = "SELECT 1 FROM verdict WHERE event = ? AND undone = 1 AND hlc = ?"
PENDING = """
    SELECT seq, id, entity, kind FROM event
     WHERE step = ?1 AND kind NOT IN ('undo', 'redo', 'purge')
       AND COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0) = ?2
     ORDER BY seq"""
DONE_IN = """
    SELECT kind, count(*), min(hlc), min(offset) FROM event
     WHERE step = ? AND kind NOT IN ('undo', 'redo', 'purge', 'actor.new', 'tag.new')
     GROUP BY kind ORDER BY min(seq)"""
STANDING = """
    SELECT DISTINCT handle.shown FROM event
      JOIN entry ON entry.id = event.entity JOIN handle ON handle.entity = entry.id
     WHERE event.step = ? AND event.kind = 'entry.new' ORDER BY 1"""


# By what a source calls it: another entry stands for the same thing now.
CAME_AGAIN = f"""
    SELECT count(*) FROM event
      JOIN payload AS ref ON ref.event = event.id AND ref.slot = {SLOT["ref"]}
      JOIN payload AS source ON source.event = event.id AND source.slot = {SLOT["source"]}
      JOIN entry ON entry.source = CAST(source.body AS TEXT)
                AND entry.ref = CAST(ref.body AS TEXT) AND entry.id != event.entity
     WHERE event.step = ?1 AND event.kind = 'entry.new' AND entry.removed = 0
       AND NOT EXISTS (SELECT 1 FROM event AS own WHERE own.id = entry.born AND own.step = ?1)
       AND NOT EXISTS (SELECT 1 FROM entry AS there WHERE there.id = event.entity)"""


class Named(NamedTuple):
    """An event that an undo or redo is to name."""

    seq: int
    id: bytes
    entity: bytes
    kind: str


def newest_step(reader: Reader, actor: str) -> bytes | None:
    """This actor's newest step that is not undone yet."""
    found = [
        tuple(row)
        for (replica,) in reader.rows(REPLICAS)
        for row in reader.rows(NEWEST_STEP, (to_bytes(actor), replica))
    ]
    return bytes(max(found)[2]) if found else None


def last_undone(reader: Reader, actor: str) -> bytes | None:
    """The step that this actor took back last and has not brought back."""
    found = []
    for (replica,) in reader.rows(REPLICAS):
        taken = reader.stream(UNDONE_BY, (to_bytes(actor), replica))
        found += [tuple(row[:3]) for row in islice(filter(partial(_holds, reader), taken), 1)]
    return bytes(max(found)[2]) if found else None


def _holds(reader: Reader, row: Sequence[Any]) -> bool:
    """Whether an undo is still the last word on something that it names."""
    hlc, meta = row[0], json.loads(row[3])
    return any(reader.one(HOLDS, (bytes.fromhex(id_), hlc)) for id_ in meta["events"])


def pending(reader: Reader, step: bytes, *, redo: bool = False) -> list[list[Named]]:
    """The events of a step that are still to be taken back, or with *redo* brought back.

    In chunks of some CHUNK events, one for each transaction. All of an entity stands in one of
    them, and what entries stand in goes last and comes first: no entry is ever there without
    the mark that makes it private.
    """
    things: dict[bytes, list[Named]] = {}
    for row in reader.stream(PENDING, (step, int(redo))):
        things.setdefault(row[2], []).append(Named(*row))
    order = sorted(things.values(), key=lambda each: (_is_of_entry(each), each[0].seq))
    chunks: list[list[Named]] = []
    for each in order if redo else reversed(order):
        if not chunks or len(chunks[-1]) + len(each) > CHUNK:
            chunks.append([])
        chunks[-1] += each
    return [sorted(chunk) for chunk in chunks]


def _is_of_entry(events: Sequence[Named]) -> bool:
    return any(event.kind.startswith("entry.") for event in events)


def take_back(tx: Writing, step: bytes, events: Sequence[Named], *, redo: bool = False) -> None:
    """Undo (or redo) *events* of a step."""
    meta = {"step": step.hex(), "events": [event.id.hex() for event in events]}
    tx.append("redo" if redo else "undo", step, meta)


class Done(NamedTuple):
    """How many events of a kind a step holds, and when it was begun."""

    kind: str
    times: int
    hlc: int
    offset: int


def done_in(reader: Reader, step: bytes) -> list[Done]:
    """What a step did, in the order it was done."""
    return [Done(*row) for row in reader.rows(DONE_IN, (step,))]


def step_of(reader: Reader, event: EventId) -> bytes:
    """The step that an event belongs to."""
    return bytes(reader.one(STEP_OF, (event,))[0])


def came_again(reader: Reader, step: bytes) -> int:
    """How many entries that a step made, and that were taken back, were taken in anew since."""
    return int(reader.one(CAME_AGAIN, (step,))[0])


def standing(reader: Reader, step: bytes) -> list[str]:
    """Handles of the entries that a step made and that stand."""
    return [row[0] for row in reader.rows(STANDING, (step,))]
