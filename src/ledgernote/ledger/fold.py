"""From events to tables: what stands in the projections is a function of the set of events.

One way for all: read the live events of one entity, fold them (`kinds`), write its rows.
It is the same whether an event is new, arrives from elsewhere, is undone or replayed by a
rebuild; so tables and log cannot drift apart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from ledgernote.domain.entries import INBOX
from ledgernote.domain.text import to_bytes
from ledgernote.ledger import index
from ledgernote.ledger.ids import full_handle
from ledgernote.ledger.kinds import KINDS, SLOT, Folding, State, fold
from ledgernote.ledger.log import AHEAD, Event
from ledgernote.ledger.migrations import LINKS

SELECT_EVENTS = """
    SELECT event.id, replica, rseq, event.hlc, offset, step, kind, version, entity, actor,
           meta, commitment, prev, hash,
           COALESCE((SELECT undone FROM verdict WHERE verdict.event = event.id), 0)
      FROM event
     WHERE entity = ? AND seq <= ?
       AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.event = event.id)"""
NEVER = 2**62
"""No event has come that late."""
SELECT_ENTITY = "SELECT entity FROM event WHERE id = ?"
SELECT_WORDS = """
    SELECT CAST(body AS TEXT) FROM payload WHERE event = ? AND slot = ? ORDER BY part"""
INSERT_WAITING = "INSERT OR IGNORE INTO waiting (event, hlc) VALUES (?, ?)"
UPSERT_VERDICT = """
    INSERT INTO verdict (event, undone, hlc, replica, rseq) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (event) DO UPDATE SET
           undone = excluded.undone, hlc = excluded.hlc,
           replica = excluded.replica, rseq = excluded.rseq
     WHERE (excluded.hlc, excluded.replica, excluded.rseq) > (hlc, replica, rseq)"""
ERASE_FORKS = """
    UPDATE fork SET record = json_set(record, '$.payload', json('[]'))
     WHERE json_extract(record, '$.event[8]') = lower(hex(?))"""
DELETE_SLOT = "DELETE FROM payload WHERE event = ? AND slot = ?"
MARK_PRIVATE = "INSERT OR IGNORE INTO private_mark (entity) VALUES (?)"
UNMARK_PRIVATE = "DELETE FROM private_mark WHERE entity = ?"


def apply(
    connection: sqlite3.Connection,
    event: Event,
    milliseconds: int,
    *,
    fresh: bool = False,
    upto: int = NEVER,
) -> None:
    """Bring the tables up to *event*, which stands in the log already.

    *fresh* says that its entity has no other event, which spares looking for them; *upto*
    is the newest seq that counts, for a rebuild that goes through history once more.
    """
    if event.hlc > (milliseconds << 16) + AHEAD:
        connection.execute(INSERT_WAITING, (event.id, event.hlc))
        return
    if event.kind in {"undo", "redo"} and event.version == 1:
        _judge(connection, event, upto)
    elif event.kind == "purge" and event.version == 1:
        _erase(connection, event)
    if fresh:
        only = [event.folding()]
        _write(connection, event.entity, only, only, fresh=True)
    else:
        refold(connection, event.entity, upto)


def _judge(connection: sqlite3.Connection, event: Event, upto: int) -> None:
    """Note what an undo or redo says of the events it names, and fold them again."""
    named = [bytes.fromhex(one) for one in event.folding().meta["events"]]
    undone = int(event.kind == "undo")
    for one in named:
        connection.execute(UPSERT_VERDICT, (one, undone, event.hlc, event.replica, event.rseq))
    found = (row[0] for one in named for row in connection.execute(SELECT_ENTITY, (one,)))
    # In the order they are named, which is that of their passages: FTS5 writes out all it has
    # gathered whenever a row comes that lies before the last one.
    for entity in dict.fromkeys(found):
        refold(connection, entity, upto)


# Whoever guesses the words could tell by the digest that they stood here.
FORGET_FILE = "UPDATE source_file SET digest = NULL WHERE entry = ?"


def _erase(connection: sqlite3.Connection, event: Event) -> None:
    """Take the entry out of the index while its words stand, then erase the words."""
    connection.execute(FORGET_FILE, (event.entity,))
    _take_out(connection, event.entity)
    connection.execute(ERASE_FORKS, (event.entity,))
    for named in event.folding().meta["slots"]:
        id_, _, slot = named.partition("/")
        connection.execute(DELETE_SLOT, (bytes.fromhex(id_), int(slot)))
    connection.execute(DELETE_LINKS, (event.entity,))
    connection.execute(KEEP_LINKS, (event.entity,))  # of a revision that the purge had not seen


def refold(connection: sqlite3.Connection, entity: bytes, upto: int = NEVER) -> None:
    """Write the rows of one entity from its events."""
    every, live = [], []
    for row in connection.execute(SELECT_EVENTS, (entity, upto)).fetchall():
        event = Event(*row[:-1]).folding()
        every.append(event)
        if not row[-1] or event.kind == "purge":  # a purge cannot be undone
            live.append(event)
    _write(connection, entity, every, live)


def _write(
    connection: sqlite3.Connection,
    entity: bytes,
    every: list[Folding],
    live: list[Folding],
    *,
    fresh: bool = False,
) -> None:
    things = {kind.thing for event in every if (kind := KINDS.get(event.kind)) and kind.thing}
    thing = "project" if entity == INBOX else min(things, default="")
    births = [event for event in every if event.kind.endswith(".new")]
    void = bool(births) and not any(birth in live for birth in births)
    if void and (thing != "entry" or _touched(births, live)):
        live = births + live
    state = fold(live)
    state["void"], state["fresh"] = void, fresh
    if not fresh or state.get("private"):
        connection.execute(MARK_PRIVATE if state.get("private") else UNMARK_PRIVATE, (entity,))
    if thing in _WRITERS:
        _WRITERS[thing](connection, entity, state)


def _touched(births: list[Folding], live: list[Folding]) -> bool:
    """Whether someone else has built on it; then undoing its creation leaves it."""
    authors = {birth.actor for birth in births}
    return any(event.actor not in authors for event in live)


def words(connection: sqlite3.Connection, event: bytes | None, slot: str) -> str | None:
    """The words of one slot, or None where there are none (any more)."""
    if event is None:
        return None
    parts = connection.execute(SELECT_WORDS, (event, SLOT[slot])).fetchall()
    return "".join(part[0] for part in parts) if parts else None


def _raw(text: str | None) -> bytes | None:
    return None if text is None else to_bytes(text)


# ---- the rows of each thing ----------------------------------------------------------

UPSERT_ACTOR = "INSERT OR REPLACE INTO actor (id, name) VALUES (?, CAST(? AS TEXT))"
UPSERT_TAG = "INSERT OR REPLACE INTO tag (id, name) VALUES (?, CAST(? AS TEXT))"


def _write_actor(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    name = words(connection, state.get("name"), "name")
    connection.execute(UPSERT_ACTOR, (entity, _raw(name or "")))


def _write_tag(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    name = words(connection, state.get("name"), "name")
    connection.execute(UPSERT_TAG, (entity, _raw(name or "")))


SELECT_PROJECT = "SELECT name, shown FROM project WHERE id = ?"
UPSERT_PROJECT = """
    INSERT OR REPLACE INTO project
        (id, name, shown, hlc, replica, rseq, archived, void, brief)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
PROJECT_CONTACT = """
    SELECT 1 FROM project WHERE ?1 IS ?1
       AND (shown != name OR id != ?2 AND (name IN (?3, ?4) OR shown IN (?3, ?4))) LIMIT 1"""
PROJECT_NAMES = """
    SELECT id, name, shown FROM project WHERE ?1 IS ?1 ORDER BY void, hlc, replica, rseq"""
SHOW_PROJECT = "UPDATE project SET shown = ? WHERE id = ?"


def _write_project(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    if "born" not in state and entity != INBOX:
        return
    old = connection.execute(SELECT_PROJECT, (entity,)).fetchone()
    name = words(connection, state.get("name"), "name") or "inbox"
    order = state["born"].order if "born" in state else (0, b"", 0)
    archived, void = bool(state.get("archived")), state["void"]
    connection.execute(
        UPSERT_PROJECT, (entity, name, name, *order, archived, void, state.get("text"))
    )
    _show_names(
        connection,
        (PROJECT_CONTACT, PROJECT_NAMES, SHOW_PROJECT),
        (None, entity, name, old[1] if old else name),
        changed=old is not None and old[0] != old[1],
    )


SELECT_THREAD = "SELECT project, name, shown FROM thread WHERE id = ?"
UPSERT_THREAD = """
    INSERT OR REPLACE INTO thread
        (id, project, name, shown, created, offset, hlc, replica, rseq, archived, void, source,
         origin)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?)"""
THREAD_CONTACT = """
    SELECT 1 WHERE EXISTS
           (SELECT 1 FROM thread WHERE project = ?1 AND name IN (?3, ?4) AND id != ?2)
        OR EXISTS (SELECT 1 FROM thread WHERE project = ?1 AND shown IN (?3, ?4) AND id != ?2)"""
THREAD_NUMBERED = """
    SELECT 1 FROM thread WHERE project = ?1 AND name IS NOT NULL AND shown != name LIMIT 1"""
THREAD_NAMES = """
    SELECT id, name, shown FROM thread WHERE project = ?1 AND name IS NOT NULL
     ORDER BY void, hlc, replica, rseq"""
SHOW_THREAD = "UPDATE thread SET shown = ? WHERE id = ?"


def _write_thread(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    if "born" not in state:
        return
    old = connection.execute(SELECT_THREAD, (entity,)).fetchone()
    name = words(connection, state.get("name"), "name")
    born, project = state["born"], bytes.fromhex(state["project"])
    source = words(connection, state.get("source"), "source")
    connection.execute(
        UPSERT_THREAD,
        (
            *(entity, project, name, name),
            *(state["created"], state.get("offset", born.offset), *born.order),
            *(bool(state.get("archived")), state["void"], _raw(source), _id(state.get("origin"))),
        ),
    )
    _write_handle(connection, entity, state, "thread")
    statements = (THREAD_CONTACT, THREAD_NAMES, SHOW_THREAD)
    renumber = old is not None and old[1] != old[2]
    if old is not None and (old[0], old[1]) != (project, name):  # a name was freed
        scopes = (project, old[0])
        renumber |= any(connection.execute(THREAD_NUMBERED, (one,)).fetchone() for one in scopes)
    if name is not None or old is not None:
        shown = old[2] if old else name
        _show_names(connection, statements, (project, entity, name, shown), changed=renumber)
        if old is not None and old[0] != project:
            _show_names(connection, statements, (old[0], entity, old[1], old[2]), changed=renumber)


def _show_names(
    connection: sqlite3.Connection,
    statements: tuple[str, str, str],
    place: tuple[bytes | None, bytes, str | None, str | None],
    *,
    changed: bool,
) -> None:
    """Names of one scope are unique: the oldest that was not undone keeps the bare name, others
    take a suffix.

    The whole scope is numbered anew, and only when names touch or some have a suffix:
    a name that is freed may shorten one that had to step over it.
    """
    contact, names, show = statements
    if not changed and not connection.execute(contact, place).fetchone():
        return
    taken: set[str] = set()
    for id_, name, shown in connection.execute(names, (place[0],)).fetchall():
        unique, number = name, 1
        while unique in taken:
            number += 1
            unique = f"{name}-{number}"
        taken.add(unique)
        if unique != shown:
            connection.execute(show, (unique, id_))


SELECT_ALIKE = "SELECT entity, shown FROM handle WHERE bare = ?"
UPSERT_HANDLE = "INSERT OR REPLACE INTO handle (entity, bare, shown, thing) VALUES (?, ?, ?, ?)"
SHOW_HANDLE = "UPDATE handle SET shown = ? WHERE entity = ?"
SELECT_HANDLE = "SELECT bare FROM handle WHERE entity = ?"
DELETE_HANDLE = "DELETE FROM handle WHERE entity = ?"


def _write_handle(connection: sqlite3.Connection, entity: bytes, state: State, thing: str) -> None:
    bare = full_handle(entity)[: state["handle"]]
    if not state["fresh"] and (bare,) == connection.execute(SELECT_HANDLE, (entity,)).fetchone():
        return
    connection.execute(UPSERT_HANDLE, (entity, bare, bare, thing))
    _tell_apart(connection, bare)


def _tell_apart(connection: sqlite3.Connection, bare: str) -> None:
    """Where a merge brought two alike, show each with the fewest letters that differ."""
    alike = dict(connection.execute(SELECT_ALIKE, (bare,)).fetchall())
    for entity, shown in alike.items():
        whole, length = full_handle(entity), len(bare)
        others = [full_handle(other) for other in alike if other != entity]
        while any(other[:length] == whole[:length] for other in others):
            length += 1
        if shown != whole[:length]:
            connection.execute(SHOW_HANDLE, (whole[:length], entity))


SELECT_ENTRY = "SELECT head, title, created FROM entry WHERE id = ?"
UPSERT_ENTRY = """
    INSERT OR REPLACE INTO entry
        (id, kind, project, thread, created, offset, hlc, replica, rseq, actor, model, status,
         imported, muted, removed, reply_to, supersedes, origin, born, head, size, versions,
         edited, title, source, ref)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
            CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))"""
DELETE_OF_ENTRY = (
    "DELETE FROM entry_tag WHERE entry = ?",
    "DELETE FROM pin WHERE entry = ?",
    "DELETE FROM receipt WHERE answer = ?",
    "DELETE FROM citation WHERE answer = ?",
)
DELETE_LINKS = "DELETE FROM link WHERE entry = ?"
KEEP_LINKS = LINKS.format(" AND entry.id = ?")
DELETE_ENTRY = "DELETE FROM entry WHERE id = ?"
INSERT_TAG = "INSERT OR IGNORE INTO entry_tag (entry, tag) VALUES (?, ?)"
INSERT_PIN = "INSERT INTO pin (entry, scope, place, until) VALUES (?, ?, ?, ?)"
INSERT_RECEIPT = """
    INSERT INTO receipt (answer, place, entry, revision, start, stop, reason, score, tokens)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_CITATION = """
    INSERT INTO citation (answer, place, start, stop, entry, verdict)
    VALUES (?, ?, ?, ?, ?, ?)"""


def _write_entry(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    old = None if state["fresh"] else connection.execute(SELECT_ENTRY, (entity,)).fetchone()
    if "born" not in state:
        if old is not None:
            _drop_entry(connection, entity)
        return
    head = state.get("text", state["born"].id)
    parts, size = index.size_of(connection, head)
    row = _entry_row(connection, entity, state, (head, size))
    title, removed = row[23], row[14]
    before = None if old is None else (old[0], _raw(old[1]))
    stays = before == (head, title) and not removed and _is_indexed(connection, entity)
    if before is not None and not stays:
        index.remove(connection, entity)
    connection.execute(UPSERT_ENTRY, row)
    project = None if state.get("muted") else row[2]
    if stays:
        index.place(connection, entity, project)
    elif not removed:
        index.add(connection, entity, (head, parts), project)
    if old is not None and old[0] != head:
        connection.execute(DELETE_LINKS, (entity,))
    if state["kind"] == "note" and (old is None or old[0] != head):
        connection.execute(KEEP_LINKS, (entity,))
    _write_handle(connection, entity, state, "entry")
    _write_belongings(connection, entity, state, fresh=old is None)


def _entry_row(
    connection: sqlite3.Connection, entity: bytes, state: State, revision: tuple[bytes, int]
) -> list[Any]:
    """The columns; *revision* is the event that holds the text, and its bytes."""
    born = state["born"]
    return [
        *(entity, state["kind"], _id(state["project"]), _id(state.get("thread"))),
        *(state["created"], state.get("offset", born.offset), *born.order),
        *(born.actor, state.get("model"), state.get("status", "complete")),
        *(bool(state.get("imported")), bool(state.get("muted")), bool(state.get("removed"))),
        *(_id(state.get(link)) for link in ("reply_to", "supersedes", "from")),
        *(born.id, *revision),
        *(max(1, len(state.get("heads", ()))), state.get("edited_at")),
        *(_raw(words(connection, state.get(slot), slot)) for slot in ("title", "source", "ref")),
    ]


def _id(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


SELECT_PASSAGE = "SELECT 1 FROM passage WHERE entry = ?"


def _is_indexed(connection: sqlite3.Connection, entity: bytes) -> bool:
    return connection.execute(SELECT_PASSAGE, (entity,)).fetchone() is not None


def _write_belongings(
    connection: sqlite3.Connection, entity: bytes, state: State, *, fresh: bool
) -> None:
    if not fresh:
        for statement in DELETE_OF_ENTRY:
            connection.execute(statement, (entity,))
    for tag in state.get("tags", {}).values():
        connection.execute(INSERT_TAG, (entity, _id(tag)))
    if pin := state.get("pin"):
        place = _id(pin.get("place")) or _id(state["project"])
        scope = pin["scope"]
        place = None if scope == "everywhere" else place
        connection.execute(INSERT_PIN, (entity, scope, place, pin.get("until")))
    for place_, row in enumerate(_spans(state.get("recipe"))):
        connection.execute(
            INSERT_RECEIPT,
            (
                *(entity, place_, _id(row["entry"]), _id(row["place"]["event"])),
                *(row["place"].get("start", 0), row["place"].get("end"), row["reason"]),
                *(row.get("score"), row.get("tokens", 0)),
            ),
        )
    for place_, (start, stop, source, verdict) in enumerate(state.get("citations", ())):
        connection.execute(INSERT_CITATION, (entity, place_, start, stop, _id(source), verdict))


def _spans(recipe: Any) -> list[dict[str, Any]]:
    """Every span of a recipe that names an entry, in the order of the context."""
    if isinstance(recipe, list):
        return [span for part in recipe for span in _spans(part)]
    if not isinstance(recipe, dict):
        return []
    if recipe.get("entry"):
        return [recipe]
    return [span for part in recipe.values() for span in _spans(part)]


def _take_out(connection: sqlite3.Connection, entity: bytes) -> None:
    if _is_indexed(connection, entity):
        index.remove(connection, entity)


def _drop_entry(connection: sqlite3.Connection, entity: bytes) -> None:
    """Its creation is undone: nothing of it stands but its events."""
    _take_out(connection, entity)
    for statement in (*DELETE_OF_ENTRY, DELETE_LINKS, DELETE_ENTRY):
        connection.execute(statement, (entity,))
    bare = connection.execute(SELECT_HANDLE, (entity,)).fetchone()
    connection.execute(DELETE_HANDLE, (entity,))
    if bare:
        _tell_apart(connection, bare[0])


DELETE_SEARCH = "DELETE FROM saved_search WHERE id = ?"
INSERT_SEARCH = """
    INSERT INTO saved_search (id, name, query, project, hlc, replica, rseq)
    VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?)"""


def _write_search(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    connection.execute(DELETE_SEARCH, (entity,))
    if "saved" in state and not state["forgotten"]:
        name, query = (words(connection, state.get(slot), slot) for slot in ("name", "text"))
        row = (entity, _raw(name or ""), _raw(query or ""), _id(state["project"]), *state["saved"])
        connection.execute(INSERT_SEARCH, row)


_WRITERS: dict[str, Callable[[sqlite3.Connection, bytes, State], None]] = {
    "actor": _write_actor,
    "tag": _write_tag,
    "project": _write_project,
    "thread": _write_thread,
    "entry": _write_entry,
    "search": _write_search,
}
