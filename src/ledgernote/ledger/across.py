"""Long entries that hold all words of a query, though none of their passages does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledgernote.domain.entries import EntryId, Query, Term
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.text import to_bytes
from ledgernote.ledger import finding
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.finding import Matches, look_for
from ledgernote.ledger.search import Search, expression, matching, on, rowid_ranges, text_of
from ledgernote.ledger.ways import beyond, wanted

LAST = 1_000
"""Passages with the rarest word whose entries are looked at: those that arrived last."""

LONG = """
    SELECT entry, min(rowid), max(rowid) FROM passage WHERE entry IN (
        SELECT entry FROM passage WHERE rowid IN (
            SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT){}))
     GROUP BY entry HAVING max(part) > 0"""
WITHIN = """
    SELECT rowid FROM passage_fts
     WHERE passage_fts MATCH CAST(? AS TEXT) AND rowid BETWEEN ? AND ?
       AND ? = (SELECT entry FROM passage WHERE passage.rowid = passage_fts.rowid)"""


@frozen(kw_only=False)
class _Long:
    """An entry of several passages, which lie between two rowids, mostly by themselves."""

    entry: EntryId
    first: int
    last: int


def find(reader: Reader, search: Search) -> Matches:
    """The entries of which a passage holds all words; else those whose passages do together."""
    found = finding.find(reader, search)
    return found if found.found or len(search.query.groups) < 2 else across(reader, search)


def across(reader: Reader, search: Search) -> Matches:
    """The entries whose passages hold all words together, each with that of the rarest word."""
    groups = search.query.groups
    counts = {}
    for group in groups:
        index, match = expression(Query(groups=(group,)))
        counts[group] = matching(reader, index, match, LAST + 1) if match else 0
        if not counts[group]:
            return Matches(found=[])
    rarest = min(groups, key=counts.__getitem__)
    others = [group for group in groups if group != rarest]
    one = _of(reader, search, rarest)
    held = {
        long.entry
        for long in _long(reader, one)
        if all(_holds(reader, search, long, group) for group in others)
    }
    found = finding.find(reader, replace(one, limit=0)).found if held else []
    kept = [each for each in found if each.entry in held]
    return Matches(
        found=kept[: search.limit or None],
        terms=tuple(wanted(search.query)),
        among=one.after and LAST,
        matching=len(kept),
    )


def _of(reader: Reader, search: Search, group: tuple[Term, ...]) -> Search:
    """The search for one of its words, among the last passages that hold it."""
    query = replace(search.query, groups=(group,))
    index, match = expression(query)
    one = replace(search, query=query, index=index, match=match)
    return replace(one, after=beyond(reader, one, LAST))


def _long(reader: Reader, search: Search) -> Iterator[_Long]:
    asked = on(search.index, LONG).format(rowid_ranges(reader, search))
    return (
        _Long(EntryId(row[0]), *row[1:]) for row in reader.rows(asked, (to_bytes(search.match),))
    )


def _holds(reader: Reader, search: Search, long: _Long, group: Sequence[Term]) -> bool:
    """Whether a passage of the entry holds one of some words, as a search takes them."""
    index, match = expression(Query(groups=(tuple(group),)))
    looks = [found for term in group if (found := look_for(search, term))]
    asked = (to_bytes(match), long.first, long.last, long.entry)
    rows = reader.stream(on(index, WITHIN), asked)
    if len(looks) < len(group):  # the index says all of it
        return next(rows, None) is not None
    texts = (text_of(reader, rowid) for (rowid,) in rows)
    return any(found(text) for text in texts for found in looks)
