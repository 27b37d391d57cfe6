"""What the replay of a turn reads beside entries: recipes, words by event, who is gone."""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Sequence
from typing import Any, NamedTuple

from ledgernote.domain.entries import EntryId, EventId, Kind, Order, ProjectId, ThreadId
from ledgernote.domain.text import to_text
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.kinds import SLOT
from ledgernote.ledger.places import ENDLESS, lineage

UP_TO = "AND (entry.created, entry.hlc, entry.replica, entry.rseq) <= (?2, ?3, ?4, ?5)"
LAST_ANSWER = f"""
    SELECT born, entry.id FROM entry JOIN event ON event.id = born
     WHERE thread = ?1 {UP_TO} AND removed = 0
       AND (entry.kind = ?7
            OR entry.kind = 'summary' AND entry.status = 'complete' AND entry.muted = 0)
       AND json_extract(event.meta, '$.recipe.frame') <= ?6
     ORDER BY created DESC, entry.hlc DESC, entry.replica DESC, entry.rseq DESC LIMIT 1"""
SELECT_META = "SELECT meta FROM event WHERE id = ?"
SELECT_WORDS = """
    SELECT body FROM payload
     WHERE event = COALESCE((SELECT born FROM entry WHERE id = ?1), ?1) AND slot = ?2
     ORDER BY part"""
BORN_OF = "SELECT born FROM event JOIN entry ON entry.id = event.entity WHERE event.id = ?"
ACTOR_NAME = "SELECT name FROM actor WHERE id = ?"
ACTOR_NAMES = "SELECT name FROM actor"
NEWEST_FIRST = "ORDER BY entry.created DESC, entry.hlc DESC, entry.replica DESC, entry.rseq DESC"
NEWEST_OF = f"""
    SELECT id FROM entry WHERE thread = ?1 {UP_TO} AND removed = 0 {NEWEST_FIRST} LIMIT ?6"""
SINCE = f"""
    SELECT id FROM entry
     WHERE thread = ?1 {UP_TO} AND removed = 0 AND hlc > ?6 AND (imported = 0 OR created > ?7)
    {NEWEST_FIRST} LIMIT ?8"""
# Of several answers to a question the newest counts.
OF_LINE = f"""
    SELECT id FROM entry
     WHERE thread = ?1 {UP_TO} AND removed = 0 AND muted = 0 AND size > 0 AND kind != 'summary'
       AND (created, hlc, replica, rseq) > (?6, ?7, ?8, ?9)
       AND NOT (kind = 'answer' AND EXISTS (
               SELECT 1 FROM entry AS other
                WHERE other.reply_to = entry.reply_to AND other.kind = 'answer'
                  AND other.removed = 0 AND other.muted = 0 AND other.size > 0
                  AND (other.created, other.hlc, other.replica, other.rseq)
                    > (entry.created, entry.hlc, entry.replica, entry.rseq)))
    {NEWEST_FIRST}"""
HANDLES_OF = "SELECT entity, shown FROM handle WHERE entity IN ({})"
ASKED_AT = """
    SELECT hlc, json_extract(meta, '$.created') FROM event
     WHERE entity = ? AND kind = 'entry.new'"""
SYSTEM_OF = f"""
    SELECT born FROM entry
     WHERE thread = ?1 {UP_TO} AND kind = 'question' AND imported = 0
       AND EXISTS (SELECT 1 FROM payload WHERE event = born AND slot = {SLOT["system"]})
    {NEWEST_FIRST} LIMIT 1"""
# What was answered elsewhere says nothing of where that was; our own export does.
OURS = "(imported = 0 OR json_extract(event.meta, '$.remote') IS NOT NULL)"
MEANT_ONCE = """
    EXISTS (SELECT 1 FROM entry AS asked JOIN event AS put ON put.id = asked.born
             WHERE asked.id IN ({}) AND json_extract(put.meta, '$.once'))"""
LAST_MODEL = f"""
    SELECT COALESCE(model, json_extract(event.meta, '$.models[0]')),
           json_extract(event.meta, '$.remote')
      FROM entry JOIN event ON event.id = entry.born
     WHERE thread = ?1 {UP_TO} AND removed = 0
       AND (entry.kind = 'answer' AND model IS NOT NULL AND {OURS}
            OR entry.kind = 'question' AND NOT COALESCE(json_extract(event.meta, '$.remote'), 0)
               AND json_array_length(event.meta, '$.models') = 1)
       AND NOT {MEANT_ONCE.format("entry.id, entry.reply_to")}
    {NEWEST_FIRST} LIMIT 1"""
DRAFTING = f"""
    SELECT model, json_extract(meta, '$.remote') FROM draft
     WHERE thread = ? AND json_extract(meta, '$.kind') IS NULL
       AND NOT {MEANT_ONCE.format("draft.question")}
     ORDER BY created DESC, id DESC LIMIT 1"""
PUT_TO = """
    SELECT json_extract(meta, '$.models'), json_extract(meta, '$.remote'),
           json_extract(meta, '$.once')
      FROM event JOIN entry ON entry.born = event.id WHERE entry.id = ?"""
ASKED_SINCE = f"""
    SELECT model, remote FROM (
        SELECT model, created, json_extract(event.meta, '$.remote') AS remote
          FROM entry JOIN event ON event.id = entry.born
         WHERE reply_to = ?1 AND entry.kind = 'answer' AND {OURS} AND removed = 0
           AND model IS NOT NULL
        UNION ALL
        SELECT model, created, json_extract(meta, '$.remote') FROM draft WHERE question = ?1)
     ORDER BY created DESC LIMIT 1"""
ENTITY_OF = "SELECT entity FROM event WHERE id = ?"
DRAFT_META = "SELECT meta FROM draft WHERE id = ?"
NOT_REMOVED = "SELECT id FROM entry WHERE removed = 0 AND id IN ({})"
BRIEF = "SELECT brief FROM project WHERE id = ?"
MADE_OF = """
    SELECT DISTINCT made_from.entry FROM made_from JOIN entry ON entry.id = made_from.entry
     WHERE made_from.source = ? AND removed = 0"""
REPLAYED_IN = """
    SELECT DISTINCT answer, born FROM receipt JOIN entry ON entry.id = answer
     WHERE receipt.entry = ?"""
BESIDE = """
    SELECT later.id, later.born, json_extract(event.meta, '$.recipe.extends') AS earlier
      FROM entry AS base
      JOIN entry AS later ON later.kind IN ('answer', 'summary') AND later.thread IN (
               SELECT base.thread UNION SELECT thread.id FROM thread
                 JOIN entry AS last ON last.id = thread.origin AND last.thread = base.thread)
      JOIN event ON event.id = later.born
     WHERE base.id = ? AND later.removed = 0 AND earlier IS NOT NULL"""
ANSWERED = """
    SELECT id FROM event
     WHERE entity = ? AND (kind = 'entry.new' OR kind = 'entry.edit'
                           AND json_extract(meta, '$.status') IS NOT NULL)
     ORDER BY hlc DESC, replica DESC, rseq DESC LIMIT 1"""
ANSWERS_TO = """
    SELECT id FROM entry WHERE reply_to = ? AND kind = 'answer' AND removed = 0
     ORDER BY created, hlc, replica, rseq"""
MATERIAL_OF = """
    SELECT note.id FROM event AS asked
      JOIN event AS brought ON brought.step = asked.step AND brought.kind = 'entry.new'
                           AND brought.replica = asked.replica AND brought.rseq < asked.rseq
      JOIN entry AS note ON note.id = brought.entity AND note.kind = 'note'
      JOIN entry AS question ON question.id = asked.entity AND question.thread = note.thread
     WHERE asked.entity = ? AND asked.kind = 'entry.new'
       AND note.imported = 0 AND note.removed = 0
     ORDER BY brought.rseq"""
REASONS_OF = """
    SELECT reason, count(DISTINCT entry) FROM receipt
     WHERE answer = ? AND reason != 'recent' GROUP BY reason ORDER BY min(place)"""
CITED_IN = """
    SELECT DISTINCT handle.shown FROM citation JOIN handle ON handle.entity = citation.entry
     WHERE answer = ? ORDER BY citation.place"""
USING = """
    SELECT count(DISTINCT answer) FROM receipt JOIN entry ON entry.id = answer
     WHERE receipt.entry = ? AND answer != receipt.entry AND reason != 'recent' AND removed = 0"""
BORN_META = """
    SELECT meta FROM entry JOIN event ON event.id = born WHERE entry.id = ?"""


class Line(NamedTuple):
    """A thread as it stood up to some moment of it."""

    thread: ThreadId
    upto: Order = ENDLESS


def _latest(reader: Reader, sql: str, line: Line, *values: object) -> Any:
    """The first row of *sql*, asked of a thread, then of those that it was forked from."""
    for each, last in lineage(reader, line.thread):
        if row := reader.one(sql, (each, *min(last, line.upto), *values)):
            return row
    return None


def _newest(reader: Reader, sql: str, line: Line, *values: Any) -> list[EntryId]:
    """Ids of a thread and of those that it was forked from, as many as the last value says."""
    found: list[EntryId] = []
    for each, last in lineage(reader, line.thread):
        left = values[-1] - len(found)
        rows = reader.rows(sql, (each, *min(last, line.upto), *values[:-1], left))
        found += [EntryId(row[0]) for row in rows]
    return found


def last_with_recipe(
    reader: Reader, line: Line, frame: int, kind: Kind = Kind.ANSWER
) -> tuple[EventId, EntryId] | None:
    """Event and id of the thread's newest summary, or entry of that *kind*, whose context was
    kept in a *frame* we know."""
    row = _latest(reader, LAST_ANSWER, line, frame, kind)
    return None if row is None else (EventId(row[0]), EntryId(row[1]))


def meta_of(reader: Reader, event: EventId) -> dict[str, Any]:
    """The numbers, ids and enumerations of an event."""
    plain: dict[str, Any] = json.loads(reader.one(SELECT_META, (event,))[0])
    return plain


def words(reader: Reader, event: bytes, slot: str) -> str:
    """All words of a slot; empty where they were erased.

    An answer that was replayed while its draft waited to be closed has its own id as *event*.
    The words of an image are its bytes in base64.
    """
    if slot in {"system", "source", "image", "options"} and (born := reader.one(BORN_OF, (event,))):
        event = born[0]  # an edit has a text only
    body = b"".join(row[0] for row in reader.rows(SELECT_WORDS, (event, SLOT[slot])))
    return b2a_base64(body, newline=False).decode() if slot == "image" else to_text(body)


def actor_name(reader: Reader, actor: bytes) -> str | None:
    """The name of an actor."""
    row = reader.one(ACTOR_NAME, (actor,))
    return None if row is None else str(row[0])


def actor_names(reader: Reader) -> list[str]:
    """The names of all who ever wrote."""
    return [str(row[0]) for row in reader.rows(ACTOR_NAMES)]


def newest_of(reader: Reader, line: Line, limit: int) -> list[EntryId]:
    """The newest entries of a thread, newest first."""
    return _newest(reader, NEWEST_OF, line, limit)


def of_line(reader: Reader, line: Line, start: Order) -> list[EntryId]:
    """All of a thread after *start* that an answer could be made from, newest first."""
    found: list[EntryId] = []
    for each, last in lineage(reader, line.thread):
        rows = reader.rows(OF_LINE, (each, *min(last, line.upto), *start))
        found += [EntryId(row[0]) for row in rows]
    return found


def handles_of(reader: Reader, ids: Sequence[EntryId]) -> dict[EntryId, str]:
    """The handles of entries."""
    return {EntryId(row[0]): row[1] for row in reader.among(HANDLES_OF, ids)}


def since(reader: Reader, line: Line, moment: tuple[int, int], limit: int) -> list[EntryId]:
    """What was written into a thread after a moment (hlc, created), newest first.

    Imported talk counts only when it was also said after that.
    """
    return _newest(reader, SINCE, line, *moment, limit)


def asked_at(reader: Reader, question: EntryId) -> tuple[int, int] | None:
    """When a question was written: (hlc, created). Also of one that was taken back."""
    row = reader.one(ASKED_AT, (question,))
    return None if row is None else (int(row[0]), int(row[1]))


def newest_system(reader: Reader, line: Line) -> EventId | None:
    """The event that holds the system text that was given last in a thread."""
    row = _latest(reader, SYSTEM_OF, line)
    return None if row is None else EventId(row[0])


def last_model(reader: Reader, thread: ThreadId) -> tuple[str, bool] | None:
    """The model that a thread goes on with, and whether that was remote: who answered there last.

    One whose writer died in mid-answer counts, before anybody has closed its draft, and so does a
    local one that has not begun: a talk with it must not go elsewhere unsaid. What was answered
    elsewhere does not, nor what was asked of another model once.
    """
    row = reader.one(DRAFTING, (thread,)) or _latest(reader, LAST_MODEL, Line(thread))
    return None if row is None else (str(row[0]), bool(row[1]))


class PutTo(NamedTuple):
    """Whom a question was put to."""

    model: str
    """The name by which it was asked; empty where nobody could tell whom it means."""
    remote: bool
    once: bool
    """It was asked for this question alone."""


def put_to(reader: Reader, question: EntryId) -> PutTo | None:
    """Whom a question was put to last; one that was put to a local model stays with that.

    None where that was not kept: where nobody was asked, and by older programs until somebody is.
    """
    asked, remote, once = reader.one(PUT_TO, (question,)) or (None, None, None)
    first: str = next(iter(json.loads(asked or "[]")), "")
    since = reader.one(ASKED_SINCE, (question,)) if remote or not first else None
    if asked is None and since is None:
        return None
    model, remote = since or (first, remote)
    return PutTo(model, bool(remote), bool(once))


def entity_of(reader: Reader, event: EventId) -> bytes:
    """What an event is about."""
    row = reader.one(ENTITY_OF, (event,))
    return bytes(row[0]) if row else bytes(event)


def answer_meta(reader: Reader, answer: EntryId) -> dict[str, Any]:
    """What an answer's event holds, or will hold while it is a draft; else empty."""
    row = reader.one(DRAFT_META, (answer,)) or reader.one(BORN_META, (answer,))
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found


def not_removed(reader: Reader, ids: Sequence[bytes]) -> list[bytes]:
    """Those of *ids* that stand, in their order."""
    standing = {row[0] for row in reader.among(NOT_REMOVED, ids)}
    return [id_ for id_ in ids if id_ in standing]


def brief_event(reader: Reader, project: ProjectId) -> EventId | None:
    """The event that holds the project's brief."""
    row = reader.one(BRIEF, (project,))
    return None if row is None or row[0] is None else EventId(row[0])


def made_of(reader: Reader, entry: EntryId) -> list[EntryId]:
    """What was made from an entry and stands, also through contexts that grew from others."""
    found = dict.fromkeys(row[0] for row in reader.rows(MADE_OF, (entry,)))
    for answer, event in reader.rows(REPLAYED_IN, (entry,)):
        found |= dict.fromkeys(_grown_from(reader, answer, event))
    return [EntryId(each) for each in found]


def _grown_from(reader: Reader, answer: bytes, event: bytes) -> list[bytes]:
    """The answers of a thread whose contexts begin with that of *answer*."""
    later: dict[bytes, list[tuple[bytes, bytes]]] = {}
    for id_, born, earlier in reader.rows(BESIDE, (answer,)):
        later.setdefault(bytes.fromhex(earlier), []).append((id_, born))
    found, events = [], [event]
    while events:
        for id_, born in later.get(events.pop(), ()):
            found.append(id_)
            events.append(born)
    return found


def answers_to(reader: Reader, question: EntryId) -> list[EntryId]:
    """The answers that a question has, oldest first."""
    return [EntryId(row[0]) for row in reader.rows(ANSWERS_TO, (question,))]


def material_of(reader: Reader, question: EntryId) -> list[EntryId]:
    """What was kept in one step with a question and before it: its material, in its order."""
    return [EntryId(row[0]) for row in reader.rows(MATERIAL_OF, (question,))]


def reasons_of(reader: Reader, answer: EntryId) -> dict[str, int]:
    """How many entries were recalled for an answer, by reason; its thread stands for itself."""
    return {row[0]: row[1] for row in reader.rows(REASONS_OF, (answer,))}


def cited_in(reader: Reader, answer: EntryId) -> list[str]:
    """Handles of the entries that an answer cites, in its order."""
    return [row[0] for row in reader.rows(CITED_IN, (answer,))]


def answers_using(reader: Reader, entry: EntryId) -> int:
    """How many answers replayed an entry."""
    return int(reader.one(USING, (entry,))[0])


def answered(reader: Reader, answer: EntryId) -> EventId | None:
    """The event that holds the words a model answered; later ones are edits of theirs."""
    row = reader.one(ANSWERED, (answer,))
    return None if row is None else EventId(row[0])
