"""A query in words: what was understood, and what the search did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledgernote.domain.entries import Filter, Query, Term

WORDED = {
    "tag": "tagged {}",
    "kind": "of kind {}",
    "project": "in project {}",
    "thread": "in thread {}",
    "model": "answered by a model called {}",
    "actor": "written by {}",
    "since": "since {}",
    "until": "until {}",
    "on": "on {}",
    "is": "{}",
}


def explained(query: Query, instead: Sequence[tuple[str, str]] = ()) -> Iterator[str]:
    """How a query was read, a line for each part of it."""
    groups = [" or ".join(map(_term, group)) for group in query.groups]
    wrapped = [f"({one})" if " or " in one and len(groups) > 1 else one for one in groups]
    if wrapped:
        yield f"words: {' and '.join(wrapped)}"
    if query.without:
        yield f"without: {' or '.join(map(_term, query.without))}"
    if query.filters:
        yield f"only: {'; '.join(map(_filter, query.filters))}"
    for group in query.either:
        yield f"either: {' or '.join(map(_either, group))}"
    for typed, meant in instead:
        yield f"spelling: nothing holds {typed}, so {meant}"


def _term(term: Term) -> str:
    if term.prefix:
        return f"{term.text}…"
    return f'"{term.text}"' if " " in term.text else term.text


def _either(one: Term | Filter) -> str:
    from ledgernote.domain.entries import Filter

    return _filter(one) if isinstance(one, Filter) else _term(one)


def _filter(one: Filter) -> str:
    return ("not " if one.negated else "") + WORDED[one.field].format(one.value)
