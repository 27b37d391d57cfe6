"""Where an answer comes from, and what was made from an entry."""

from __future__ import annotations

from ledgernote.domain.entries import Entry, Origin
from ledgernote.domain.errors import NoSuchThing
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Citation, Context
from ledgernote.ledger import entries, recipes
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.recorded import recorded
from ledgernote.replay.cite import citations


@frozen
class Why:
    """An answer, the context it was made from, and what of it the answer cites."""

    answer: Entry
    context: Context
    citations: tuple[Citation, ...]
    note: Entry | None = None
    """What was saved from the answer, where that was asked about."""


def why(notebook: Notebook, name: str) -> Why:
    """Where an answer comes from, in the words that were answered, edits aside.

    Of a note that was saved from an answer, where that answer comes from. Raises `NoSuchThing`,
    and `UsageError` for what is no answer.
    """
    asked = notebook.entry(name)
    if asked.saved_from:
        return replace(_of_answer(notebook, _there(notebook, asked, asked.saved_from)), note=asked)
    return _of_answer(notebook, name)


def _there(notebook: Notebook, note: Entry, origin: Origin) -> str:
    """The handle of what *note* was saved from. Raises `NoSuchThing` where that was removed."""
    try:
        return notebook.entry(origin.handle).handle
    except NoSuchThing:
        raise NoSuchThing(
            f"{note.handle} was saved from {origin.handle} of {origin.actor}, which was removed",
            f"`ledgernote history {origin.handle}` says by whom.",
        ) from None


def _of_answer(notebook: Notebook, name: str) -> Why:
    context = recorded(notebook, name)
    answer = notebook.entry(name)
    if event := recipes.answered(notebook.ledger, answer.id):
        answer = replace(answer, text=recipes.words(notebook.ledger, event, "text"))
    handles = {row.handle for row in context.receipt if row.handle}
    return Why(answer=answer, context=context, citations=citations(answer.text, handles))


def used_in(notebook: Notebook, name: str) -> list[Entry]:
    """What was made from an entry: answers that replayed or cite it, notes saved from it, and
    what supersedes it; oldest first. Raises `NoSuchThing`."""
    entry = notebook.entry(name)
    found = entries.by_ids(notebook.ledger, recipes.made_of(notebook.ledger, entry.id))
    return sorted(found, key=lambda each: each.order)
