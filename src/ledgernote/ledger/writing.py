"""A write in progress. Only `Ledger.writing()` makes one: holding it is proof of a transaction."""

from __future__ import annotations

import json
import sqlite3
from binascii import b2a_base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger import fold, index
from ledgernote.ledger.connection import Reader, Values
from ledgernote.ledger.faults import translate
from ledgernote.ledger.ids import LONGEST, SHORTEST, full_handle, new_id
from ledgernote.ledger.kinds import VERSION
from ledgernote.ledger.log import (
    AHEAD,
    INSERT_EVENT,
    INSERT_PAYLOAD,
    SELECT_EVENT,
    Event,
    Payload,
    canonical,
    event_hash,
    events_of,
    seal,
)
from ledgernote.ledger.replica import Chain

SELECT_ACTOR = "SELECT id FROM actor WHERE name = CAST(? AS TEXT) ORDER BY id LIMIT 1"
IS_TAKEN = """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM handle WHERE bare = ?1)
                OR EXISTS (SELECT 1 FROM draft WHERE handle = ?1)"""
SELECT_CLOCK = "SELECT value FROM local WHERE name = 'clock'"
SET_CLOCK = "INSERT OR REPLACE INTO local (name, value) VALUES ('clock', ?)"
SELECT_NEWEST = "SELECT COALESCE(max(hlc), 0) FROM event"
SELECT_DUE = "SELECT event FROM waiting WHERE hlc <= ?"
DELETE_DUE = "DELETE FROM waiting WHERE event = ?"
SELECT_SAME = "SELECT hash FROM event WHERE replica = ? AND rseq = ?"
INSERT_FORK = "INSERT OR IGNORE INTO fork (hash, replica, rseq, record) VALUES (?, ?, ?, ?)"
SELECT_PURGES = """
    SELECT named.value FROM event, json_each(event.meta, '$.slots') AS named
     WHERE event.entity = ? AND event.kind = 'purge'"""
OWN_REPLICA = "SELECT 1 FROM replica WHERE id = ?"


class Writing(Reader):
    """One transaction of one actor; its events share a step."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, chain: Chain, moment: tuple[datetime, str]
    ) -> None:
        super().__init__(connection, path)
        self.chain = chain
        self.now, self.by = moment
        self.milliseconds = int(self.now.timestamp() * 1000)
        self.step = new_id(self.milliseconds)
        self._actors: dict[str, bytes] = {}
        clock = self.one(SELECT_CLOCK)
        if clock is None and not chain.rseq:  # a new replica of an older ledger
            clock = self.one(SELECT_NEWEST)
        self._clock = max(chain.hlc, clock[0] if clock else 0)

    def execute(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Change a table that belongs to this file alone."""
        try:
            return self._connection.execute(sql, values)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    @property
    def created(self) -> int:
        """This moment in microseconds since 1970, as entries keep it."""
        return round(self.now.timestamp() * 1_000_000)

    @property
    def offset(self) -> int:
        """Seconds east of UTC here and now."""
        offset = self.now.utcoffset()
        return 0 if offset is None else int(offset.total_seconds())

    def new_id(self) -> bytes:
        """A fresh id of this moment."""
        return new_id(self.milliseconds)

    def handle_length(self, entity: bytes, wished: str | None = None) -> int:
        """Letters of the shortest handle that this replica has not seen.

        *wished* is the handle it had in another ledger, taken when it is free here.
        """
        whole = full_handle(entity)
        if wished and whole.startswith(wished) and self.one(IS_TAKEN, (wished,)) is None:
            return len(wished)
        for length in range(SHORTEST, LONGEST):
            if self.one(IS_TAKEN, (whole[:length],)) is None:
                return length
        return LONGEST

    def actor(self, name: str) -> bytes:
        """The id of the actor by that name; introduced when new."""
        known = self._actors.get(name)
        if known is None:
            name = clean_name(name) or "me"
            row = self.one(SELECT_ACTOR, (to_bytes(name),))
            known = row[0] if row else None
            if known is None:
                known = self.new_id()
                self._actors[name] = known
                self.append("actor.new", known, words={"name": name}, fresh=True, by=name)
            self._actors[name] = known
        return known

    def append(
        self,
        kind: str,
        entity: bytes,
        meta: Mapping[str, Any] | None = None,
        *,
        words: Mapping[str, str] | Mapping[str, bytes] | Mapping[str, str | bytes] | None = None,
        fresh: bool = False,
        by: str | None = None,
    ) -> bytes:
        """Add one event with its *words* and bring the tables up to it; gives its id.

        *fresh* says that the entity is new; *by* that another actor than the writer did it.
        """
        actor = self.actor(self.by if by is None else by)
        bodies = {
            slot: body if isinstance(body, bytes) else to_bytes(body)
            for slot, body in (words or {}).items()
        }
        commitment, payloads = seal(bodies)
        chain = self.chain
        self._clock = max(self.milliseconds << 16, self._clock + 1)
        values = (
            *(self.new_id(), chain.replica, chain.rseq + 1, self._clock, self.offset),
            *(self.step, kind, VERSION, entity, actor, canonical(meta or {})),
            *(commitment, chain.hash),
        )
        event = Event(*values, event_hash(values))
        chain.rseq, chain.hash, chain.hlc = event.rseq, event.hash, event.hlc
        self._insert(event, payloads)
        self._apply(event, fresh=fresh, own=True)
        return event.id

    def receive(self, event: Event, payloads: Iterable[Payload]) -> bool:
        """Take an event of another replica as it is; False when it was known or forks.

        A fork (the same replica and rseq with another hash) is kept aside and named by
        `verify`, never written over what stands.
        """
        purged = {row[0] for row in self.rows(SELECT_PURGES, (event.entity,))}
        known = self.one(SELECT_SAME, (event.replica, event.rseq))
        if known is not None:
            if known[0] != event.hash:
                record = _record(event, [] if purged else list(payloads))
                self.execute(INSERT_FORK, (event.hash, event.replica, event.rseq, record))
            return False
        kept = [one for one in payloads if f"{event.id.hex()}/{one.slot}" not in purged]
        self._insert(event, kept)
        self._apply(event, fresh=False, own=self.one(OWN_REPLICA, (event.replica,)) is not None)
        if event.hlc <= (self.milliseconds << 16) + AHEAD and event.hlc > self._clock:
            self._clock = event.hlc
            self.execute(SET_CLOCK, (event.hlc,))
        return True

    def project_due(self) -> None:
        """Give the events that had to wait for the clock their place in the tables."""
        for (id_,) in self.rows(SELECT_DUE, ((self.milliseconds << 16) + AHEAD,)):
            self.execute(DELETE_DUE, (id_,))
            for event in events_of(self.rows(f"{SELECT_EVENT} WHERE id = ?", (id_,))):
                self._apply(event, fresh=False, own=True)

    def replay(self, event: Event, seq: int, *, own: bool) -> None:
        """Bring the tables up to an old event, as if those after it had not come yet."""
        now = self.milliseconds if not own else max(self.milliseconds, event.hlc >> 16)
        fold.apply(self._connection, event, now, upto=seq)

    def finish(self) -> None:
        """What is done once for all events of a transaction, before it is committed."""
        try:
            index.finish(self._connection)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def changes(self) -> int:
        """Rows that this connection has changed so far."""
        return self._connection.total_changes

    def _insert(self, event: Event, payloads: Iterable[Payload]) -> None:
        self.execute(INSERT_EVENT, event.row())
        try:
            self._connection.executemany(
                INSERT_PAYLOAD,
                [(event.id, one.slot, one.part, one.salt, one.body) for one in payloads],
            )
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def _apply(self, event: Event, *, fresh: bool, own: bool) -> None:
        # What was written here never waits, even if the clock has been set back since.
        now = self.milliseconds if not own else max(self.milliseconds, event.hlc >> 16)
        try:
            fold.apply(self._connection, event, now, fresh=fresh)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error


def _record(event: Event, payloads: list[Payload]) -> str:
    """An event and its words as JSON, for keeping a fork aside."""
    columns = [value.hex() if isinstance(value, bytes) else value for value in event.row()]
    bodies = []
    for one in payloads:
        body = b2a_base64(one.body, newline=False).decode("ascii")
        bodies.append([one.slot, one.part, one.salt and one.salt.hex(), body])
    return json.dumps({"event": columns, "payload": bodies})
