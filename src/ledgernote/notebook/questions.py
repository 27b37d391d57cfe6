"""The questions that this actor asked: the newest ones, and those that hold some words."""

from __future__ import annotations

from ledgernote.domain.entries import ProjectId, ThreadId
from ledgernote.ledger import places
from ledgernote.ledger.questions import Asked, Sought, asked

__all__ = ["Asked", "holding", "latest"]
from ledgernote.notebook.notebook import Notebook

DEEP = 2_000
"""So many of the newest entries of the project are looked through for the latest questions."""

LONGEST = 100_000
"""Bytes; a longer question is nothing to edit in a prompt."""


def latest(notebook: Notebook, number: int) -> list[str]:
    """The texts of the last questions of the project, newest first, each once."""
    project = places.find_project(notebook.ledger, notebook.project)
    if project is None:
        return []
    found = _asked(
        notebook,
        Sought(actor=notebook.actor, place=project, deep=DEEP, longest=LONGEST, number=number),
    )
    return [one.text for one in found]


def holding(notebook: Notebook, words: str, where: str, thread: str | None) -> list[Asked]:
    """Those that hold all the words, newest first: of the `thread`, the `project` or `all`."""
    place: ThreadId | ProjectId | None = None
    if where == "thread" and thread:
        place = notebook.thread_id(thread)
    elif where == "project":
        place = places.find_project(notebook.ledger, notebook.project)
    if where != "all" and not place:
        return []
    sought = Sought(
        actor=notebook.actor,
        place=place,
        in_thread=where == "thread",
        words=words.split(),
        longest=LONGEST,
        number=MOST,
    )
    return _asked(notebook, sought)


MOST = 100
"""Nobody looks further down a list than that; more words find the rest."""


def _asked(notebook: Notebook, sought: Sought) -> list[Asked]:
    return list({one.text: one for one in reversed(asked(notebook.ledger, sought))}.values())[::-1]
