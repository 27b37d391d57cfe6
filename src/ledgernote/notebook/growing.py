"""The draft of one answer: whatever was said is in the ledger within a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ledgernote.domain.entries import Entry, EntryId, ProjectId, Status, ThreadId
from ledgernote.domain.errors import LedgerError
from ledgernote.ledger import drafts, entries
from ledgernote.ledger.ledger import Ledger
from ledgernote.models.counter import count
from ledgernote.notebook.notebook import Notebook

EVERY = 0.4
"""Seconds between two looks at what was said since."""
BEAT = 15.0
"""Seconds of silence after which we say that we live: a model may think for minutes."""


class Growing:
    """An answer in progress. A thread of its own writes: the model may fall silent at any
    time, and neither the disk nor another writer may hold up what is on the screen."""

    def __init__(
        self, notebook: Notebook, step: bytes | None, used: Callable[[int], Mapping[str, Any]]
    ) -> None:
        """*used* tells the usage after so many tokens of an answer."""
        self._notebook, self._step, self._used = notebook, step, used
        self._heard: list[tuple[str, str]] = []
        """All pieces as (text, reasoning); it only ever grows."""
        self._written = 0
        """How many of them stand in the draft; the writer's own."""
        self._tokens = 0
        """As many as were counted in them;"""
        self._beaten = 0.0
        self._ended = threading.Event()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self.id = b""

    def begin(
        self,
        question: EntryId | None,
        place: tuple[ProjectId, ThreadId],
        model: str,
        meta: Mapping[str, Any],
    ) -> None:
        """Open the draft, with its recipe and receipt in *meta*."""
        where = {"question": question, "project": place[0], "thread": place[1], "model": model}
        with self._notebook.writing() as tx:
            self.id = drafts.begin(tx, where, meta, self._notebook.ledger.state)
        self._beaten = time.monotonic()
        self._writer.start()

    def hear(self, text: str, reasoning: str) -> None:
        """Take a piece; it is written by the next look."""
        self._heard.append((text, reasoning))

    def _write(self) -> None:
        mine, ledger = self._notebook.ledger, None
        try:
            while not self._ended.wait(EVERY):
                with suppress(LedgerError):  # the next look tries again, and the end insists
                    ledger = ledger or Ledger.open(mine.path, state=mine.state, create=False)
                    self._flush(ledger)
        finally:
            if ledger is not None:
                ledger.close()

    def _flush(self, ledger: Ledger) -> None:
        fresh = self._heard[self._written :]
        if not fresh and time.monotonic() - self._beaten < BEAT:
            return
        said = _joined(fresh)
        tokens = self._tokens + count(said[0])
        used = self._used(tokens) if fresh or self._written else {}
        with ledger.writing(by=self._notebook.actor, now=self._notebook.clock()) as tx:
            drafts.grow(tx, self.id, said, used)
        self._written, self._tokens = self._written + len(fresh), tokens
        self._beaten = time.monotonic()

    def end(self, status: Status, more: Mapping[str, Any]) -> Entry | None:
        """Make it an event; where someone has closed the draft meanwhile, a revision of that.

        None when nothing was begun, or what was begun is gone.
        """
        try:
            self._close(status, more)
        except KeyboardInterrupt:  # Ctrl-C once more: first what was said, then that
            self._close(status, more)
            raise
        finally:
            drafts.let_go(self.id)
        found = entries.by_ids(self._notebook.ledger, [self.id])
        return entries.whole(self._notebook.ledger, found[0]) if found else None

    def _close(self, status: Status, more: Mapping[str, Any]) -> None:
        self._ended.set()
        if self._writer.ident is not None:  # it was started
            self._writer.join()
        mine, said = self._notebook, _joined(self._heard)
        with mine.ledger.writing(by=mine.actor, now=mine.clock(), step=self._step) as tx:
            draft = drafts.find(tx, self.id, mine.ledger.state)
            if draft is None:
                drafts.catch_up(tx, self.id, said, status, more)
            else:
                drafts.close(tx, draft, status, more, said)


def _joined(pieces: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The text and the reasoning of some pieces."""
    return "".join(text for text, _ in pieces), "".join(thought for _, thought in pieces)
