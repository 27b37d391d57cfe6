"""Prompt history from the ledger: the questions of the project, read when the first key comes.

What is sent is in the ledger already, so nothing is stored here; commands and cleared drafts
are remembered until the end of the talk only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import closing

from prompt_toolkit.history import History

from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import LedgernoteError
from ledgernote.notebook.notebook import Notebook

DEEP = 600
"""So many of the newest entries of this actor are looked through for questions."""

LONGEST = 100_000
"""Bytes; a longer question is not worth an Up."""


def own(notebook: Notebook) -> Notebook:
    """The same notebook over a connection of its own: sqlite's may not change threads."""
    return Notebook.open(
        notebook.settings,
        project=notebook.project,
        create=False,
        say=lambda _: None,
        clock=notebook.clock,
    )


def questions(notebook: Notebook) -> list[str]:
    """The last questions of the project, newest first, each once. Runs in any thread."""
    try:
        with closing(own(notebook)) as mine:
            found = mine.latest(DEEP, project=True, actor=mine.actor)
            asked = [e for e in found if e.kind is Kind.QUESTION and e.size <= LONGEST]
            return list(dict.fromkeys(mine.whole(entry).text for entry in reversed(asked)))
    except LedgernoteError:
        return []  # a project that nobody has made yet has no history


class Questions(History):
    """Loads in a thread, so that neither the prompt nor the first key waits for the ledger."""

    def __init__(self, read: Callable[[], list[str]]) -> None:
        super().__init__()
        self._read = read

    async def load(self) -> AsyncGenerator[str, None]:
        """Newest first: what was typed in this talk, then the ledger's."""
        if not self._loaded:
            found = await asyncio.to_thread(self._read)
            self._loaded_strings.extend(found)
            self._loaded = True
        for text in list(self._loaded_strings):
            yield text

    def load_history_strings(self) -> Iterable[str]:
        """What the ledger holds."""
        return self._read()

    def store_string(self, string: str) -> None:
        """Sent text goes into no other file."""
