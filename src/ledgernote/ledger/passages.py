"""Reading passages for replay: all that it asks of each, and nothing else, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledgernote.domain.entries import (
    EntryId,
    EventId,
    Kind,
    Passage,
    Status,
    ThreadId,
    said_by_model,
    writer,
)
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import AS_SAID, IMAGE_OF, heir_of, image_of
from ledgernote.ledger.places import moment
from ledgernote.ledger.privacy import private_among

PASSAGES = f"""
    SELECT passage.rowid, entry.id, handle.shown, entry.ref, entry.kind, entry.model, actor.name,
           entry.actor, entry.created, entry.offset, CAST(payload.body AS TEXT), passage.start,
           passage.part = 0 AND NOT EXISTS (
               SELECT 1 FROM passage AS more WHERE more.entry = passage.entry AND more.part > 0),
           entry.head, entry.thread,
           (SELECT earlier.id FROM entry AS earlier
             WHERE earlier.thread = entry.thread AND earlier.removed = 0
               AND (earlier.created, earlier.hlc, earlier.replica, earlier.rseq)
                 < (entry.created, entry.hlc, entry.replica, entry.rseq)
             ORDER BY earlier.created DESC, earlier.hlc DESC, earlier.replica DESC,
                      earlier.rseq DESC LIMIT 1),
           entry.reply_to, entry.source, {IMAGE_OF},
           EXISTS (SELECT 1 FROM entry AS newer WHERE newer.supersedes = entry.id),
           entry.supersedes, entry.status, entry.hlc, entry.replica, entry.rseq,
           CASE WHEN origin.id IS NOT NULL THEN {AS_SAID} END
      FROM passage
      JOIN entry ON entry.id = passage.entry
      JOIN payload ON payload.event = entry.head AND payload.slot = 0
                  AND payload.part = passage.part
      JOIN handle ON handle.entity = entry.id
      LEFT JOIN actor ON actor.id = entry.actor
      LEFT JOIN entry AS origin ON origin.id = entry.origin
     WHERE passage.rowid IN ({{}})"""


FIRST_OF = "SELECT entry, rowid FROM passage WHERE part = 0 AND entry IN ({})"


class _Row(NamedTuple):
    """The columns of `PASSAGES`."""

    rowid: int
    entry: bytes
    handle: str
    ref: str | None
    kind: str
    model: str | None
    actor: str | None
    actor_id: bytes | None
    created: int
    offset: int
    text: str
    start: int
    whole: int
    head: bytes
    thread: bytes | None
    previous: bytes | None
    reply_to: bytes | None
    source: str | None
    image: str | None
    superseded: int
    supersedes: bytes | None
    status: str
    hlc: int
    replica: bytes
    rseq: int
    as_said: int | None


def read(reader: Reader, scores: Mapping[int, float]) -> list[Passage]:
    """The passages of these rowids, in their order, each with its score."""
    rows = {row[0]: _Row._make(row) for row in reader.among(PASSAGES, scores)}
    private = private_among(reader, {row.entry for row in rows.values()})
    return [
        _passage(reader, rows[rowid], score, private=rows[rowid].entry in private)
        for rowid, score in scores.items()
    ]


def beside(reader: Reader, found: Mapping[int, Passage]) -> dict[int, list[int]]:
    """Of each passage the first one of the entry before it, and, if found, of that after it."""
    before = {each.previous for each in found.values() if each.previous}
    first = dict(reader.among(FIRST_OF, before))
    after = {each.previous: rowid for rowid, each in found.items() if each.start == 0}
    return {
        rowid: [
            other for other in (first.get(each.previous), after.get(each.id)) if other is not None
        ]
        for rowid, each in found.items()
    }


def _passage(reader: Reader, row: _Row, score: float, *, private: bool) -> Passage:
    kind = Kind(row.kind)
    heir = heir_of(reader, row.entry) if row.superseded else None
    return Passage(
        id=EntryId(row.entry),
        handle=row.handle,
        ref=row.ref,
        kind=kind,
        said_by_model=said_by_model(kind, row.model, as_said=bool(row.as_said)),
        model=row.model,
        actor=writer(kind, row.model, row.actor),
        actor_id=row.actor_id,
        created=moment(row.created, row.offset),
        text=row.text,
        start=row.start,
        whole=bool(row.whole),
        revision=EventId(row.head),
        thread_id=ThreadId(row.thread) if row.thread else None,
        previous=EntryId(row.previous) if row.previous else None,
        reply_to_id=EntryId(row.reply_to) if row.reply_to else None,
        source=row.source,
        image=image_of(row.image) if row.image else None,
        private=private,
        superseded_by_id=EntryId(heir) if heir else None,
        supersedes_id=EntryId(row.supersedes) if row.supersedes else None,
        status=Status(row.status),
        order=(row.created, row.hlc, row.replica, row.rseq),
        score=score,
    )
