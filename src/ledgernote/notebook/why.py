"""Where an answer comes from, and what was made from an entry."""

from __future__ import annotations

from dataclasses import replace

from ledgernote.domain.entries import Entry
from ledgernote.domain.frozen import frozen
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


def why(notebook: Notebook, name: str) -> Why:
    """Where an answer comes from, in the words that were answered, edits aside.

    Raises `NoSuchThing`, and `UsageError` for what is no answer.
    """
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
