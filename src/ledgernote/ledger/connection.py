"""Opening the file: who may, how it waits, and what its errors are called.

Owns the pragmas, the file modes and the translation of sqlite3's errors into ours.
Knows no table but what tells a ledger from another file.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ledgernote.domain.errors import (
    LedgerReadOnly,
    LedgerTooNew,
    NoLedger,
    NotALedger,
)
from ledgernote.domain.grams import grams
from ledgernote.domain.literal import held, typed
from ledgernote.domain.text import to_text
from ledgernote.ledger.faults import is_busy, translate
from ledgernote.ledger.migrations import APPLICATION_ID, STEPS
from ledgernote.ledger.owner import make_folders
from ledgernote.ledger.surroundings import is_full

PATIENCE = 30.0
"""Seconds that a writer waits for the others before it gives up."""

Values = Sequence[object] | Mapping[str, object]
Result = TypeVar("Result")


def patiently(
    do: Callable[[], Result], notice: Callable[[str], None] | None = None, limit: float = PATIENCE
) -> Result:
    """Do it again until it is not busy, in slices short enough for Ctrl-C.

    SQLite's own busy handler sleeps in C and starves writers (1.5 s for one of eight,
    measured); a short jittered sleep of ours does neither.
    """
    begun = time.monotonic()
    nap = 0.001
    while True:
        try:
            return do()
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - begun
            if not is_busy(error) or waited > limit:
                raise
            if notice is not None and waited > 1.0:
                notice("waiting for another program that writes to the ledger …")
                notice = None
            from random import uniform  # who need not wait need not load it

            time.sleep(uniform(0, nap))
            nap = min(nap * 2, 0.1)


IDS = 500
"""Ids asked for in one statement."""


class Reader:
    """One connection, read. Every statement goes through here, so that every error is ours."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def rows(self, sql: str, values: Values = ()) -> list[Any]:
        """All rows of *sql*."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def one(self, sql: str, values: Values = ()) -> Any:
        """The first row of *sql*, or None."""
        try:
            return self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def among(self, sql: str, ids: Iterable[bytes | int]) -> list[Any]:
        """The rows of *sql*, whose one `{}` stands for any number of *ids*; in no order."""
        every = list(ids)
        return [
            row
            for start in range(0, len(every), IDS)
            for chunk in [every[start : start + IDS]]
            for row in self.rows(sql.format(",".join("?" * len(chunk))), chunk)
        ]

    def stream(self, sql: str, values: Values = ()) -> Iterator[Any]:
        """The rows of *sql* one by one, in constant memory."""
        try:
            yield from self._connection.execute(sql, values)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def version_of(connection: sqlite3.Connection) -> int:
    """The step of the format that the file stands at."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _set_up(connection: sqlite3.Connection) -> None:
    connection.text_factory = to_text
    connection.create_function("grams", 1, grams, deterministic=True)
    connection.create_function("held", -1, held, deterministic=True)
    connection.create_function("typed", 4, typed, deterministic=True)
    for pragma in ("synchronous = FULL", "recursive_triggers = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _create_file(path: Path) -> None:
    """Make an empty private file, and the folders above it; two first runs may race."""
    try:
        make_folders(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise LedgerReadOnly(
            f"{path} cannot be made: {error.strerror}",
            "Choose a place that you may write to, with -d or LEDGERNOTE_LEDGER.",
        ) from error


def _check_file(path: Path, *, create: bool) -> bool:
    """Whether the file was made just now. Raises for a link, a folder, or no file."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        if not create:
            raise NoLedger(str(path)) from None
        _create_file(path)
        return True
    except OSError as error:
        raise LedgerReadOnly(f"{path} cannot be read: {error.strerror}") from error
    if stat.S_ISLNK(found.st_mode):
        raise NotALedger(
            f"{path} is a symbolic link; a ledger must be the file itself",
            f"Use the file it points to: -d {path.resolve()}",
        )
    if not stat.S_ISREG(found.st_mode):
        raise NotALedger(f"{path} is not a file", "Name a file with -d.")
    return False


def _connect(path: Path, query: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{query}"
    connection = sqlite3.connect(uri, uri=True, timeout=0.1, isolation_level=None)
    try:
        before = path.lstat().st_ino
        _set_up(connection)
        patiently(lambda: version_of(connection))
        same = path.lstat().st_ino == before
    except BaseException:
        connection.close()
        raise
    if not same:
        connection.close()
        raise NotALedger(f"{path} was exchanged while it was opened", "Try again.")
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Open what cannot be written.

    A WAL database in a folder that cannot be written opens only as immutable; but that
    would hide what still stands in a live `-wal`, so with one there it is plain read-only.
    """
    wal = path.with_name(path.name + "-wal")
    live = wal.exists() and wal.stat().st_size > 0
    return _connect(path, "mode=ro" if live else "mode=ro&immutable=1")


def connect(path: Path, *, create: bool) -> tuple[sqlite3.Connection, bool]:
    """Open the ledger at *path*; the second value says whether it can be written.

    Brings an older format up to ours. Raises a `LedgerError`.
    """
    _check_file(path, create=create)
    try:
        try:
            connection = _connect(path, "mode=rw")
        except sqlite3.OperationalError as error:
            code = (error.sqlite_errorcode or 0) & 0xFF
            closed = code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
            # On a full disk the `-shm`, which every reader of a WAL needs, cannot be made.
            if not closed and not (code == sqlite3.SQLITE_IOERR and is_full(path.parent)):
                raise
            return _readable(_known(_connect_read_only(path), path), path), False
        if not create and path.stat().st_size == 0:
            connection.close()
            raise NoLedger(str(path))
        if version_of(connection) < len(STEPS):
            _migrate(connection, path)
        _known(connection, path)
    except sqlite3.Error as error:
        raise translate(error, path) from error
    return connection, os.access(path, os.W_OK)


def _known(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotALedger(f"{path} is a database, but not a ledger", "Name another file with -d.")
    return connection


def _readable(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    if version_of(connection) < len(STEPS):
        raise LedgerReadOnly(
            f"{path} has an older format and cannot be written",
            "Open it once where it can be: that brings it up to date.",
        )
    return connection


def is_newer(connection: sqlite3.Connection) -> bool:
    """Whether a newer program has changed the format."""
    return version_of(connection) > len(STEPS)


def too_new(path: Path) -> LedgerTooNew:
    """What a writer is told about a ledger from the future."""
    return LedgerTooNew(
        f"{path} was changed by a newer ledgernote; this one can read it but not write to it",
        "Upgrade: pip install --upgrade ledgernote",
    )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if version_of(connection) == 0 and tables > 0:
        _known(connection, path)
    patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"))
    if tables == 0:  # in one, as each commit waits for the disk
        with transaction(connection):
            for number in range(len(STEPS)):
                _step(connection, number)
    for number in range(version_of(connection), len(STEPS)):
        with transaction(connection):
            _step(connection, number)


def _step(connection: sqlite3.Connection, number: int) -> None:
    # Read inside the lock: two terminals may open a fresh ledger at once.
    if version_of(connection) == number:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for statement in STEPS[number]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number + 1}")


@contextmanager
def transaction(
    connection: sqlite3.Connection,
    notice: Callable[[str], None] | None = None,
    limit: float = PATIENCE,
) -> Iterator[None]:
    """All of it or none of it. IMMEDIATE: a lock taken later would fail half way."""
    try:
        if connection.in_transaction:  # Ctrl-C came between its beginning and its `with`
            connection.execute("ROLLBACK")
        patiently(lambda: connection.execute("BEGIN IMMEDIATE"), notice, limit)
        yield
        patiently(lambda: connection.execute("COMMIT"))
    except BaseException:  # Ctrl-C too: half a change must never stay
        if connection.in_transaction:  # a full disk has rolled back by itself
            connection.execute("ROLLBACK")
        raise
