"""What is private: an entry by its own mark, a tag, its project, or anything it was made from."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.ledger.connection import Reader

CHUNK = 500
"""Ids asked for in one statement."""

ANY_MARK = "SELECT 1 FROM private_mark LIMIT 1"
SOURCES = "SELECT entry, source FROM made_from WHERE entry IN ({})"
MARKED = """
    SELECT id FROM entry WHERE id IN ({}) AND (
        id IN (SELECT entity FROM private_mark)
        OR project IN (SELECT entity FROM private_mark)
        OR EXISTS (SELECT 1 FROM entry_tag
                     JOIN tag AS own ON own.id = entry_tag.tag
                     JOIN tag AS alike ON alike.name = own.name
                     JOIN private_mark ON private_mark.entity = alike.id
                    WHERE entry_tag.entry = entry.id))"""
IS_MARKED = "SELECT 1 FROM private_mark WHERE entity = ?"


def _asked(reader: Reader, sql: str, ids: Iterable[bytes]) -> list[tuple[bytes, ...]]:
    every = list(ids)
    return [
        row
        for start in range(0, len(every), CHUNK)
        for chunk in [every[start : start + CHUNK]]
        for row in reader.rows(sql.format(",".join("?" * len(chunk))), chunk)
    ]


def private_among(reader: Reader, ids: Iterable[bytes]) -> set[bytes]:
    """Those of *ids* that are private now, by themselves or by what they were made from."""
    asked = set(ids)
    if not asked or reader.one(ANY_MARK) is None:
        return set()
    made: dict[bytes, set[bytes]] = {}  # source → what was made from it
    seen, frontier = set(asked), asked
    while frontier:
        found = _asked(reader, SOURCES, frontier)
        for entry, source in found:
            made.setdefault(source, set()).add(entry)
        frontier = {source for _, source in found} - seen
        seen |= frontier
    tainted: set[bytes] = set()
    spreading = {row[0] for row in _asked(reader, MARKED, seen)}
    while spreading:
        tainted |= spreading
        spreading = {entry for source in spreading for entry in made.get(source, ())} - tainted
    return tainted & asked


def is_marked(reader: Reader, entity: bytes) -> bool:
    """Whether this very entry, tag or project carries a mark."""
    return reader.one(IS_MARKED, (entity,)) is not None
