"""The rows of what has a name: actors, tags, projects, threads, saved searches; and handles."""

from __future__ import annotations

import sqlite3

from ledgernote.domain.entries import INBOX
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.ids import full_handle
from ledgernote.ledger.kinds import SLOT, State

SELECT_WORDS = """
    SELECT CAST(body AS TEXT) FROM payload WHERE event = ? AND slot = ? ORDER BY part"""


def words(connection: sqlite3.Connection, event: bytes | None, slot: str) -> str | None:
    """The words of one slot, or None where there are none (any more)."""
    if event is None:
        return None
    parts = connection.execute(SELECT_WORDS, (event, SLOT[slot])).fetchall()
    return "".join(part[0] for part in parts) if parts else None


def raw(text: str | None) -> bytes | None:
    return None if text is None else to_bytes(text)


def id_of(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


UPSERT_ACTOR = "INSERT OR REPLACE INTO actor (id, name) VALUES (?, CAST(? AS TEXT))"
UPSERT_TAG = "INSERT OR REPLACE INTO tag (id, name) VALUES (?, CAST(? AS TEXT))"


def write_actor(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    name = words(connection, state.get("name"), "name")
    connection.execute(UPSERT_ACTOR, (entity, raw(name or "")))


def write_tag(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    name = words(connection, state.get("name"), "name")
    connection.execute(UPSERT_TAG, (entity, raw(name or "")))


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


def write_project(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
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


def write_thread(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
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
            *(bool(state.get("archived")), state["void"], raw(source), id_of(state.get("origin"))),
        ),
    )
    write_handle(connection, entity, state, "thread")
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


def write_handle(connection: sqlite3.Connection, entity: bytes, state: State, thing: str) -> None:
    bare = full_handle(entity)[: state["handle"]]
    if not state["fresh"] and (bare,) == connection.execute(SELECT_HANDLE, (entity,)).fetchone():
        return
    connection.execute(UPSERT_HANDLE, (entity, bare, bare, thing))
    if not state["fresh"]:  # else it was made one that nothing else has
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


def drop_handle(connection: sqlite3.Connection, entity: bytes) -> None:
    """Its entity is gone; what was told apart from it may be shown shorter."""
    bare = connection.execute(SELECT_HANDLE, (entity,)).fetchone()
    connection.execute(DELETE_HANDLE, (entity,))
    if bare:
        _tell_apart(connection, bare[0])


DELETE_SEARCH = "DELETE FROM saved_search WHERE id = ?"
INSERT_SEARCH = """
    INSERT INTO saved_search (id, name, query, project, hlc, replica, rseq)
    VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?)"""


def write_search(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    connection.execute(DELETE_SEARCH, (entity,))
    if "saved" in state and not state["forgotten"]:
        name, query = (words(connection, state.get(slot), slot) for slot in ("name", "text"))
        row = (entity, raw(name or ""), raw(query or ""), id_of(state["project"]), *state["saved"])
        connection.execute(INSERT_SEARCH, row)
