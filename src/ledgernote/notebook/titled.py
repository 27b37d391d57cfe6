"""Threads that nobody named: they are shown by their first words, and may be called so."""

from __future__ import annotations

from ledgernote.domain.entries import Filter, Query
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import folded
from ledgernote.ledger import places
from ledgernote.ledger.connection import Reader


def is_named(reader: Reader, name: str) -> bool:
    """Whether somebody gave a thread that name."""
    return any(places.by_name(reader, project, name) for project in places.project_ids(reader))


def titled(reader: Reader, title: str) -> str | None:
    """The handle of the thread without a name that is shown so, of those last used.

    Nothing where another has it for a name.
    """
    if is_named(reader, title):
        return None
    shown = folded(places.title_from(title))
    ids = places.recently_used(reader, places.project_ids(reader))
    return next(
        (
            thread.handle
            for thread in places.threads_of(reader, ids)
            if not thread.named and folded(thread.title) == shown
        ),
        None,
    )


def by_handle(reader: Reader, query: Query) -> Query:
    """The query with the handles of threads that it calls by their first words."""

    def meant(one: Filter) -> Filter:
        handle = titled(reader, one.value) if one.field == "thread" else None
        return replace(one, value=handle) if handle else one

    either = (
        tuple(meant(one) if isinstance(one, Filter) else one for one in group)
        for group in query.either
    )
    return replace(query, filters=tuple(map(meant, query.filters)), either=tuple(either))
