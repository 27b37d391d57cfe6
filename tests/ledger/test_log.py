"""The log can be checked by a stranger, and cannot be changed unseen."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.hands import NOON, check_index, note, open_ledger, rowids, tables
from ledgernote.domain.entries import Scope
from ledgernote.ledger import entries, integrity
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.log import PART, split
from ledgernote.ledger.verdict import verify

TRIGGERS = (
    "event_never_updated",
    "event_never_deleted",
    "payload_never_updated",
    "payload_deleted_by_purge",
)


def full(tmp_path: Path) -> Ledger:
    ledger = open_ledger(tmp_path)
    note(ledger, "first", tags=["fed"], pin=Scope.PROJECT, title="one")
    note(ledger, "second " * 9_000)
    note(ledger, b"third \xff", private=True)
    return ledger


def field(value: bytes | None) -> bytes:
    return b"\xff" * 8 if value is None else len(value).to_bytes(8, "big") + value


def test_a_stranger_computes_the_same_hashes_from_the_design_alone(tmp_path: Path) -> None:
    ledger = full(tmp_path)
    raw = sqlite3.connect(tmp_path / "ledger.db")
    raw.text_factory = bytes
    previous = bytes(32)

    rows = raw.execute(
        "SELECT id, replica, rseq, hlc, offset, step, kind, version, entity, actor, meta,"
        " commitment, prev, hash FROM event ORDER BY rseq"
    ).fetchall()
    for row in rows:
        values = [str(v).encode() if isinstance(v, int) else v for v in row[:13]]
        digest = hashlib.sha256(b"ledgernote-event-1" + b"".join(map(field, values))).digest()
        assert (digest, row[12]) == (row[13], previous)
        previous = row[13]
        commitment = b""
        slots = "SELECT DISTINCT slot FROM payload WHERE event = ? ORDER BY slot"
        for (slot,) in raw.execute(slots, (row[0],)).fetchall():
            parts = raw.execute(
                "SELECT salt, body FROM payload WHERE event = ? AND slot = ? ORDER BY part",
                (row[0], slot),
            ).fetchall()
            whole = hashlib.sha256(b"".join(body for _, body in parts)).digest()
            commitment += slot.to_bytes(2, "big") + hmac.digest(parts[0][0], whole, "sha256")
            assert [len(salt or b"") for salt, _ in parts] == [32] + [0] * (len(parts) - 1)
        assert commitment == row[11]

    assert len(rows) > 6
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET meta = '{}'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1",
        "UPDATE payload SET body = x'00'",
        "DELETE FROM payload",
        "INSERT OR REPLACE INTO payload SELECT * FROM payload LIMIT 1",
    ],
)
def test_no_statement_of_a_stranger_changes_what_was_said(tmp_path: Path, statement: str) -> None:
    full(tmp_path).close()
    raw = sqlite3.connect(tmp_path / "ledger.db")

    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


@pytest.mark.parametrize(
    ("forgery", "what"),
    [
        (
            "UPDATE payload SET body = x'6c6965' WHERE slot = 0 AND part = 0",
            "its words were changed",
        ),
        ("UPDATE payload SET salt = randomblob(32) WHERE part = 0", "its words were changed"),
        ("UPDATE event SET actor = randomblob(16) WHERE rseq = 3", "the event was changed"),
        ("UPDATE event SET meta = '{}' WHERE rseq = 4", "the event was changed"),
        ("UPDATE event SET hlc = hlc + 1 WHERE rseq = 2", "the event was changed"),
        ("DELETE FROM payload WHERE slot = 0 AND part = 0", "its words are missing"),
        ("DELETE FROM event WHERE rseq = 3", "the event before it is missing or changed"),
        (
            "INSERT INTO payload SELECT event, 5, 0, salt, body FROM payload WHERE slot = 1",
            "it holds words that it never promised",
        ),
        (
            "INSERT INTO payload VALUES (randomblob(16), 0, 0, x'00', x'00')",
            "words without an event",
        ),
    ],
)
def test_every_forgery_is_named(tmp_path: Path, forgery: str, what: str) -> None:
    ledger = full(tmp_path)
    raw = sqlite3.connect(tmp_path / "ledger.db")
    for trigger in TRIGGERS:
        raw.execute(f"DROP TRIGGER {trigger}")

    with raw:
        assert raw.execute(forgery).rowcount > 0

    assert what in {fault.what for fault in verify(ledger).faults}


def test_a_whole_ledger_has_no_fault(tmp_path: Path) -> None:
    found = verify(full(tmp_path))

    assert found.faults == ()
    assert found.replicas == 1


def test_a_rebuild_goes_to_the_end_however_slow_the_disk_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "rate cut")
    before = tables(ledger)

    monkeypatch.setattr(integrity, "SLICE", -1)  # each slice has taken too long at its first event
    integrity.rebuild(ledger, by="ada", now=NOON)

    assert tables(ledger) == before


def test_a_rebuild_gives_the_same_tables_and_rows(tmp_path: Path) -> None:
    ledger = full(tmp_path)
    before = tables(ledger), rowids(ledger)
    ledger.rows("DELETE FROM entry_tag")
    ledger.rows("UPDATE entry SET size = 7")

    integrity.rebuild(ledger, by="ada", now=NOON)

    assert (tables(ledger), rowids(ledger)) == before
    check_index(ledger)


@given(st.binary(max_size=3) | st.text().map(str.encode), st.integers(1, 40_000))
def test_parts_are_small_whole_and_end_at_characters(seed: bytes, times: int) -> None:
    body = (seed * times)[: 5 * PART]

    parts = split(body)

    assert b"".join(parts) == body
    assert all(len(part) <= PART for part in parts)
    if body.decode("utf-8", "ignore").encode() == body:
        assert all(part.decode("utf-8").encode() == part for part in parts)


def test_bytes_in_are_bytes_out(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    body = b"nul \0, latin \xe9, half a character \xe2\x82" + bytes(range(256)) * 200

    kept = note(ledger, body)

    entry = entries.whole(ledger, entries.by_ids(ledger, [kept])[0])
    assert entry.text.encode("utf-8", "surrogateescape") == body
