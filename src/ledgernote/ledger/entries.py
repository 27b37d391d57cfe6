"""Reading entries: rows of many tables become `Entry` values here.

A list shows the beginning of a long text (one passage); `whole` fetches the rest.
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ledgernote.domain.entries import (
    Entry,
    EntryId,
    EventId,
    Kind,
    Origin,
    Scope,
    Status,
    ThreadId,
    writer,
)
from ledgernote.domain.frozen import replace
from ledgernote.domain.images import Image
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.kinds import SLOT
from ledgernote.ledger.places import moment, title_of
from ledgernote.ledger.privacy import private_among

CHUNK = 500
"""Rows that become entries at a time."""

IMAGE = SLOT["image"]
# An edit may leave the words; what was imported has its edits behind it, and only a time tells.
_TEXT_OF = "SELECT part, body FROM payload WHERE event = entry.{} AND slot = 0"
# CASE: SQLite works out both sides of AND and OR, and a text may have 100 MB.
AS_SAID = f"""CASE WHEN (origin.kind = 'answer'
                    OR origin.kind = 'summary' AND origin.model IS NOT NULL)
               AND NOT (entry.imported AND entry.edited IS NOT NULL)
               THEN CASE WHEN entry.head = entry.born THEN 1 ELSE NOT EXISTS (
                   {_TEXT_OF.format("head")} EXCEPT {_TEXT_OF.format("born")}) END
               ELSE 0 END"""
IMAGE_OF = f"""
           CASE WHEN EXISTS (SELECT 1 FROM payload AS held WHERE held.event = entry.born
                                AND held.slot = {IMAGE} AND held.part = 0)
                THEN (SELECT json_extract(meta, '$.image') FROM event WHERE id = entry.born) END"""
COLUMNS = f"""
    SELECT entry.id, handle.shown, entry.kind, COALESCE(project.shown, 'inbox'),
           (SELECT shown FROM handle WHERE entity = entry.thread), thread.shown,
           entry.title, CAST(payload.body AS TEXT), entry.size,
           (SELECT group_concat(name, char(10)) FROM
               (SELECT DISTINCT name FROM entry_tag JOIN tag ON tag.id = entry_tag.tag
                 WHERE entry_tag.entry = entry.id ORDER BY name)),
           (SELECT scope FROM pin WHERE pin.entry = entry.id
               AND (until IS NULL OR until > strftime('%s', 'now') * 1000000)),
           entry.muted, entry.model, actor.name, entry.created, entry.offset, entry.edited,
           (SELECT shown FROM handle WHERE entity = entry.reply_to), entry.status,
           (SELECT shown FROM handle WHERE entity = entry.supersedes),
           EXISTS (SELECT 1 FROM entry AS newer WHERE newer.supersedes = entry.id),
           entry.source, entry.ref, entry.versions, entry.head, entry.hlc, entry.replica,
           entry.rseq, entry.thread, entry.actor, entry.supersedes,
           entry.reply_to,
           {IMAGE_OF},
           (SELECT shown FROM handle WHERE entity = origin.id),
           COALESCE(origin.model, (SELECT name FROM actor WHERE id = origin.actor)),
           {AS_SAID}
      FROM entry
      JOIN handle ON handle.entity = entry.id
      LEFT JOIN project ON project.id = entry.project
      LEFT JOIN thread ON thread.id = entry.thread
      LEFT JOIN actor ON actor.id = entry.actor
      LEFT JOIN payload ON payload.event = entry.head AND payload.slot = 0 AND payload.part = 0
      LEFT JOIN entry AS origin ON origin.id = entry.origin
"""

ORDER = "entry.created {0}, entry.hlc {0}, entry.replica {0}, entry.rseq {0}"
UP, DOWN = ORDER.format("ASC"), ORDER.format("DESC")
# What was erased has no words left: it is gone like what was removed, and replaces nothing. What
# replaced it still replaces what it did. UNION keeps each once, so that a circle comes to an end.
REPLACED = """CASE WHEN EXISTS (SELECT 1 FROM entry AS newer WHERE newer.supersedes = entry.id)
    THEN EXISTS (
        WITH RECURSIVE later (id) AS (
            SELECT id FROM entry AS newer WHERE newer.supersedes = entry.id
             UNION SELECT newer.id FROM entry AS newer JOIN later ON newer.supersedes = later.id)
        SELECT 1 FROM entry AS newer JOIN later ON later.id = newer.id
         WHERE newer.removed = 0 AND newer.size > 0 AND newer.id <> entry.id)
    ELSE 0 END"""
HEIR = f"""
    WITH RECURSIVE heir (id) AS (
        SELECT id FROM entry WHERE supersedes = ?1
         UNION SELECT entry.id FROM entry JOIN heir ON entry.supersedes = heir.id)
    SELECT entry.id FROM entry JOIN heir ON heir.id = entry.id
     WHERE entry.removed = 0 AND entry.size > 0 AND entry.id <> ?1
     ORDER BY {REPLACED}, {DOWN} LIMIT 1"""
"""The newest of what replaces an entry, and of what replaces that."""
KIN = """
    WITH RECURSIVE kin (id, older) AS (
        SELECT id, supersedes FROM entry WHERE id = ?
         UNION SELECT entry.id, entry.supersedes FROM entry
                 JOIN kin ON entry.supersedes = kin.id OR entry.id = kin.older)
    SELECT id FROM kin"""
BY_IDS = COLUMNS + " WHERE entry.id IN ({})"
SELECT_TEXT = "SELECT body FROM payload WHERE event = ? AND slot = ? ORDER BY part"
SOME = 64
"""Parts that are read at once of what may be long in the reading: no snapshot stays open."""
SELECT_SOME = f"""
    SELECT body FROM payload
     WHERE event = ? AND slot = 0 AND part >= ? ORDER BY part LIMIT {SOME}"""
HANDLE_OF = "SELECT shown FROM handle WHERE entity = ?"
BORN = "SELECT born FROM entry WHERE id = ?"


class _Row(NamedTuple):
    """The columns of `COLUMNS`."""

    id: bytes
    handle: str
    kind: str
    project: str
    thread_handle: str | None
    thread_name: str | None
    title: str | None
    text: str | None
    size: int
    tags: str | None
    pinned: str | None
    muted: int
    model: str | None
    actor: str | None
    created: int
    offset: int
    edited: int | None
    reply_to: str | None
    status: str
    supersedes: str | None
    superseded: int
    source: str | None
    ref: str | None
    versions: int
    head: bytes
    hlc: int
    replica: bytes
    rseq: int
    thread: bytes | None
    actor_id: bytes | None
    supersedes_id: bytes | None
    reply_to_id: bytes | None
    image: str | None
    origin: str | None
    origin_actor: str | None
    as_said: int | None


def _entry(reader: Reader, row: _Row, title: str | None) -> Entry:
    kind = Kind(row.kind)
    heir = heir_of(reader, row.id) if row.superseded else None
    return Entry(
        id=EntryId(row.id),
        handle=row.handle,
        kind=kind,
        project=row.project,
        thread=row.thread_handle,
        thread_title=title,
        title=row.title,
        text=row.text or "",
        size=row.size,
        tags=tuple(row.tags.split("\n")) if row.tags else (),
        pinned=Scope(row.pinned) if row.pinned else None,
        muted=bool(row.muted),
        model=row.model,
        actor=writer(kind, row.model, row.actor),
        created=moment(row.created, row.offset),
        edited=moment(row.edited, row.offset) if row.edited else None,
        reply_to=row.reply_to,
        status=Status(row.status),
        supersedes=row.supersedes,
        superseded_by=shown(reader, HANDLE_OF, heir) if heir else None,
        source=row.source,
        ref=row.ref,
        versions=row.versions,
        revision=EventId(row.head),
        order=(row.created, row.hlc, row.replica, row.rseq),
        thread_id=ThreadId(row.thread) if row.thread else None,
        actor_id=row.actor_id,
        reply_to_id=EntryId(row.reply_to_id) if row.reply_to_id else None,
        image=image_of(row.image) if row.image else None,
        supersedes_id=EntryId(row.supersedes_id) if row.supersedes_id else None,
        superseded_by_id=EntryId(heir) if heir else None,
        saved_from=_origin(row) if row.origin else None,
    )


def _origin(row: _Row) -> Origin:
    return Origin(row.origin or "", row.origin_actor or "", bool(row.as_said))


def image_of(kept: str) -> Image:
    """An image as the event that keeps it describes it."""
    found = json.loads(kept)  # a later version may say more of it
    return Image(
        media=found["media"], width=found["width"], height=found["height"], size=found["bytes"]
    )


def heir_of(reader: Reader, entry: bytes) -> bytes | None:
    """What replaces an entry, or what does that."""
    row = reader.one(HEIR, (entry,))
    return row[0] if row else None


def shown(reader: Reader, sql: str, id_: bytes | None) -> str | None:
    row = reader.one(sql, (id_,))
    return row[0] if row else None


def _chunk(reader: Reader, rows: Sequence[Any], titles: dict[bytes, str]) -> list[Entry]:
    private = private_among(reader, (row[0] for row in rows))
    entries = []
    for row in map(_Row._make, rows):
        if row.thread is not None and row.thread not in titles:
            titles[row.thread] = title_of(reader, row.thread, row.thread_name)
        entry = _entry(reader, row, None if row.thread is None else titles[row.thread])
        entries.append(replace(entry, private=True) if row.id in private else entry)
    return entries


def from_rows(reader: Reader, rows: Iterator[Any]) -> Iterator[Entry]:
    """The entries of rows of `COLUMNS`."""
    titles: dict[bytes, str] = {}
    while chunk := list(islice(rows, CHUNK)):
        yield from _chunk(reader, chunk, titles)


def kin(reader: Reader, entry: EntryId) -> list[EntryId]:
    """An entry, what it replaces and what replaces it, and so on."""
    return [EntryId(row[0]) for row in reader.rows(KIN, (entry,))]


def raw_text(reader: Reader, revision: bytes, slot: int = 0) -> bytes:
    """The bytes of one slot of an event; empty where they were erased."""
    return b"".join(row[0] for row in reader.rows(SELECT_TEXT, (revision, slot)))


def text_of(reader: Reader, revision: bytes, slot: int = 0) -> str:
    """The words of one slot of an event; empty where they were erased.

    Decoded part by part as they come: all bytes at once, and then all text, take a third longer.
    """
    decode = getincrementaldecoder("utf-8")("surrogateescape").decode
    texts = [decode(row[0]) for row in reader.stream(SELECT_TEXT, (revision, slot))]
    return "".join([*texts, decode(b"", final=True)])


def image_bytes(reader: Reader, entry: Entry) -> bytes:
    """The bytes of an entry's image; empty where it has none, or they were erased."""
    row = reader.one(BORN, (entry.id,)) if entry.image else None
    return raw_text(reader, row[0], IMAGE) if row else b""


def whole(reader: Reader, entry: Entry) -> Entry:
    """The entry with all of its text."""
    return entry if _is_whole(entry) else replace(entry, text=text_of(reader, entry.revision))


def _is_whole(entry: Entry) -> bool:
    if entry.status is Status.STREAMING or not entry.revision:
        return True
    return len(to_bytes(entry.text)) >= entry.size


def parts(reader: Reader, entry: Entry) -> Iterator[bytes]:
    """The bytes of an entry's text, part by part, read no sooner than they are taken."""
    if _is_whole(entry):
        yield to_bytes(entry.text)
        return
    at = 0
    while some := reader.rows(SELECT_SOME, (entry.revision, at)):
        yield from (body for (body,) in some)
        at += len(some)


def pieces(reader: Reader, entry: Entry) -> Iterator[str]:
    """The same as text."""
    decode = getincrementaldecoder("utf-8")("surrogateescape").decode
    yield from map(decode, parts(reader, entry))
    yield decode(b"", final=True)


def by_ids(reader: Reader, ids: Iterable[bytes]) -> list[Entry]:
    """Entries in the order of *ids*, removed ones too; those that never were are left out."""
    wanted = list(ids)
    rows = iter(reader.among(BY_IDS, wanted))
    found = {bytes(entry.id): entry for entry in from_rows(reader, rows)}
    return [found[id_] for id_ in wanted if id_ in found]
