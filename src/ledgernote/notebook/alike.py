"""What is like an entry: the words that tell what it is about are a query."""

from __future__ import annotations

from ledgernote.domain.entries import Entry, EntryId, Query, Term
from ledgernote.ledger import entries, search
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.alike import telling, words_of

COUNTED = 20_000
"""Passages with a word that are counted at most."""


def telling_words(notebook: Notebook, entry: Entry) -> tuple[Term, ...]:
    """The words of an entry that others may share, the most telling first."""
    often = words_of(f"{entry.title or ''}\n{entry.text}")
    everywhere = search.Search(query=Query(), now=0)
    holding = {
        word: search.holding(notebook.ledger, everywhere, Term(text=word), COUNTED)
        for word in often
    }
    found = telling(often, holding, search.passages(notebook.ledger))
    return tuple(Term(text=word) for word in found)


def itself(notebook: Notebook, entry: Entry) -> set[EntryId]:
    """An entry, what it replaces and what replaces it."""
    return set(entries.kin(notebook.ledger, entry.id))
