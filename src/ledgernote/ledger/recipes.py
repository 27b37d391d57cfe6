"""What the replay of a turn reads beside entries: recipes, words by event, who is gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ledgernote.domain.entries import EntryId, EventId, ProjectId, ThreadId
from ledgernote.domain.text import to_text
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.kinds import SLOT

CHUNK = 500
LAST_ANSWER = """
    SELECT born, entry.id FROM entry JOIN event ON event.id = born
     WHERE thread = ? AND entry.kind = 'answer' AND removed = 0
       AND json_extract(event.meta, '$.recipe') IS NOT NULL
     ORDER BY created DESC, entry.hlc DESC, entry.replica DESC, entry.rseq DESC LIMIT 1"""
SELECT_META = "SELECT meta FROM event WHERE id = ?"
SELECT_WORDS = "SELECT body FROM payload WHERE event = ? AND slot = ? ORDER BY part"
ACTOR_NAME = "SELECT name FROM actor WHERE id = ?"
IN_THREAD = """
    SELECT id FROM entry WHERE thread = ? ORDER BY created, hlc, replica, rseq"""
NOT_REMOVED = "SELECT id FROM entry WHERE removed = 0 AND id IN ({})"
BRIEF = "SELECT brief FROM project WHERE id = ?"
MADE_OF = """
    SELECT DISTINCT made_from.entry FROM made_from JOIN entry ON entry.id = made_from.entry
     WHERE made_from.source = ? AND removed = 0"""
BORN = "SELECT born FROM entry WHERE id = ?"


def last_with_recipe(reader: Reader, thread: ThreadId) -> tuple[EventId, EntryId] | None:
    """Event and id of the thread's newest answer whose context was kept."""
    row = reader.one(LAST_ANSWER, (thread,))
    return None if row is None else (EventId(row[0]), EntryId(row[1]))


def meta_of(reader: Reader, event: EventId) -> dict[str, Any]:
    """The numbers, ids and enumerations of an event."""
    plain: dict[str, Any] = json.loads(reader.one(SELECT_META, (event,))[0])
    return plain


def born(reader: Reader, entry: EntryId) -> EventId:
    """The event that made an entry."""
    return EventId(reader.one(BORN, (entry,))[0])


def words(reader: Reader, event: bytes, slot: str) -> str:
    """All words of a slot; empty where they were erased."""
    return to_text(b"".join(row[0] for row in reader.rows(SELECT_WORDS, (event, SLOT[slot]))))


def actor_name(reader: Reader, actor: bytes) -> str | None:
    """The name of an actor."""
    row = reader.one(ACTOR_NAME, (actor,))
    return None if row is None else str(row[0])


def thread_ids(reader: Reader, thread: ThreadId) -> list[EntryId]:
    """The entries of a thread, oldest first."""
    return [EntryId(row[0]) for row in reader.rows(IN_THREAD, (thread,))]


def not_removed(reader: Reader, ids: Sequence[bytes]) -> list[bytes]:
    """Those of *ids* that stand, in their order."""
    standing: set[bytes] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        sql = NOT_REMOVED.format(",".join("?" * len(chunk)))
        standing |= {row[0] for row in reader.rows(sql, list(chunk))}
    return [id_ for id_ in ids if id_ in standing]


def brief_event(reader: Reader, project: ProjectId) -> EventId | None:
    """The event that holds the project's brief."""
    row = reader.one(BRIEF, (project,))
    return None if row is None or row[0] is None else EventId(row[0])


def made_of(reader: Reader, entry: EntryId) -> list[EntryId]:
    """What was made from an entry and stands."""
    return [EntryId(row[0]) for row in reader.rows(MADE_OF, (entry,))]
