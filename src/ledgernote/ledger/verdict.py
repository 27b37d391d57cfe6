"""Is the ledger whole: its hashes, links and commitments, SQLite's pages, the forks kept aside."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

from ledgernote.domain.errors import LedgerError
from ledgernote.domain.frozen import frozen
from ledgernote.ledger.connection import Reader, connect
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.log import DOMAIN, FIRST, event_hash, often

# CAST AS BLOB: the bytes are hashed as they are stored, and decoding them is what costs.
BY_CHAIN = """
    SELECT event.id, replica, rseq, hlc, offset, step, CAST(kind AS BLOB), version, entity,
           actor, CAST(meta AS BLOB), commitment, prev, hash, slot, salt, body
      FROM event LEFT JOIN payload ON payload.event = event.id
     WHERE seq BETWEEN ? AND ?
     ORDER BY seq, slot, part"""
LINKS = f"""
    SELECT event.id, event.entity, event.kind
      FROM event LEFT JOIN event AS before
        ON before.replica = event.replica AND before.rseq = event.rseq - 1
     WHERE event.prev IS NOT
           CASE event.rseq WHEN 1 THEN x'{FIRST.hex()}' ELSE before.hash END
     ORDER BY event.replica, event.rseq"""
COUNTS = "SELECT count(*), count(DISTINCT replica), COALESCE(max(seq), 0) FROM event"
MANY = 20_000
"""Events from which a second process pays: it takes a tenth of a second to start."""
ORPHANS = """
    SELECT DISTINCT event FROM payload
     WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.id = payload.event) LIMIT 20"""
PURGED = """
    SELECT named.value FROM event, json_each(event.meta, '$.slots') AS named
     WHERE event.kind = 'purge'"""
FORKS = "SELECT replica, rseq FROM fork ORDER BY replica, rseq"
HANDLE = "SELECT shown FROM handle WHERE entity = ?"


@frozen
class Fault:
    """Something that is not what it was when it was written."""

    where: str
    """The entry's handle where one is known, else the event."""
    what: str


@frozen
class Verdict:
    """What a verification found."""

    events: int
    replicas: int
    erased: int
    """Slots whose words were purged; the chain still holds."""
    faults: tuple[Fault, ...]


_LENGTHS = [length.to_bytes(8, "big") for length in range(4096)]


def _hash_of(row: Sequence[Any]) -> bytes:
    """What the hash of an event has to be; the fast form of `log.event_hash`."""
    id_, replica, rseq, hlc, offset, step, kind, version, entity, actor, meta, sealed, prev = row
    number, clock = b"%d" % rseq, b"%d" % hlc
    size = _LENGTHS
    try:
        parts = (
            *(DOMAIN, size[len(id_)], id_, often(replica), size[len(number)], number),
            *(size[len(clock)], clock, often(offset), often(step), often(kind)),
            *(often(version), size[len(entity)], entity, often(actor), size[len(meta)], meta),
            *(size[len(sealed)], sealed, size[len(prev)], prev),
        )
    except IndexError:  # a long field
        return event_hash(row)
    return hashlib.sha256(b"".join(parts)).digest()


def _promise(slot: int, salt: bytes | None, bodies: list[bytes]) -> bytes:
    digest = hashlib.sha256(bodies[0] if len(bodies) == 1 else b"".join(bodies)).digest()
    return slot.to_bytes(2, "big") + hmac.digest(salt or b"", digest, "sha256")


def _wrong_words(id_: bytes, commitment: bytes, held: dict[int, Any], purged: set[str]) -> str:
    """What is wrong with the words of an event, or nothing."""
    for at in range(0, len(commitment), 34):
        slot = int.from_bytes(commitment[at : at + 2], "big")
        words = held.pop(slot, None)
        if words is not None:
            if _promise(slot, *words) != commitment[at : at + 34]:
                return "its words were changed"
        elif f"{id_.hex()}/{slot}" not in purged:
            return "its words are missing"
    return "it holds words that it never promised" if held else ""


def _whole_events(
    reader: Reader, low: int, high: int
) -> Iterator[tuple[Sequence[Any], dict[int, Any]]]:
    """Each event's row with the words it holds: slot → (salt, bodies)."""
    current: Any = None
    held: dict[int, Any] = {}
    for row in reader.stream(BY_CHAIN, (low, high)):
        if current is None or row[0] != current[0]:
            if current is not None:
                yield current, held
            current, held = row, {}
        if row[14] is not None:
            held.setdefault(row[14], (row[15], []))[1].append(row[16])
    if current is not None:
        yield current, held


Wrong = tuple[bytes, bytes, str, str]
"""Id, entity and kind of an event, and what is wrong with it."""


def _wrong_events(reader: Reader, purged: set[str], low: int, high: int) -> list[Wrong]:
    """The events from seq *low* to *high* whose hash or words are not what they were."""
    found: list[Wrong] = []
    for row, held in _whole_events(reader, low, high):
        named = (row[0], row[8], row[6].decode("ascii", "replace"))
        if _hash_of(row[:13]) != row[13]:
            found.append((*named, "the event was changed"))
        if (held or row[11]) and (what := _wrong_words(row[0], row[11], held, purged)):
            found.append((*named, what))
    return found


def _elsewhere(path: Path, low: int, high: int) -> list[Wrong]:
    """The same, in a process of its own: hashing holds Python up."""
    connection, _ = connect(path, create=False)
    with closing(Reader(connection, path)) as reader:
        return _wrong_events(reader, {row[0] for row in reader.rows(PURGED)}, low, high)


def _all_wrong(reader: Reader, purged: set[str], events: int, last: int) -> list[Wrong]:
    if events < MANY:
        return _wrong_events(reader, purged, 0, last)
    from concurrent.futures import ProcessPoolExecutor  # only large ledgers pay for it
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as second:
        half = last * 5 // 9  # the other process has to start first
        other = second.submit(_elsewhere, reader.path, half + 1, last)
        return _wrong_events(reader, purged, 0, half) + other.result()


def _where(reader: Reader, id_: bytes, entity: bytes, kind: str) -> str:
    shown = reader.one(HANDLE, (entity,))
    return f"{shown[0]} ({kind})" if shown else f"event {id_.hex()} ({kind})"


def _check_structure(path: Path, broken: list[Wrong], faults: list[Fault]) -> None:
    """What SQLite can say by itself, over a connection of its own: links, orphans, its pages."""
    try:
        connection, _ = connect(path, create=False)
        with closing(Reader(connection, path)) as reader:
            broken += [
                (*row, "the event before it is missing or changed") for row in reader.rows(LINKS)
            ]
            faults += [
                Fault(where=f"event {row[0].hex()}", what="words without an event")
                for row in reader.rows(ORPHANS)
            ]
            faults += [
                Fault(where=f"replica {row[0].hex()}, event {row[1]}", what="a fork is kept aside")
                for row in reader.rows(FORKS)
            ]
            faults += [
                Fault(where="the file", what=row[0])
                for row in reader.rows("PRAGMA quick_check")
                if row[0] != "ok"
            ]
    except LedgerError as error:
        faults.append(Fault(where="the file", what=str(error)))


def verify(ledger: Ledger) -> Verdict:
    """Check every hash, link and commitment, SQLite's own structure, and the forks kept aside."""
    broken: list[Wrong] = []
    faults: list[Fault] = []
    # SQLite does its part without holding Python up: on a second core, for free.
    structure = Thread(target=_check_structure, args=(ledger.path, broken, faults), daemon=True)
    structure.start()
    with ledger.snapshot() as reader:
        purged = {row[0] for row in reader.rows(PURGED)}
        events, replicas, last = reader.one(COUNTS)
        changed = _all_wrong(reader, purged, events, last)
    structure.join()
    named = [
        Fault(where=_where(ledger, id_, entity, kind), what=what)
        for id_, entity, kind, what in (*broken, *changed)
    ]
    return Verdict(events=events, replicas=replicas, erased=len(purged), faults=(*named, *faults))
