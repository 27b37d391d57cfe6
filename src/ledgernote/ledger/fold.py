"""From events to tables: what stands in the projections is a function of the set of events.

One way for all: read the live events of one entity, fold them (`kinds`), write its rows.
It is the same whether an event is new, arrives from elsewhere, is undone or replayed by a
rebuild; so tables and log cannot drift apart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from ledgernote.domain.entries import INBOX
from ledgernote.ledger.entry_rows import DELETE_LINKS, KEEP_LINKS, take_out, write_entry
from ledgernote.ledger.kinds import KINDS, Folding, State, fold
from ledgernote.ledger.log import AHEAD, Event
from ledgernote.ledger.named import (
    write_actor,
    write_project,
    write_search,
    write_tag,
    write_thread,
)

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
    take_out(connection, event.entity)
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


_WRITERS: dict[str, Callable[[sqlite3.Connection, bytes, State], None]] = {
    "actor": write_actor,
    "tag": write_tag,
    "project": write_project,
    "thread": write_thread,
    "entry": write_entry,
    "search": write_search,
}
