"""One open ledger file. Reading is free; writing needs a `Writing`, and this makes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ledgernote.domain.errors import LedgerError
from ledgernote.ledger import drafts
from ledgernote.ledger.connection import PATIENCE, Reader, connect, is_newer, too_new, transaction
from ledgernote.ledger.faults import translate, unwritable
from ledgernote.ledger.replica import open_chain, write_mark
from ledgernote.ledger.surroundings import worries
from ledgernote.ledger.writing import Writing


def _silent(_: str) -> None:
    """Where nobody listens."""


class Ledger(Reader):
    """The notebook's file and its door for writers."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        state: Path,
        say: Callable[[str], None] = _silent,
    ) -> None:
        super().__init__(connection, path)
        self.state = state
        self._say = say

    @classmethod
    def open(
        cls, path: Path, *, state: Path, create: bool, say: Callable[[str], None] = _silent
    ) -> Ledger:
        """Open the file, made when *create*; *state* is where the high-water marks stand.

        *say* is told what a person should hear while we wait. Raises a `LedgerError`.
        """
        new = create and not path.exists()
        connection, writable = connect(path, create=create)
        if new:
            for worry in worries(path):
                say(worry)
        ledger = cls(connection, path, state, say)
        ledger.writable = writable
        if is_newer(connection):
            if create:
                connection.close()
                raise too_new(path)
            ledger.notice = str(too_new(path))
        return ledger

    writable = True
    patience = PATIENCE
    """Seconds that a writer waits for the others."""
    notice = ""
    """What a reader should hear of the file, once."""
    on_wait: Callable[[], None] = staticmethod(lambda: None)
    """Called when a writer has waited so long that the person is told."""

    def _waited(self, told: str) -> None:
        self._say(told)
        self.on_wait()

    def why_closed(self) -> LedgerError | None:
        """What a writer is told where nothing can be kept; None where it can."""
        return None if self.writable else unwritable(self.path)

    @contextmanager
    def writing(self, *, by: str, now: datetime, step: bytes | None = None) -> Iterator[Writing]:
        """Keep all that is written inside or none of it; one step, unless *step* joins another.

        *now* is aware. Raises a `LedgerError`; nothing was written then.
        """
        if why := self.why_closed():
            raise why
        try:
            with transaction(self._connection, self._waited, self.patience):
                if is_newer(self._connection):
                    raise too_new(self.path)
                chain = open_chain(
                    self._connection, self.path, self.state, int(now.timestamp() * 1000)
                )
                before = chain.rseq
                tx = Writing(self._connection, self.path, chain, (now, by))
                tx.project_due()
                drafts.close_dead(tx, self.state)
                tx.step = step or tx.step
                yield tx
                tx.finish()
                if chain.rseq != before:
                    write_mark(self.state, chain)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """The ledger as it is now, whatever is written meanwhile."""
        connection, _ = connect(self.path, create=False)
        reader = Reader(connection, self.path)
        try:
            connection.execute("BEGIN")
            reader.one("SELECT 1 FROM event LIMIT 1")  # the first read fixes the moment
            yield reader
        finally:
            connection.close()
