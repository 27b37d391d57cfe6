"""What the ledger's tests share: ledgers to write to, and their tables to compare."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ledgernote.domain.entries import INBOX, EntryId, Kind
from ledgernote.ledger import keep, undo
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.log import SELECT_EVENT, Event, Payload
from ledgernote.ledger.migrations import INDEXES
from ledgernote.ledger.writing import Writing

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

TABLES = (
    *("actor", "tag", "project", "thread", "handle", "entry", "entry_tag", "pin"),
    *("private_mark", "receipt", "citation", "verdict", "link", "saved_search"),
)

VOCABULARY = """
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.{0}_words USING fts5vocab(main, {0}, instance)"""
WORDS = """
    SELECT term, entry, part, col, offset FROM {}_words LEFT JOIN passage ON passage.rowid = doc"""
"""Every word of an index, and where it stands."""


class Clock:
    """A clock that moves a second at each look."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def open_ledger(folder: Path, name: str = "ledger") -> Ledger:
    """A ledger of its own, with a state directory of its own."""
    return Ledger.open(folder / f"{name}.db", state=folder / f"{name}-state", create=True)


@contextmanager
def writing(ledger: Ledger, by: str = "ada", at: datetime = NOON) -> Iterator[Writing]:
    """A transaction at noon."""
    with ledger.writing(by=by, now=at) as tx:
        yield tx


def note(ledger: Ledger, text: str | bytes = "a note", **more: Any) -> EntryId:
    """Keep one note."""
    body = text if isinstance(text, bytes) else text.encode()
    with writing(ledger) as tx:
        return keep.keep(tx, keep.New(kind=Kind.NOTE, text=body, project=INBOX, **more))


def tables(ledger: Ledger) -> dict[str, list[Any]]:
    """Every projection but what depends on arrival: rowids and their ranges."""
    found = {table: sorted(map(repr, ledger.rows(f"SELECT * FROM {table}"))) for table in TABLES}
    passages = ledger.rows("SELECT entry, part, start, project, rule FROM passage")
    found["passage"] = sorted(map(repr, passages))
    for index in INDEXES:
        ledger.rows(VOCABULARY.format(index))
        found[index] = sorted(map(repr, ledger.rows(WORDS.format(index))))
    return found


def rowids(ledger: Ledger) -> list[Any]:
    """What a rebuild, which goes through the same history, gives again too."""
    return ledger.rows("SELECT rowid, entry, part FROM passage ORDER BY rowid")


def check_index(ledger: Ledger) -> None:
    """Raise when the full text index and the words have drifted apart."""
    with writing(ledger) as tx:
        tx.execute("INSERT INTO passage_fts (passage_fts, rank) VALUES ('integrity-check', 1)")


def log_of(ledger: Ledger) -> list[tuple[Event, list[Payload]]]:
    """All events with their words, by chain."""
    sql = "SELECT slot, part, salt, body FROM payload WHERE event = ? ORDER BY slot, part"
    return [
        (Event(*row), [Payload(*part) for part in ledger.rows(sql, (row[0],))])
        for row in ledger.rows(f"{SELECT_EVENT} ORDER BY replica, rseq")
    ]


def shuffled(
    log: list[tuple[Event, list[Payload]]], seed: int
) -> list[tuple[Event, list[Payload]]]:
    """The log in another order of arrival, each chain in its own."""
    chains: dict[bytes, list[tuple[Event, list[Payload]]]] = {}
    for item in log:
        chains.setdefault(item[0].replica, []).append(item)
    dice, mixed = random.Random(seed), []
    while chains:
        replica = dice.choice(sorted(chains))
        mixed.append(chains[replica].pop(0))
        if not chains[replica]:
            del chains[replica]
    return mixed


def deliver(log: list[tuple[Event, list[Payload]]], target: Ledger, at: datetime = NOON) -> None:
    """Let *target* receive what it does not know yet."""
    with writing(target, by="post", at=at) as tx:
        for event, payloads in log:
            tx.receive(event, payloads)


def undo_step(tx: Writing, step: bytes, *, redo: bool = False) -> None:
    """Undo or redo all of a step at once."""
    named = [event for chunk in undo.pending(tx, step, redo=redo) for event in chunk]
    undo.take_back(tx, step, named, redo=redo)


def make_older(raw: sqlite3.Connection, version: int) -> None:
    """Take away what the last step of the format has added to a table that was there before."""
    raw.execute("DROP INDEX passage_rule")
    for column in ("project", "rule"):
        raw.execute(f"ALTER TABLE passage DROP COLUMN {column}")
    raw.execute(f"PRAGMA user_version = {version}")
