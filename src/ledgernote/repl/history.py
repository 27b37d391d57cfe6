"""Prompt history from the ledger: the last questions of the project, read for every prompt.

What is sent is in the ledger already, so nothing is stored here, and what another terminal asks
is there at the next prompt; commands and cleared drafts are remembered until the end of the talk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import closing

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import History

from ledgernote.domain.errors import LedgernoteError
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.questions import Asked, holding, latest
from ledgernote.render.look import Look
from ledgernote.repl.scope import Row, Scope

TAIL = 200
"""So many of the newest questions are a key away; Ctrl-R finds the others."""


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
            return latest(mine, TAIL)
    except LedgernoteError:
        return []  # the prompt is no place to complain of a ledger


class Questions(History):
    """Loads in a thread, so that neither the prompt nor the first key waits for the ledger."""

    def __init__(
        self, read: Callable[[], list[str]], hides: Callable[[str], bool] = lambda _: False
    ) -> None:
        """*hides* tells of a text that is not to come up again: a key."""
        super().__init__()
        self._hides = hides
        self._read = read
        self._typed: list[str] = []
        """In this talk, newest first."""

    async def load(self) -> AsyncGenerator[str, None]:
        """Newest first: what was typed in this talk, then the ledger's."""
        kept = await asyncio.to_thread(self._read)
        # Suggestions are looked for here, also before the first key of the next prompt.
        self._loaded_strings = list(dict.fromkeys((*self._typed, *kept)))
        for text in self._loaded_strings:
            yield text

    def append_string(self, string: str) -> None:
        """Something was sent, or cleared away."""
        if self._hides(string):
            return
        self._typed.insert(0, string)
        self._loaded_strings.insert(0, string)

    def load_history_strings(self) -> Iterable[str]:
        """What the ledger holds."""
        return self._read()

    def store_string(self, string: str) -> None:
        """Sent text goes into no other file."""


class Rest(AutoSuggest):
    """Suggests the rest of the newest message that begins as the draft does, to its line's end.

    prompt-toolkit's own looks through every line of each, 40 ms a key with long ones.
    """

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """What could stand behind the cursor."""
        text = document.text
        for older in reversed(buffer.history.get_strings()) if text.strip() else ():
            if len(older) > len(text) and older.startswith(text):
                return Suggestion(older[len(text) :].partition("\n")[0])
        return None


def scopes(notebook: Notebook, thread: str | None, look: Look) -> tuple[Scope, ...]:
    """Where Ctrl-R looks for a question: in the thread, pressed again in the project, in all."""
    wheres = ("thread", "project", "all") if thread else ("project", "all")

    def scope(where: str) -> Scope:
        def find(words: str) -> list[Row]:
            with closing(own(notebook)) as mine:
                found = holding(mine, words, where, thread)
            return [Row(one.text, one.text, _more(one, look)) for one in found]

        return Scope(_NAMES[where], find)

    return tuple(map(scope, wheres))


_NAMES = {"thread": "questions of this thread", "project": "of this project", "all": "of all"}


def _more(one: Asked, look: Look) -> Callable[[], str]:
    return lambda: f"{look.moment(one.created).strip()}\n{one.text[:2_000]}"
