"""The draft of one answer: whatever was said is in the ledger within a second."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ledgernote.domain.entries import Entry, EntryId, ProjectId, Status, ThreadId
from ledgernote.domain.errors import LedgerError
from ledgernote.domain.text import to_bytes
from ledgernote.ledger import drafts, entries, keep
from ledgernote.ledger.ledger import Ledger
from ledgernote.notebook.notebook import Notebook

EVERY = 0.4
"""Seconds between two looks at what was said since."""


class Growing:
    """An answer in progress. A thread of its own writes: the model may fall silent at any
    time, and neither the disk nor another writer may hold up what is on the screen."""

    def __init__(self, notebook: Notebook, step: bytes) -> None:
        self._notebook, self._step = notebook, step
        self._said: list[str] = []
        self._thought: list[str] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self.id = b""

    def begin(
        self,
        question: Entry,
        place: tuple[ProjectId, ThreadId],
        model: str,
        meta: Mapping[str, Any],
    ) -> None:
        """Open the draft, with its recipe and receipt in *meta*."""
        where = {"question": question.id, "project": place[0], "thread": place[1], "model": model}
        with self._notebook.writing() as tx:
            self.id = drafts.begin(tx, where, meta, self._notebook.ledger.state)
        self._writer.start()

    def hear(self, text: str, reasoning: str) -> None:
        """Take a piece; it is written by the next look."""
        with self._lock:
            self._said.append(text)
            self._thought.append(reasoning)

    def _take(self) -> tuple[str, str]:
        with self._lock:
            said, thought = "".join(self._said), "".join(self._thought)
            self._said, self._thought = [], []
        return said, thought

    def _put_back(self, said: str, thought: str) -> None:
        with self._lock:
            self._said.insert(0, said)
            self._thought.insert(0, thought)

    def _write(self) -> None:
        mine = self._notebook.ledger
        ledger = Ledger.open(mine.path, state=mine.state, create=False)
        try:
            while not self._ended.wait(EVERY):
                self._flush(ledger)
        finally:
            ledger.close()

    def _flush(self, ledger: Ledger) -> None:
        said, thought = self._take()
        if not said and not thought:
            return
        try:
            with ledger.writing(by=self._notebook.actor, now=self._notebook.clock()) as tx:
                drafts.grow(tx, self.id, said, thought)
        except LedgerError:  # the next look tries again, and the end insists
            self._put_back(said, thought)

    def end(self, whole: str, status: Status, more: Mapping[str, Any]) -> Entry:
        """Make it an event; where someone has closed the draft meanwhile, a revision of it."""
        self._ended.set()
        self._writer.join()
        notebook = self._notebook
        with notebook.ledger.writing(
            by=notebook.actor, now=notebook.clock(), step=self._step
        ) as tx:
            if drafts.grow(tx, self.id, *self._take()):
                (mine,) = (
                    draft for draft in drafts.read(tx, notebook.ledger.state) if draft.id == self.id
                )
                drafts.close(tx, mine, status, more)
            else:
                keep.revise(tx, EntryId(self.id), to_bytes(whole))
        return entries.whole(notebook.ledger, entries.by_ids(notebook.ledger, [self.id])[0])
