"""Reading entries: rows of many tables become `Entry` values here.

A list shows the beginning of a long text (one passage); `whole` fetches the rest.
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from ledgernote.domain.entries import (
    Entry,
    EntryId,
    EventId,
    Kind,
    Origin,
    ProjectId,
    Scope,
    Status,
    ThreadId,
    writer,
)
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.images import Image
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.ledger import drafts
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.kinds import SLOT
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.places import lineage, moment, resolve, title_of
from ledgernote.ledger.privacy import is_private_draft, private_among

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
# What was erased has no words left: it is gone like what was removed, and replaces nothing.
REPLACED = """EXISTS (SELECT 1 FROM entry AS newer
                WHERE newer.supersedes = entry.id AND newer.removed = 0 AND newer.size > 0)"""
# UNION keeps each once, so that entries which replace each other come to an end.
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
_LATEST = """entry.removed = 0 AND entry.created >= ?1
       AND (?2 IS NULL OR actor.name = CAST(?2 AS TEXT) OR entry.model = CAST(?2 AS TEXT))"""
LATEST = f"{COLUMNS} WHERE {_LATEST} ORDER BY {DOWN} LIMIT ?3"
LATEST_IN_PROJECT = f"{COLUMNS} WHERE entry.project = ?4 AND {_LATEST} ORDER BY {DOWN} LIMIT ?3"
IN_THREAD = f"""{COLUMNS} WHERE entry.thread = ? AND entry.removed = 0
       AND (entry.created, entry.hlc, entry.replica, entry.rseq) <= (?, ?, ?, ?)
     ORDER BY {UP}"""
NEWER = f"{COLUMNS} WHERE entry.thread = ? AND entry.hlc > ? AND entry.removed = 0 ORDER BY {UP}"
OF_THREAD = "SELECT id FROM entry WHERE thread = ?"
EVERY = COLUMNS + f" WHERE entry.removed = 0 ORDER BY {UP}"
EVERY_IN_PROJECT = COLUMNS + f" WHERE entry.project = ? AND entry.removed = 0 ORDER BY {UP}"

SELECT_TEXT = "SELECT body FROM payload WHERE event = ? AND slot = ? ORDER BY part"
SELECT_LAST = """
    SELECT id FROM entry
     WHERE actor IN (SELECT id FROM actor WHERE name = CAST(?1 AS TEXT)) AND imported = 0
       AND removed = 0 AND (?2 IS NULL OR kind = ?2)
     ORDER BY hlc DESC LIMIT 1"""
BORN = "SELECT born FROM entry WHERE id = ?"
OLDEST = "SELECT created, offset FROM entry ORDER BY created LIMIT 1"
_NOTE_BETWEEN = f"""
    SELECT id FROM entry
     WHERE created >= ? AND created < ? {{}} AND kind = 'note' AND removed = 0 AND muted = 0
       AND NOT {REPLACED}
     ORDER BY {DOWN} LIMIT 1"""
NOTE_BETWEEN = _NOTE_BETWEEN.format("")
NOTE_OF_PROJECT = _NOTE_BETWEEN.format("AND project = ?")
IS_THERE = "SELECT 1 FROM entry WHERE id = ? AND removed = 0"
BY_SOURCE = """
    SELECT id, head FROM entry
     WHERE source IS CAST(?1 AS TEXT) AND ref = CAST(?2 AS TEXT) AND (?3 IS NULL OR project = ?3)"""


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
        superseded_by=_shown(reader, HANDLE_OF, heir) if heir else None,
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


def _chunk(reader: Reader, rows: Sequence[Any], titles: dict[bytes, str]) -> list[Entry]:
    private = private_among(reader, (row[0] for row in rows))
    entries = []
    for row in map(_Row._make, rows):
        if row.thread is not None and row.thread not in titles:
            titles[row.thread] = title_of(reader, row.thread, row.thread_name)
        entry = _entry(reader, row, None if row.thread is None else titles[row.thread])
        entries.append(replace(entry, private=True) if row.id in private else entry)
    return entries


def _entries(reader: Reader, rows: Iterator[Any]) -> Iterator[Entry]:
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
    if entry.status is Status.STREAMING or not entry.revision:
        return entry
    if len(to_bytes(entry.text)) >= entry.size:
        return entry
    return replace(entry, text=text_of(reader, entry.revision))


def by_ids(reader: Reader, ids: Iterable[bytes]) -> list[Entry]:
    """Entries in the order of *ids*, removed ones too; those that never were are left out."""
    wanted = list(ids)
    rows = iter(reader.among(BY_IDS, wanted))
    found = {bytes(entry.id): entry for entry in _entries(reader, rows)}
    return [found[id_] for id_ in wanted if id_ in found]


@frozen
class Latest:
    """Which of the newest entries are wanted."""

    number: int = 20
    """0 means all."""
    project: ProjectId | None = None
    since: int | None = None
    """Microseconds since 1970."""
    actor: str | None = None


def latest(ledger: Ledger, wanted: Latest) -> list[Entry]:
    """The newest entries and drafts, oldest of them first."""
    actor = to_bytes(wanted.actor) if wanted.actor else None
    since = wanted.since if wanted.since is not None else -(2**63)
    values: list[object] = [since, actor, wanted.number or -1]
    if wanted.project is None:
        rows = ledger.rows(LATEST, values)
    else:
        rows = ledger.rows(LATEST_IN_PROJECT, [*values, wanted.project])
    found = list(_entries(ledger, iter(rows)))
    found += [
        entry
        for entry in open_drafts(ledger, wanted.project)
        if entry.order[0] >= since and wanted.actor in {None, entry.actor}
    ]
    found.sort(key=lambda entry: entry.order)
    return found[-wanted.number :] if wanted.number else found


def ids_in_thread(reader: Reader, thread: ThreadId) -> list[EntryId]:
    """All entries of a thread itself, those that were removed too."""
    return [EntryId(row[0]) for row in reader.rows(OF_THREAD, (thread,))]


def in_thread(ledger: Ledger, thread: ThreadId) -> list[Entry]:
    """All entries of a thread, with what it was forked from and its drafts, in the one order."""
    rows = [
        row
        for each, last in lineage(ledger, thread)
        for row in ledger.rows(IN_THREAD, (each, *last))
    ]
    found = [*_entries(ledger, iter(rows)), *open_drafts(ledger, None, thread)]
    return sorted(found, key=lambda entry: entry.order)


def newer(ledger: Ledger, thread: ThreadId, hlc: int) -> list[Entry]:
    """What came into a thread after a moment of the ledger's clock, oldest first."""
    return list(_entries(ledger, iter(ledger.rows(NEWER, (thread, hlc)))))


def every(reader: Reader, project: ProjectId | None = None) -> Iterator[Entry]:
    """Every entry with its whole text, in the one order and in constant memory."""
    sql, values = (EVERY, ()) if project is None else (EVERY_IN_PROJECT, (project,))
    rows = reader.stream(sql, values)
    for entry in _entries(reader, rows):
        yield whole(reader, entry)


def open_drafts(
    ledger: Ledger, project: ProjectId | None = None, thread: ThreadId | None = None
) -> list[Entry]:
    """Drafts as their readers see them: `streaming`, or `interrupted` when the owner died."""
    return [
        draft_entry(ledger, draft)
        for draft in drafts.read(ledger, ledger.state)
        if project in {None, draft.project} and thread in {None, draft.thread}
    ]


PROJECT_NAME = "SELECT shown FROM project WHERE id = ?"
HANDLE_OF = "SELECT shown FROM handle WHERE entity = ?"


def _shown(reader: Reader, sql: str, id_: bytes | None) -> str | None:
    row = reader.one(sql, (id_,))
    return row[0] if row else None


def draft_entry(reader: Reader, draft: drafts.Draft) -> Entry:
    """An answer in progress as its readers see it."""
    raw = drafts.text_of(reader, draft.id)
    private = is_private_draft(reader, draft.question, draft.project, draft.meta)
    status = draft.status
    if status is Status.INTERRUPTED and not raw:
        status = Status.FAILED
    return Entry(
        id=EntryId(draft.id),
        handle=draft.handle,
        kind=draft.kind,
        project=_shown(reader, PROJECT_NAME, draft.project) or "inbox",
        thread=_shown(reader, HANDLE_OF, draft.thread),
        thread_title=title_of(reader, draft.thread, None) if draft.thread else None,
        title=None,
        text=to_text(raw),
        size=len(raw),
        private=private,
        model=draft.model,
        actor=draft.model,
        created=moment(draft.created, draft.offset),
        reply_to=_shown(reader, HANDLE_OF, draft.question),
        status=status,
        revision=EventId(b""),
        thread_id=ThreadId(draft.thread) if draft.thread else None,
        reply_to_id=EntryId(draft.question) if draft.question else None,
        order=(draft.created, draft.created // 1000 << 16, b"", 0),
    )


def oldest(reader: Reader) -> datetime | None:
    """When the oldest entry was made."""
    row = reader.one(OLDEST)
    return None if row is None else moment(*row)


def note_between(reader: Reader, begin: int, end: int, project: ProjectId | None) -> EntryId | None:
    """The last note of a span of time, of a project or of all, that nothing replaces."""
    if project is None:
        row = reader.one(NOTE_BETWEEN, (begin, end))
    else:
        row = reader.one(NOTE_OF_PROJECT, (begin, end, project))
    return None if row is None else EntryId(row[0])


def last(reader: Reader, actor: str, kind: Kind | None = None) -> EntryId | None:
    """This actor's newest recorded entry, of that kind."""
    row = reader.one(SELECT_LAST, (to_bytes(actor), kind))
    return None if row is None else EntryId(row[0])


def find(ledger: Ledger, name: str, actor: str, *, removed: bool = False) -> Entry | None:
    """The entry or draft by handle, prefix, UUID, `@last`, `@last.answer` or `@last.note`.

    With *removed* also one that was removed. Raises `Ambiguous`.
    """
    wanted = name.removeprefix("@").lower()
    if wanted == "last" or wanted.startswith("last."):
        _, _, kind = wanted.partition(".")
        if kind and kind not in {str(known) for known in Kind}:
            return None
        id_: bytes | None = last(ledger, actor, Kind(kind) if kind else None)
    else:
        id_ = resolve(ledger, name, "entry")
    if id_ is not None and (removed or ledger.one(IS_THERE, (id_,)) is not None):
        return by_ids(ledger, [id_])[0]
    for entry in open_drafts(ledger):
        if entry.handle == wanted or (len(wanted) >= 4 and entry.handle.startswith(wanted)):
            return entry
    return None


def by_source(
    reader: Reader, source: str | None, ref: str, project: ProjectId | None
) -> list[tuple[bytes, bytes]]:
    """(id, head revision) of the entries that came from *source* under *ref*."""
    values = (None if source is None else to_bytes(source), to_bytes(ref), project)
    return [(row[0], row[1]) for row in reader.rows(BY_SOURCE, values)]


def is_there(reader: Reader, entry: bytes) -> bool:
    """Whether an entry of that id was ever kept here, removed or not."""
    return reader.one("SELECT 1 FROM entry WHERE id = ?", (entry,)) is not None
