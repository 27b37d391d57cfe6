"""The rows of an entry: itself, its passages and links, its tags, pin, receipt and citations."""

from __future__ import annotations

import sqlite3
from typing import Any

from ledgernote.ledger import index
from ledgernote.ledger.kinds import State
from ledgernote.ledger.migrations import LINKS
from ledgernote.ledger.named import drop_handle, id_of, raw, words, write_handle

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


def write_entry(connection: sqlite3.Connection, entity: bytes, state: State) -> None:
    old = None if state["fresh"] else connection.execute(SELECT_ENTRY, (entity,)).fetchone()
    if "born" not in state:
        if old is not None:
            _drop_entry(connection, entity)
        return
    head = state.get("text", state["born"].id)
    parts, size, has_link = index.size_of(connection, head)
    row = _entry_row(connection, entity, state, (head, size))
    title, removed = row[23], row[14]
    before = None if old is None else (old[0], raw(old[1]))
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
    if has_link and state["kind"] == "note" and (old is None or old[0] != head):
        connection.execute(KEEP_LINKS, (entity,))
    write_handle(connection, entity, state, "entry")
    _write_belongings(connection, entity, state, fresh=old is None)


def _entry_row(
    connection: sqlite3.Connection, entity: bytes, state: State, revision: tuple[bytes, int]
) -> list[Any]:
    """The columns; *revision* is the event that holds the text, and its bytes."""
    born = state["born"]
    return [
        *(entity, state["kind"], id_of(state["project"]), id_of(state.get("thread"))),
        *(state["created"], state.get("offset", born.offset), *born.order),
        *(born.actor, state.get("model"), state.get("status", "complete")),
        *(bool(state.get("imported")), bool(state.get("muted")), bool(state.get("removed"))),
        *(id_of(state.get(link)) for link in ("reply_to", "supersedes", "from")),
        *(born.id, *revision),
        *(max(1, len(state.get("heads", ()))), state.get("edited_at")),
        *(raw(words(connection, state.get(slot), slot)) for slot in ("title", "source", "ref")),
    ]


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
        connection.execute(INSERT_TAG, (entity, id_of(tag)))
    if pin := state.get("pin"):
        place = id_of(pin.get("place")) or id_of(state["project"])
        scope = pin["scope"]
        place = None if scope == "everywhere" else place
        connection.execute(INSERT_PIN, (entity, scope, place, pin.get("until")))
    for place_, row in enumerate(_spans(state.get("recipe"))):
        connection.execute(
            INSERT_RECEIPT,
            (
                *(entity, place_, id_of(row["entry"]), id_of(row["place"]["event"])),
                *(row["place"].get("start", 0), row["place"].get("end"), row["reason"]),
                *(row.get("score"), row.get("tokens", 0)),
            ),
        )
    for place_, (start, stop, source, verdict) in enumerate(state.get("citations", ())):
        connection.execute(INSERT_CITATION, (entity, place_, start, stop, id_of(source), verdict))


def _spans(recipe: Any) -> list[dict[str, Any]]:
    """Every span of a recipe that names an entry, in the order of the context."""
    if isinstance(recipe, list):
        return [span for part in recipe for span in _spans(part)]
    if not isinstance(recipe, dict):
        return []
    if recipe.get("entry"):
        return [recipe]
    return [span for part in recipe.values() for span in _spans(part)]


def take_out(connection: sqlite3.Connection, entity: bytes) -> None:
    if _is_indexed(connection, entity):
        index.remove(connection, entity)


def _drop_entry(connection: sqlite3.Connection, entity: bytes) -> None:
    """Its creation is undone: nothing of it stands but its events."""
    take_out(connection, entity)
    for statement in (*DELETE_OF_ENTRY, DELETE_LINKS, DELETE_ENTRY):
        connection.execute(statement, (entity,))
    drop_handle(connection, entity)
