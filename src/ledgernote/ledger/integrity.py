"""Making it whole: rebuild, purge, scrub. Whether it is, `verdict` says."""

from __future__ import annotations

import time
from datetime import datetime

from ledgernote.domain.entries import EntryId
from ledgernote.domain.errors import LedgerBusy
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.log import SELECT_EVENT, Event
from ledgernote.ledger.migrations import INDEXES, INSERT_INBOX, PROJECTIONS
from ledgernote.ledger.writing import Writing

BY_ARRIVAL = f"SELECT seq, {SELECT_EVENT.strip()[6:]} WHERE seq > ? ORDER BY seq LIMIT ?"
OWN_REPLICAS = "SELECT id FROM replica"
EVENTS_OF = SELECT_EVENT + " WHERE entity = ?"
ANSWERS_OF = """
    SELECT DISTINCT handle.shown FROM receipt JOIN handle ON handle.entity = receipt.answer
     WHERE receipt.entry = ? AND receipt.answer != receipt.entry ORDER BY 1"""
SET_LOCAL = "INSERT OR REPLACE INTO local (name, value) VALUES (?, ?)"
DELETE_LOCAL = "DELETE FROM local WHERE name = ?"
MERGE = "INSERT INTO {0} ({0}, rank) VALUES ('merge', ?)"
CHECKPOINT = "PRAGMA wal_autocheckpoint = {}"
USUAL, MUCH = 1_000, 8_000
"""Pages in the log before the file: SQLite's own number, and 32 MB for an import."""
PAGES = 500
"""Pages of an index that are merged in one transaction, a thirtieth of a second."""
SLICE = 0.2
"""Seconds that one transaction of a rebuild may hold the lock."""


# ---- rebuild -------------------------------------------------------------------------


def rebuild(ledger: Ledger, *, by: str, now: datetime) -> int:
    """Make every projection again from the log; gives the number of events replayed.

    In slices, so that no writer waits long; until it ends, what is not replayed yet is
    missing from lists, and a rebuild that was killed is begun again by the next one.
    """
    with ledger.writing(by=by, now=now) as tx:
        tx.execute(SET_LOCAL, ("rebuild", 0))
        for table in PROJECTIONS:
            tx.execute(f"DELETE FROM {table}")
        for index in INDEXES:
            tx.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")
        tx.execute(INSERT_INBOX)
    replayed = seq = 0
    while True:
        with ledger.writing(by=by, now=now) as tx:
            number, seq = _replay_slice(tx, seq)
            replayed += number
            if number == 0:
                tx.execute(DELETE_LOCAL, ("rebuild",))
                break
    merge(ledger, by=by, now=now)
    return replayed


def _replay_slice(tx: Writing, seq: int) -> tuple[int, int]:
    own = {row[0] for row in tx.rows(OWN_REPLICAS)}
    begun, number = time.monotonic(), 0
    for row in tx.rows(BY_ARRIVAL, (seq, 2_000)):
        # One at least: a slice without any is the end of the rebuild.
        if number and time.monotonic() - begun > SLICE:
            break
        tx.replay(Event(*row[1:]), row[0], own=row[2] in own)
        seq, number = row[0], number + 1
    return number, seq


def expect(ledger: Ledger, pages: int = USUAL) -> None:
    """How many pages the log before the file may hold until they are put into it.

    Many transactions change the same ones, which are put there once.
    """
    ledger.one(CHECKPOINT.format(pages))


def merge(ledger: Ledger, pages: int = PAGES, *, by: str, now: datetime) -> None:
    """Make few segments of the many that chunks leave: each is looked into for each word.

    By so many *pages* a transaction, as one `optimize` would hold the lock too long. Fewer than
    none: all of them, else what has too many of one size.
    """
    for index in INDEXES:
        begun = False
        while True:
            with ledger.writing(by=by, now=now) as tx:
                before = tx.changes()
                tx.execute(MERGE.format(index), (abs(pages) if begun else pages,))
                if tx.changes() - before < 2 and (begun or pages > 0):
                    break
                begun = True


# ---- purge ---------------------------------------------------------------------------


def purge(tx: Writing, entry: EntryId) -> list[str]:
    """Erase the words of an entry, all revisions of them; the handles of answers that used them.

    The file still holds traces until `scrub` has run after the commit.
    """
    slots = [
        f"{event.id.hex()}/{slot}"
        for event in (Event(*row) for row in tx.rows(EVENTS_OF, (entry,)))
        for slot in event.slots
    ]
    users = [row[0] for row in tx.rows(ANSWERS_OF, (entry,))]
    tx.append("purge", entry, {"slots": slots})
    tx.execute(SET_LOCAL, ("scrub", 1))
    return users


def scrub(ledger: Ledger, *, by: str, now: datetime, tries: int = 50) -> None:
    """Merge the index and truncate the write-ahead log until erased words are in no file.

    FTS5 keeps deleted words until their segments merge. Raises `LedgerBusy` when a reader holds
    the old pages: "not erased yet"; the next open goes on.
    """
    merge(ledger, -PAGES, by=by, now=now)
    for _ in range(tries):
        if ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")[0] == 0:
            with ledger.writing(by=by, now=now) as tx:
                tx.execute(DELETE_LOCAL, ("scrub",))
            return
        time.sleep(0.1)
    raise LedgerBusy(
        "not erased yet: another program still reads the old pages",
        "Close it; the next ledgernote command finishes the erasure.",
    )


def pending(reader: Reader) -> set[str]:
    """What was begun and not finished: `rebuild`, `scrub`."""
    return {row[0] for row in reader.rows("SELECT name FROM local WHERE name != 'clock'")}
