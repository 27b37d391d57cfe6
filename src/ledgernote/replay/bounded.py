"""As much of a query as is looked for at once. Pure.

A text of thousands of words is a query like any other, but no index answers for all of them.
"""

from __future__ import annotations

from typing import TypeVar

from ledgernote.domain.entries import Query
from ledgernote.domain.frozen import replace

PARTS = 500
"""Words and filters that are looked for: SQLite nests a thousand conditions, no more."""

Part = TypeVar("Part")


def bounded(query: Query) -> tuple[Query, int]:
    """The first parts of a query, its filters before its words, and how many it has."""
    filters, without = query.filters[:PARTS], query.without[:PARTS]
    either, room = _first(query.either, PARTS - len(filters) - len(without))
    groups, _ = _first(query.groups, room)
    parts = len(query.filters) + len(query.without)
    parts += sum(map(len, query.either)) + sum(map(len, query.groups))
    if parts <= PARTS:
        return query, parts
    kept = replace(query, filters=filters, without=without, either=either, groups=groups)
    return kept, parts


def _first(
    groups: tuple[tuple[Part, ...], ...], room: int
) -> tuple[tuple[tuple[Part, ...], ...], int]:
    """The groups that have room, the last one perhaps not whole, and the room that is left."""
    kept = []
    for group in groups:
        if room > 0:
            kept.append(group[:room])
        room -= len(group)
    return tuple(kept), room
