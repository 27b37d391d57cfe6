"""The ways to what matches a search, in the order that is asked for, the cheapest first.

To rank costs the same for each match, and `the` stands in nine of ten entries. So where very
many match, the newest of them are ranked, and what carries the words in its title or is pinned.
Replay never asks here: its choice must not depend on arrival.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, count, groupby, islice
from operator import itemgetter
from typing import Any

from ledgernote.domain import grams
from ledgernote.domain.entries import Query, Term
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.literal import literal_of
from ledgernote.domain.text import to_bytes
from ledgernote.ledger import apart
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import DOWN, UP
from ledgernote.ledger.narrowed import FEW, conditions, small_place
from ledgernote.ledger.search import (
    Search,
    has_token,
    in_order,
    on,
    passages,
    ranked,
    rowid_ranges,
)

CROWD = 100_000
"""Of more matches a word tells nothing, and counting them takes longer than the rest."""
LETTERS = 2_500
"""Of more matches than are ranked, so many are looked through for words to the letter."""
APART = 400
"""Matches that are ranked by themselves, in memory."""
EACH = 20
"""Passages of one entry among them at most: a long text must not keep the others out."""
MARKS = 2_000
"""Entries that are looked through for what is in no index: `->`, `=`."""
SORTED = 40_000
"""Matches that are sorted by time; among more, the next one is never far."""
GATHERED = 10_000
"""Entries that a filter leaves and that are gathered and sorted: to come upon so few, and to count
them, the whole ledger would have to be walked through (measured: a second of a million entries)."""
LONG, CLOSE = 1_000, 20
"""Passages of a few entries of which not each is asked, where those between them are no more than
so many times as many: to ask one takes as long as to gather 40."""
EXTRA = 100
"""Pins, and titles, that are looked at when only the newest matches are ranked."""

COLUMNS = """
    SELECT passage.rowid, entry.id, 0.0, passage.part,
           entry.created, entry.hlc, entry.replica, entry.rseq"""
SCORE = f"bm25(passage_fts, {apart.TITLE_WEIGHT}, 1.0)"
FROM_TEXTS = """
  FROM passage_fts
  JOIN passage ON passage.rowid = passage_fts.rowid
  JOIN entry ON entry.id = passage.entry
  JOIN payload ON payload.event = entry.head AND slot = 0 AND payload.part = passage.part
 WHERE passage_fts MATCH CAST(:match AS TEXT) AND held(CAST(entry.title AS BLOB), body, {})"""
FROM_TABLE = "\n  FROM entry JOIN passage ON passage.entry = entry.id\n WHERE entry.removed = 0"
MATCHES = """
 AND EXISTS (SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(:match AS TEXT)
                AND passage_fts.rowid = passage.rowid)"""
AMONG_MATCHES = """
 AND passage.rowid IN (
     SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(:match AS TEXT){})"""
"""As `MATCHES`, for beginnings of words, and for long texts: the matches are gathered once."""
EXTENT = """
    SELECT min(passage.rowid), max(passage.rowid), count(*)
      FROM entry JOIN passage ON passage.entry = entry.id WHERE {}"""
BETWEEN = "\n      AND passage_fts.rowid BETWEEN {} AND {}"
FROM_MATCHES = """
  FROM passage_fts
  JOIN passage ON passage.rowid = passage_fts.rowid
  JOIN entry ON entry.id = passage.entry
 WHERE passage_fts MATCH CAST(:match AS TEXT)"""
LAST_FIRST = "\n ORDER BY passage_fts.rowid DESC"
LAST_ARRIVED = f"{LAST_FIRST} LIMIT {APART}"
IN_TIME = {"new": f"\n ORDER BY {DOWN}", "old": f"\n ORDER BY {UP}"}
PINNED = f"entry.id IN (SELECT entry FROM pin LIMIT {EXTRA})"
TITLED = f"\n ORDER BY passage_fts.rowid DESC LIMIT {EXTRA}"
BEYOND = """
    SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT){}
     ORDER BY rowid DESC LIMIT 1 OFFSET ?"""


@frozen
class Way:
    """A way to the matches."""

    rows: Iterator[Any]
    among: int | None = None
    """So many match that only the newest so many, as they arrived, are ranked."""
    many: bool = False
    """More match than can all be ranked: what is not shown is not counted either."""


def ways(reader: Reader, search: Search) -> Iterator[Way]:
    """Ways to the matches, the cheapest first; the next is for a filter that left too few."""
    if not search.match and search.limit and any(map(unseen, terms(search.query))):
        some = list(islice(_walk(reader, search), MARKS + 1))
        yield Way(rows=iter(some[:MARKS]), among=MARKS if len(some) > MARKS else None)
    elif not search.match:
        yield Way(rows=_walk(reader, search))
    elif search.limit == 0:
        yield Way(rows=_all(reader, search))
    elif has_beginnings(search.query):
        yield _beginnings(reader, search)
    elif search.few or (after := beyond(reader, search, search.most)) is None:
        yield Way(rows=_all(reader, search))
    elif search.order != "score":
        yield Way(rows=_in_time(reader, search), many=True)
    elif small_place(reader, search):
        rows = _walk(reader, search)
        yield Way(rows=by_themselves(reader, search, rows), many=True)
    else:
        newest, looked_at = _newest(reader, search, after), count()
        yield replace(newest, rows=(row for row, _ in zip(newest.rows, looked_at, strict=False)))
        if next(looked_at) < APART:  # else the last ones were among them
            yield Way(rows=by_themselves(reader, search, last_arrived(reader, search)), many=True)


def terms(query: Query) -> Iterator[Term]:
    """All words that a query wants or leaves out."""
    return chain(wanted(query), query.without)


def wanted(query: Query) -> Iterator[Term]:
    """The words of a query, those beside filters in an OR too."""
    found = chain.from_iterable((*query.groups, *query.either))
    return (one for one in found if isinstance(one, Term))


def has_beginnings(query: Query) -> bool:
    """Whether a word is to be found by its beginning."""
    return any(term.prefix for group in query.groups for term in group)


def _all(reader: Reader, search: Search) -> Iterator[Any]:
    where, values = _matching(reader, search)
    if search.order == "score":
        return ranked(reader, where, values, newest_first=True, index=search.index)
    matching = on(search.index, COLUMNS + FROM_MATCHES)
    return reader.stream(matching + where + IN_TIME[search.order], values)


def last_arrived(reader: Reader, search: Search) -> Iterator[Any]:
    """The `APART` matches that arrived last."""
    where, values = _matching(reader, search)
    matching, arrived = on(search.index, COLUMNS + FROM_MATCHES), on(search.index, LAST_ARRIVED)
    return reader.stream(matching + where + arrived, values)


def holding(reader: Reader, search: Search, exact: Sequence[str], *, many: bool) -> Iterator[Any]:
    """The matches that hold words to the letter, best first; of many those that arrived last."""
    last = search
    if many:
        last = replace(search, most=LETTERS, after=beyond(reader, search, LETTERS))
    crowded = many and _is_crowd(reader, last)
    where, values = _matching(reader, last)
    words = {f"held{number}": to_bytes(text) for number, text in enumerate(exact)}
    columns = COLUMNS if crowded else COLUMNS.replace("0.0", SCORE)
    held = FROM_TEXTS.format(", ".join(f":{name}" for name in words))
    matching = on(search.index, columns + held + where + LAST_FIRST)
    rows = reader.stream(matching, values | words)
    return by_themselves(reader, last, rows) if crowded else iter(in_order(rows))


def _matching(reader: Reader, search: Search) -> tuple[str, dict[str, object]]:
    """What a match must be, and the values it names."""
    values: dict[str, object] = {"match": to_bytes(search.match)}
    where = conditions(search, values) + rowid_ranges(reader, search)
    if search.project is not None:  # the passage, which comes first, names none where it is muted
        where += "\n AND (passage.project = :project OR passage.project IS NULL)"
    return where, values


def _in_time(reader: Reader, search: Search) -> Iterator[Any]:
    """The matches in the order of time: all sorted, or of very many one after another."""
    if small_place(reader, search) or beyond(reader, search, SORTED) is not None:
        return _walk(reader, search)
    return _all(reader, search)


def _walk(reader: Reader, search: Search) -> Iterator[Any]:
    """The entries in the order of time, each asked whether it matches; bm25 is not known."""
    values: dict[str, object] = {}
    place = small_place(reader, search, FEW if search.match else GATHERED)
    where = conditions(search, values, first=place)
    if search.match:
        extent = reader.one(EXTENT.format(place), values) if place else (0, 0, 0)
        values["match"] = to_bytes(search.match)
        where += on(search.index, _asked_whether(search, extent))
    order = IN_TIME["old" if search.order == "old" else "new"]
    return reader.stream(COLUMNS + FROM_TABLE + where + order, values)


def _asked_whether(search: Search, extent: tuple[int, int, int]) -> str:
    """How it is told which passages match, of so many from one rowid to another."""
    low, high, number = extent
    if has_beginnings(search.query):
        return AMONG_MATCHES.format("")
    if number > LONG and high - low < number * CLOSE:
        return AMONG_MATCHES.format(BETWEEN.format(low, high))
    return MATCHES


def _newest(reader: Reader, search: Search, after: int) -> Way:
    """The best of the matches that arrived last, and what stands out among the others."""
    last = replace(search, after=after)
    crowded = _is_crowd(reader, last)
    if crowded:
        rows = by_themselves(reader, last, last_arrived(reader, last))
    else:
        rows = _all(reader, last)
    return Way(
        rows=_standing_out(reader, search, rows, titles=not crowded),
        among=APART if crowded else search.most,
        many=True,
    )


def _is_crowd(reader: Reader, last: Search) -> bool:
    """Whether very many match, if they lie as close everywhere as the *last* ones do."""
    newest = passages(reader)
    return last.most * newest > CROWD * max(1, newest - (last.after or 0))


def _beginnings(reader: Reader, search: Search) -> Way:
    """The index gathers all that begin so each time it is asked: once, where that is enough."""
    some = list(last_arrived(reader, search))
    many = len(some) == APART
    if search.order != "score" and many:
        return Way(rows=_walk(reader, search), many=True)
    if search.order != "score":
        some.sort(key=itemgetter(4, 5, 6, 7), reverse=search.order == "new")
        return Way(rows=iter(some))
    rows = by_themselves(reader, search, iter(some))
    return Way(rows=rows, among=APART if many else None, many=many)


def by_themselves(reader: Reader, search: Search, rows: Iterator[Any]) -> Iterator[Any]:
    """The first `APART` of *rows*, some of each entry, best first, as scored among themselves."""
    by_entry = groupby(rows, key=itemgetter(1))
    some = list(islice((row for _, own in by_entry for row in islice(own, EACH)), APART))
    scores = apart.ranks(reader, [row[0] for row in some], search.match)
    scored = [(*row[:2], scores.get(row[0], 0.0), *row[3:]) for row in some]
    return iter(sorted(scored, key=lambda row: row[2]))


def _standing_out(
    reader: Reader, search: Search, rows: Iterator[Any], *, titles: bool
) -> Iterator[Any]:
    """*rows*, and with the score of the best what is pinned or has the words in its title."""
    best = next(rows, None)
    if best is None:
        return
    yield best
    values: dict[str, object] = {"match": to_bytes(search.match)}
    where = conditions(search, values, first=PINNED)
    matching = on(search.index, MATCHES)
    found = reader.stream(COLUMNS + FROM_TABLE + where + matching, values)
    if titles:
        in_title = replace(search, match=f"title : ({search.match})")
        where, values = _matching(reader, in_title)
        matching, arrived = on(search.index, COLUMNS + FROM_MATCHES), on(search.index, TITLED)
        found = chain(found, reader.stream(matching + where + arrived, values))
    for row in found:
        yield (*row[:2], best[2], *row[3:])
    yield from rows


def beyond(reader: Reader, search: Search, number: int) -> int | None:
    """The rowid of the passage after which the last *number* matches arrived; None for fewer."""
    ranges = rowid_ranges(reader, search)
    row = reader.one(on(search.index, BEYOND).format(ranges), (to_bytes(search.match), number))
    return None if row is None else int(row[0])


def unseen(term: Term) -> re.Pattern[str] | None:
    """What to look for in the text, as the indexes know nothing or not all of a term."""
    found = grams.runs(term.text)
    if not found:
        return literal_of(term.text) if term.text and not has_token(term.text) else None
    if all(char in "".join(found) for char in term.text if char.isalnum()):
        return None
    return re.compile(re.escape(term.text), re.IGNORECASE)
