"""What an import asks the ledger: what came from where, and as what."""

from __future__ import annotations

from ledgernote.domain.entries import EntryId, ProjectId, ThreadId
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import raw_text

THREADS = """
    SELECT source, id FROM thread
     WHERE source >= CAST(?1 AS TEXT) AND source < CAST(?2 AS TEXT)"""
BY_HANDLE = "SELECT entity FROM handle WHERE shown = CAST(? AS TEXT) AND thing = ?"
BY_NAME = "SELECT id FROM thread WHERE project = ? AND shown = CAST(? AS TEXT)"
REVISIONS = """
    SELECT id FROM event WHERE entity = ? AND kind IN ('entry.new', 'entry.edit') AND id != ?"""
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


def by_handle(reader: Reader, name: str, thing: str) -> bytes | None:
    """The `entry` or `thread` of exactly that handle: names in files are no prefixes."""
    row = reader.one(BY_HANDLE, (to_bytes(name.removeprefix("@").lower()), thing))
    return None if row is None else bytes(row[0])


def by_name(reader: Reader, project: ProjectId, name: str) -> ThreadId | None:
    """The thread of the project that is shown by exactly that name."""
    row = reader.one(BY_NAME, (project, to_bytes(clean_name(name))))
    return None if row is None else ThreadId(row[0])


def ever_said(reader: Reader, entry: bytes, head: bytes, text: bytes) -> bool:
    """Whether any revision of the entry has exactly that text."""
    if raw_text(reader, head) == text:
        return True
    rows = reader.rows(REVISIONS, (entry, head))
    return any(raw_text(reader, row[0]) == text for row in rows)


def title_and_tags(reader: Reader, entry: EntryId) -> tuple[str | None, set[str]]:
    """What an entry is called and labelled."""
    return reader.one(TITLE, (entry,))[0], {row[0] for row in reader.rows(TAGS, (entry,))}
