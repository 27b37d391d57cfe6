"""What import and export ask the ledger: what came from where, and what stands beside an entry."""

from __future__ import annotations

from ledgernote.domain.entries import EntryId, ThreadId
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import IS_THERE, by_source, raw_text
from ledgernote.ledger.keep import New

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
TITLE = "SELECT title FROM entry WHERE id = ?"
TAGS = "SELECT name FROM entry_tag JOIN tag ON tag.id = entry_tag.tag WHERE entry_tag.entry = ?"


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


def title_and_tags(reader: Reader, entry: EntryId) -> tuple[str | None, set[str]]:
    """What an entry is called and labelled."""
    return reader.one(TITLE, (entry,))[0], {row[0] for row in reader.rows(TAGS, (entry,))}
