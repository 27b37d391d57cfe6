"""What stands beside an entry: other answers to its question, material, the end of its pin."""

from __future__ import annotations

from datetime import datetime

from ledgernote.domain.entries import Entry, EntryId, Kind
from ledgernote.ledger import entries, imports, places, recipes
from ledgernote.notebook.notebook import Notebook


def siblings(notebook: Notebook, entry: Entry) -> list[Entry]:
    """The other answers to the question that *entry* answers, oldest first.

    Of a question all its answers, where there are several.
    """
    question = entry.id if entry.kind is Kind.QUESTION else entry.reply_to_id
    if question is None or entry.kind not in (Kind.QUESTION, Kind.ANSWER):
        return []
    found = recipes.answers_to(notebook.ledger, question)
    if len(found) < 2:
        return []
    return [one for one in entries.by_ids(notebook.ledger, found) if one.id != entry.id]


def turn_of(notebook: Notebook, question: Entry) -> list[EntryId]:
    """The material that was kept with a question, in its order."""
    return recipes.material_of(notebook.ledger, question.id)


def pinned_until(notebook: Notebook, entry: Entry) -> datetime | None:
    """When its pin ends; None where it does not."""
    until, _, _ = imports.beside(notebook.ledger, entry.id)
    offset = entry.created.utcoffset()
    return places.moment(until, int(offset.total_seconds()) if offset else 0) if until else None
