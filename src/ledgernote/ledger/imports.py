"""What import and export ask the ledger: what came from where, and what stands beside an entry."""

from __future__ import annotations

import json

from ledgernote.domain.entries import EntryId, Kind, ProjectId, ThreadId
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import raw_text
from ledgernote.ledger.keep import New
from ledgernote.ledger.lists import IS_THERE
from ledgernote.ledger.privacy import said_at_home

THREADS = """
    SELECT source, id FROM thread
     WHERE source >= CAST(?1 AS TEXT) AND source < CAST(?2 AS TEXT)"""
IS_OTHER = """
    SELECT 1 FROM event WHERE entity = ?1
       AND kind LIKE '%.new' AND kind != ?2 || '.new'
     UNION ALL SELECT 1 FROM project WHERE id = ?1 LIMIT 1"""
REVISIONS = """
    SELECT id FROM event WHERE entity = ? AND kind IN ('entry.new', 'entry.edit') AND id != ?"""
BESIDE = """
    SELECT until, CASE scope WHEN 'thread' THEN place END, origin
      FROM entry LEFT JOIN pin ON pin.entry = entry.id WHERE entry.id = ?"""
WHOM = """
    SELECT entry.kind, json_extract(meta, '$.models'), json_extract(meta, '$.remote'),
           json_extract(meta, '$.once'), imported = 0 AND model IS NOT NULL
      FROM entry JOIN event ON event.id = born WHERE entry.id = ?"""
ANSWERED_AWAY = """
    SELECT max(COALESCE(json_extract(meta, '$.remote'), 0))
      FROM entry JOIN event ON event.id = born
     WHERE reply_to = ? AND entry.kind = 'answer' AND model IS NOT NULL
       AND (imported = 0 OR json_extract(meta, '$.remote') IS NOT NULL)"""
LIVE = "NOT COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0)"
TAGGED_THERE = f"""
    SELECT tag.name, event.id FROM event
      JOIN tag ON lower(hex(tag.id)) = json_extract(event.meta, '$.tag')
      JOIN entry_tag ON entry_tag.entry = event.entity AND entry_tag.tag = tag.id
     WHERE event.entity = ?1 AND event.kind = 'entry.tag' AND {LIVE}
       AND json_extract(event.meta, '$.imported')
       AND NOT EXISTS (SELECT 1 FROM private_mark WHERE private_mark.entity = tag.id)
       AND lower(hex(event.id)) NOT IN (
           SELECT seen.value FROM event AS off, json_each(off.meta, '$.seen') AS seen
            WHERE off.entity = ?1 AND off.kind = 'entry.untag')"""
REMOVED_WITH = f"""
    SELECT json_extract(meta, '$.with_file') FROM event
      JOIN entry ON entry.id = event.entity AND entry.removed
     WHERE entity = ? AND event.kind = 'entry.remove' AND {LIVE}
     ORDER BY event.hlc DESC, event.replica DESC, event.rseq DESC LIMIT 1"""
PURGED = "SELECT 1 FROM event WHERE entity = ? AND kind = 'purge'"
HEAD = "SELECT head FROM entry WHERE id = ?"
TITLE = "SELECT title FROM entry WHERE id = ?"
TAGS = "SELECT name FROM entry_tag JOIN tag ON tag.id = entry_tag.tag WHERE entry_tag.entry = ?"
BY_SOURCE = """
    SELECT id, head FROM entry
     WHERE source IS CAST(?1 AS TEXT) AND ref = CAST(?2 AS TEXT) AND (?3 IS NULL OR project = ?3)"""
EVER = "SELECT 1 FROM entry WHERE id = ?"


def thread_source(source: str, native: str) -> str:
    """How a thread's origin is written: `chatgpt/6789-…`."""
    return f"{source}/{native}"


def threads_from(reader: Reader, source: str) -> dict[str, ThreadId]:
    """The threads that came from *source*, by origin: one walk over all threads."""
    first = to_bytes(thread_source(source, ""))
    after = first[:-1] + bytes([first[-1] + 1])
    return {row[0]: ThreadId(row[1]) for row in reader.rows(THREADS, (first, after))}


def is_other(reader: Reader, id_: bytes, thing: str) -> bool:
    """Whether that is the id of something that is no *thing*: `entry`, `thread`."""
    return reader.one(IS_OTHER, (id_, thing)) is not None


def by_source(
    reader: Reader, source: str | None, ref: str, project: ProjectId | None
) -> list[tuple[bytes, bytes]]:
    """(id, head revision) of the entries that came from *source* under *ref*."""
    values = (None if source is None else to_bytes(source), to_bytes(ref), project)
    return [(row[0], row[1]) for row in reader.rows(BY_SOURCE, values)]


def is_there(reader: Reader, entry: bytes) -> bool:
    """Whether an entry of that id was ever kept here, removed or not."""
    return reader.one(EVER, (entry,)) is not None


def same(reader: Reader, new: New) -> EntryId | None:
    """The entry that stands with the (source, ref) and the text of *new*.

    A name without a source is one within its project.
    """
    place = None if new.source is not None else new.project
    found = by_source(reader, new.source, new.ref or "", place)
    standing = (each for each in found if reader.one(IS_THERE, (each[0],)))
    known = (one for one, head in standing if ever_said(reader, one, head, new.text))
    return next(map(EntryId, known), None)


def ever_said(reader: Reader, entry: bytes, head: bytes, text: bytes) -> bool:
    """Whether any revision of the entry has exactly that text."""
    if raw_text(reader, head) == text:
        return True
    rows = reader.rows(REVISIONS, (entry, head))
    return any(raw_text(reader, row[0]) == text for row in rows)


def beside(reader: Reader, entry: EntryId) -> tuple[int | None, bytes | None, bytes | None]:
    """When a pin ends, the thread that it is for, and the entry that this was saved from."""
    until, thread, origin = reader.one(BESIDE, (entry,))
    return until, thread, origin


def whom(reader: Reader, entry: EntryId) -> dict[str, object]:
    """Whom a question was put to, and whether what it or its answer says was told remote models.

    `remote` is None where nobody knows, as of what was answered elsewhere.
    """
    kind, models, remote, once, is_ours = reader.one(WHOM, (entry,))
    if models is not None:
        named = json.loads(models)
        away = bool(remote) if named or remote else _answered_away(reader, entry)
        return {"models": named, "remote": away, "once": bool(once)}
    told = is_ours if kind == Kind.ANSWER else said_at_home(reader, [entry])
    known = told or remote is not None
    return {"models": None, "remote": bool(remote) if known else None, "once": None}


def _answered_away(reader: Reader, question: EntryId) -> bool | None:
    """Whether a remote model answered, where nobody knows whom it was put to; None: none did."""
    (away,) = reader.one(ANSWERED_AWAY, (question,))
    return None if away is None else bool(away)


def title_and_tags(reader: Reader, entry: EntryId) -> tuple[str | None, set[str]]:
    """What an entry is called and labelled."""
    return reader.one(TITLE, (entry,))[0], {row[0] for row in reader.rows(TAGS, (entry,))}


def tagged_there(reader: Reader, entry: EntryId) -> list[tuple[str, bytes]]:
    """The tags that an entry brought along from where it came, each with its event.

    Without those that keep it private: no file makes anything less private.
    """
    return [(row[0], row[1]) for row in reader.rows(TAGGED_THERE, (entry,))]


def is_removed_with_file(reader: Reader, entry: EntryId) -> bool:
    """Whether it is hidden because what it came from was gone, and for no other reason."""
    row = reader.one(REMOVED_WITH, (entry,))
    return row is not None and bool(row[0])


def is_purged(reader: Reader, entry: EntryId) -> bool:
    """Whether its words were erased for good."""
    return reader.one(PURGED, (entry,)) is not None


def is_shown(reader: Reader, entry: EntryId) -> bool:
    """Whether it stands, and nobody has hidden it."""
    return reader.one(IS_THERE, (entry,)) is not None


def head(reader: Reader, entry: EntryId) -> bytes | None:
    """The event that holds its text; None when its creation was undone."""
    row = reader.one(HEAD, (entry,))
    return None if row is None else bytes(row[0])
