"""The threads of a project as rows to pick from, with where each of them stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from ledgernote.domain.entries import Thread
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import one_line
from ledgernote.render.look import Look
from ledgernote.repl.fuzzy import fits
from ledgernote.repl.history import own
from ledgernote.repl.scope import Row, Scope
from ledgernote.repl.session import cut_off, last_turn

MOST = 200
"""Rows; more letters find the rest."""


def scope(notebook: Notebook, look: Look) -> Scope:
    """The threads whose title or handle fits some letters, last used first."""

    def find(words: str) -> Sequence[Row]:
        with closing(own(notebook)) as mine:
            found = mine.threads()
        ranked = [(rank, one) for one in found if (rank := _rank(words, one))]
        ranked.sort(key=lambda pair: pair[0])
        return [
            Row(one.handle, _line(one, look), _standing(notebook, one, look))
            for _, one in ranked[:MOST]
        ]

    return Scope(f"threads of {notebook.project_name}", find)


def _rank(words: str, thread: Thread) -> tuple[int, ...] | None:
    """All of the words fit, in any order; alike ones stay as they are, last used first."""
    fit = [fits(word, thread.title) or fits(word, thread.handle) for word in words.split()]
    return None if None in fit else (max((one[0] for one in fit if one), default=0),)


def _line(thread: Thread, look: Look) -> str:
    when = look.moment(thread.used or thread.created).strip()
    return f"{one_line(thread.title, max((look.width or 80) - 24, 12))} · {when}"


def _standing(notebook: Notebook, thread: Thread, look: Look) -> Callable[[], str]:
    def read() -> str:
        with closing(own(notebook)) as mine:
            entries = mine.thread(thread.handle)[1]
        parts = (cut_off(entries), *last_turn(entries, (look.width or 80) - 6))
        return "\n".join(part for part in parts if part)

    return read
