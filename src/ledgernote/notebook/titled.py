"""Threads that nobody named: they are shown by their first words, and may be called so."""

from __future__ import annotations

from ledgernote.domain.entries import Filter, Query
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import folded
from ledgernote.ledger import called, places
from ledgernote.ledger.connection import Reader


def titled(reader: Reader, title: str) -> str | None:
    """The handle of the thread without a name that is shown so, of those last used."""
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
    """The query with the handles of threads that it calls by their first words.

    What is the name or handle of another stays.
    """

    def meant(one: Filter) -> Filter:
        if one.field != "thread" or called.is_thread(reader, one.value):
            return one
        handle = titled(reader, one.value)
        return replace(one, value=handle) if handle else one

    either = (
        tuple(meant(one) if isinstance(one, Filter) else one for one in group)
        for group in query.either
    )
    return replace(query, filters=tuple(map(meant, query.filters)), either=tuple(either))
