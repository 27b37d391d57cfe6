"""What the errors of sqlite3 are called here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ledgernote.domain.errors import (
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerFull,
    LedgerReadOnly,
    NotALedger,
)
from ledgernote.ledger.surroundings import is_full, is_read_only

RECOVER = "what can still be read: sqlite3 {0} .recover | sqlite3 recovered.db"


def translate(error: sqlite3.Error, path: Path) -> LedgerError:
    """Sqlite's error in our words; the caller raises it from *error*."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_IOERR and is_full(path.parent):
        code = sqlite3.SQLITE_FULL  # what cannot grow fails to SQLite like a failing disk
    if code == sqlite3.SQLITE_READONLY:
        return unwritable(path)
    sentences: dict[int, tuple[type[LedgerError], str, str]] = {
        sqlite3.SQLITE_BUSY: (
            LedgerBusy,
            "the ledger is busy: another program has been writing to it for too long",
            "Wait for it to end, then try again.",
        ),
        sqlite3.SQLITE_FULL: (
            LedgerFull,
            "the disk is full",
            "Free some room and try again; everything kept before is safe.",
        ),
        sqlite3.SQLITE_NOTADB: (
            NotALedger,
            f"{path} is not a ledger",
            "Name another file with -d.",
        ),
        sqlite3.SQLITE_CORRUPT: (
            LedgerDamaged,
            f"{path} is damaged: {error}",
            f"Restore a backup beside it; {RECOVER.format(path)}",
        ),
        sqlite3.SQLITE_IOERR: (
            LedgerDamaged,
            f"the disk failed while {path} was read or written: {error}",
            "What was acknowledged before stands; check the disk before you go on.",
        ),
    }
    sentences[sqlite3.SQLITE_LOCKED] = sentences[sqlite3.SQLITE_BUSY]
    for code_of_access in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        sentences[code_of_access] = (
            LedgerReadOnly,
            f"{path} cannot be opened",
            "Check that you may read the file and write to its folder.",
        )
    kind, sentence, hint = sentences.get(
        code,
        (
            LedgerDamaged,
            f"{path} could not be used: {error}",
            "Try again; if it stays so, restore a backup.",
        ),
    )
    return kind(sentence, hint)


def unwritable(path: Path) -> LedgerError:
    """What a writer is told about a ledger that opened for reading only."""
    if is_full(path.parent):
        return LedgerFull(
            "the disk is full", "Free some room and try again; what was kept can be read."
        )
    cure = "make the file and its folder writable"
    if is_read_only(path.parent):
        cure = "mount its disk for writing, or copy the file to another disk and name it with -d"
    return LedgerReadOnly(
        f"{path} can be read but not written", f"Searching works; to keep things, {cure}."
    )


def is_busy(error: sqlite3.Error) -> bool:
    """Whether waiting a little may help."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    return code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
