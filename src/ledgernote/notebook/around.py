"""What stands around an entry, read from the ledger."""

from __future__ import annotations

from ledgernote.domain.around import Around, Link
from ledgernote.domain.entries import Entry, Kind
from ledgernote.ledger import entries, history, links, recipes
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.siblings import siblings


def around(notebook: Notebook, entry: Entry) -> Around:
    """What stands around an entry now."""
    reader = notebook.ledger
    ends = {name: links.end(reader, name, entry.id) for name in links.names(reader, entry.id)}
    wanted = {end: None for end in ends.values() if end is not None}
    found = {one.id: one for one in entries.by_ids(reader, wanted)}
    made = entry.kind in (Kind.ANSWER, Kind.SUMMARY)
    return Around(
        links=tuple(Link(name, found[end] if end else None) for name, end in ends.items()),
        linked_from=tuple(entries.by_ids(reader, links.linking(reader, entry))),
        edits=history.edits(reader, entry.id),
        replayed=recipes.reasons_of(reader, entry.id) if made else {},
        cited=tuple(recipes.cited_in(reader, entry.id)) if made else (),
        used=recipes.answers_using(reader, entry.id),
        siblings=tuple(siblings(notebook, entry)),
    )
