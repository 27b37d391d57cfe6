"""Lists of entries, drafts among them: the latest, those of a thread, all; and one by its name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ledgernote.domain.entries import Entry, EntryId, EventId, Kind, ProjectId, Status, ThreadId
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.ledger import drafts
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import (
    COLUMNS,
    DOWN,
    HANDLE_OF,
    REPLACED,
    UP,
    by_ids,
    from_rows,
    shown,
    whole,
)
from ledgernote.ledger.handles import resolve
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.places import lineage, moment, title_of
from ledgernote.ledger.privacy import is_private_draft

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

SELECT_LAST = """
    SELECT id FROM entry
     WHERE actor IN (SELECT id FROM actor WHERE name = CAST(?1 AS TEXT)) AND imported = 0
       AND removed = 0 AND (?2 IS NULL OR kind = ?2)
     ORDER BY hlc DESC LIMIT 1"""
OLDEST = "SELECT created, offset FROM entry ORDER BY created LIMIT 1"
_NOTE_BETWEEN = f"""
    SELECT id FROM entry
     WHERE created >= ? AND created < ? {{}} AND kind = 'note' AND removed = 0 AND muted = 0
       AND NOT {REPLACED}
     ORDER BY {DOWN} LIMIT 1"""
NOTE_BETWEEN = _NOTE_BETWEEN.format("")
NOTE_OF_PROJECT = _NOTE_BETWEEN.format("AND project = ?")
IS_THERE = "SELECT 1 FROM entry WHERE id = ? AND removed = 0"
PROJECT_NAME = "SELECT shown FROM project WHERE id = ?"


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
    found = list(from_rows(ledger, iter(rows)))
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
    found = [*from_rows(ledger, iter(rows)), *open_drafts(ledger, None, thread)]
    return sorted(found, key=lambda entry: entry.order)


def newer(ledger: Ledger, thread: ThreadId, hlc: int) -> list[Entry]:
    """What came into a thread after a moment of the ledger's clock, oldest first."""
    return list(from_rows(ledger, iter(ledger.rows(NEWER, (thread, hlc)))))


def every(reader: Reader, project: ProjectId | None = None) -> Iterator[Entry]:
    """Every entry with its whole text, in the one order and in constant memory."""
    sql, values = (EVERY, ()) if project is None else (EVERY_IN_PROJECT, (project,))
    rows = reader.stream(sql, values)
    for entry in from_rows(reader, rows):
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
        project=shown(reader, PROJECT_NAME, draft.project) or "inbox",
        thread=shown(reader, HANDLE_OF, draft.thread),
        thread_title=title_of(reader, draft.thread, None) if draft.thread else None,
        title=None,
        text=to_text(raw),
        size=len(raw),
        private=private,
        model=draft.model,
        actor=draft.model,
        created=moment(draft.created, draft.offset),
        reply_to=shown(reader, HANDLE_OF, draft.question),
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
