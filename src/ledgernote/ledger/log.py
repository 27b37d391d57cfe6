"""The log: events that are hashed, chained and never changed, and the words they commit to.

Owns `event` and `payload`. What an event means is `kinds`; what the tables become is `fold`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from ledgernote.domain.frozen import frozen
from ledgernote.ledger.kinds import SLOT, SLOTS, Folding

PART = 16 * 1024
"""Bytes of a part at most: what one passage holds and one line has to read."""

DOMAIN = b"ledgernote-event-1"
FIRST = bytes(32)
"""The `prev` of a replica's first event."""
AHEAD = 24 * 3600 * 1000 << 16
"""How far, in hlc units, an event may be ahead of the clock before it has to wait."""

SELECT_EVENT = """
    SELECT id, replica, rseq, hlc, offset, step, kind, version, entity, actor, meta,
           commitment, prev, hash
      FROM event"""

INSERT_EVENT = """
    INSERT INTO event (id, replica, rseq, hlc, offset, step, kind, version, entity, actor,
                       meta, commitment, prev, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

INSERT_PAYLOAD = "INSERT INTO payload (event, slot, part, salt, body) VALUES (?, ?, ?, ?, ?)"


@frozen(kw_only=False)
class Event:
    """One change, as it stands in the table `event`."""

    id: bytes
    replica: bytes
    rseq: int
    hlc: int
    offset: int
    """Seconds east of UTC at the writer's."""
    step: bytes
    kind: str
    version: int
    entity: bytes
    actor: bytes | None
    meta: str
    """Canonical JSON: ids, numbers, offsets and enumerations, never words."""
    commitment: bytes
    prev: bytes
    hash: bytes

    def row(self) -> tuple[Any, ...]:
        """Its columns, in the order of `SELECT_EVENT`."""
        return _COLUMNS(self)

    @property
    def slots(self) -> tuple[int, ...]:
        """Numbers of the slots that the commitment covers."""
        whole = self.commitment
        return tuple(int.from_bytes(whole[at : at + 2], "big") for at in range(0, len(whole), 34))

    def folding(self) -> Folding:
        """The event as a fold sees it."""
        return Folding(
            id=self.id,
            hlc=self.hlc,
            replica=self.replica,
            rseq=self.rseq,
            offset=self.offset,
            kind=self.kind,
            version=self.version,
            actor=self.actor,
            meta=json.loads(self.meta),
            slots=tuple(SLOTS[slot] for slot in self.slots if slot < len(SLOTS)),
        )


_COLUMNS = attrgetter(*Event.__annotations__)


@frozen(kw_only=False)
class Payload:
    """One part of the words of one slot."""

    slot: int
    part: int
    salt: bytes | None
    """In part 0 only."""
    body: bytes


def field(value: bytes | str | int | None) -> bytes:
    """A hashed field: its length in 8 bytes and its bytes; NULL is the length 2^64-1."""
    if value is None:
        return b"\xff" * 8
    raw = value if isinstance(value, bytes) else str(value).encode()
    return len(raw).to_bytes(8, "big") + raw


often = lru_cache(maxsize=1024)(field)
"""Fields that many events share."""


def event_hash(values: Sequence[bytes | str | int | None]) -> bytes:
    """SHA-256 over the domain and the fields from `id` to `prev`, in the table's order."""
    import hashlib  # loads OpenSSL; who only reads hashes nothing

    id_, replica, rseq, hlc, *shared, entity, actor, meta, sealed, prev = values
    fields = (
        *(DOMAIN, field(id_), often(replica), field(rseq), field(hlc), *map(often, shared)),
        *(field(entity), often(actor), field(meta), field(sealed), field(prev)),
    )
    return hashlib.sha256(b"".join(fields)).digest()


def commit_slot(slot: int, salt: bytes, parts: Sequence[bytes]) -> bytes:
    """The 34 bytes that a commitment holds for one slot."""
    import hashlib
    import hmac

    digest = hashlib.sha256(b"".join(parts)).digest()
    return slot.to_bytes(2, "big") + hmac.digest(salt, digest, "sha256")


def _cut(body: bytes, start: int) -> int:
    """Where the part that begins at *start* ends: after white space, else at a character."""
    end = start + PART
    if end >= len(body):
        return len(body)
    for gap in (b"\n\n", b"\n", b". ", b" "):
        found = body.rfind(gap, start + PART // 2, end)
        if found >= 0:
            return found + len(gap)
    while end > start + PART - 4 and body[end] & 0xC0 == 0x80:
        end -= 1
    return end


def split(body: bytes) -> list[bytes]:
    """*body* in parts of at most `PART` bytes that end at character boundaries."""
    if len(body) <= PART:
        return [body]
    parts, start = [], 0
    while start < len(body):
        end = _cut(body, start)
        parts.append(body[start:end])
        start = end
    return parts


def seal(words: Mapping[str, bytes]) -> tuple[bytes, list[Payload]]:
    """The commitment to *words* (slot name → body) and the rows that hold them."""
    commitment, payloads = b"", []
    for slot, body in sorted((SLOT[name], body) for name, body in words.items()):
        salt, parts = os.urandom(32), split(body)
        commitment += commit_slot(slot, salt, parts)
        payloads += [
            Payload(slot, part, None if part else salt, piece) for part, piece in enumerate(parts)
        ]
    return commitment, payloads


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def canonical(meta: Mapping[str, Any]) -> str:
    """*meta* as it is stored and hashed."""
    return _CANONICAL.encode(meta)


def events_of(rows: Iterator[Any] | list[Any]) -> Iterator[Event]:
    """Rows of `SELECT_EVENT` as events."""
    for row in rows:
        yield Event(*row)
