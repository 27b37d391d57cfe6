"""Which entries match a search, in the order that is asked for, by the cheapest way there is.

To rank costs the same for each match, and `the` stands in nine of ten entries. So where very
many match, the newest of them are ranked, and what carries the words in its title or is pinned.
Replay never asks here: its choice must not depend on arrival.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from ledgernote.domain import grams
from ledgernote.domain.entries import EntryId, Kind, Query, Term, Trait
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes
from ledgernote.ledger import apart
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import DOWN, UP
from ledgernote.ledger.privacy import private_among
from ledgernote.ledger.search import (
    Search,
    any_of,
    conditions,
    expression,
    has_token,
    held_in,
    is_exact,
    is_wanted,
    literal_of,
    on,
    passages,
    phrases,
    ranked,
    rowid_ranges,
    small_place,
    text_of,
)

NEWEST = 4_000
"""Matches that are ranked when there are more."""
CROWD = 100_000
"""Of more matches a word tells nothing, and counting them takes longer than the rest."""
APART = 400
"""Matches that are ranked by themselves, in memory."""
LITERAL = 5_000
"""Matches, of many, whose very letters are looked at."""
MARKS = 2_000
"""Entries that are looked through for what is in no index: `->`, `=`."""
SORTED = 40_000
"""Matches that are sorted by time; among more, the next one is never far."""
COUNTED = 1_000
"""Matches beyond those that are wanted and are counted: each costs a look at its entry."""
EXTRA = 100
"""Pins, and titles, that are looked at when only the newest matches are ranked."""

COLUMNS = """
    SELECT passage.rowid, entry.id, 0.0, passage.part,
           entry.created, entry.hlc, entry.replica, entry.rseq"""
FROM_TABLE = "\n  FROM entry JOIN passage ON passage.entry = entry.id\n WHERE entry.removed = 0"
WITHOUT = """
 AND entry.id NOT IN (
     SELECT passage.entry FROM passage_fts JOIN passage ON passage.rowid = passage_fts.rowid
      WHERE passage_fts MATCH CAST(:without AS TEXT))"""
MATCHES = """
 AND EXISTS (SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(:match AS TEXT)
                AND passage_fts.rowid = passage.rowid)"""
AMONG_MATCHES = """
 AND passage.rowid IN (
     SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(:match AS TEXT))"""
"""As `MATCHES`, for beginnings of words: those of all passages are gathered once, not each time."""
FROM_MATCHES = """
  FROM passage_fts
  JOIN passage ON passage.rowid = passage_fts.rowid
  JOIN entry ON entry.id = passage.entry
 WHERE passage_fts MATCH CAST(:match AS TEXT)"""
LAST_ARRIVED = f"\n ORDER BY passage_fts.rowid DESC LIMIT {APART}"
IN_TIME = {"new": f"\n ORDER BY {DOWN}", "old": f"\n ORDER BY {UP}"}
PINNED = f"entry.id IN (SELECT entry FROM pin LIMIT {EXTRA})"
TITLED = f"\n ORDER BY passage_fts.rowid DESC LIMIT {EXTRA}"
TRAITS = """
    SELECT id, kind,
           EXISTS (SELECT 1 FROM pin WHERE pin.entry = entry.id
                      AND (until IS NULL OR until > strftime('%s', 'now') * 1000000)),
           EXISTS (SELECT 1 FROM entry AS newer
                    WHERE newer.supersedes = entry.id AND newer.removed = 0),
           (SELECT group_concat(tag.name, char(10)) FROM entry_tag
              JOIN tag ON tag.id = entry_tag.tag WHERE entry_tag.entry = entry.id)
      FROM entry WHERE id IN ({})"""
BEYOND = """
    SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT){}
     ORDER BY rowid DESC LIMIT 1 OFFSET ?"""


@frozen
class Match:
    """A passage that matches, before it is shown."""

    entry: EntryId
    rowid: int
    score: float
    created: int
    """Microseconds since 1970."""
    whole: bool = True
    """It holds all words that were typed, or what they were read as."""


@frozen
class Matches:
    """What a search found, and how."""

    found: list[Match]
    terms: tuple[Term, ...] = ()
    """The words that count as found where they stand in a hit."""
    among: int | None = None
    """So many match that only the newest so many, as they arrived, were ranked."""
    matching: int = 0
    """How many match, counted up to `COUNTED` beyond those that are needed."""
    uncounted: bool = False
    """There may be more than that."""


@frozen
class _Way:
    """A way to the matches."""

    rows: Iterator[Any]
    among: int | None = None
    counted: bool = True
    """Counting what is not shown costs little."""


def find(reader: Reader, search: Search) -> Matches:
    """The entries that match, each with its best passage."""
    index, match = expression(search.query)
    search = replace(search, index=index)
    rows: list[Any] = []
    kept: Iterator[Any] = iter(())
    way = _Way(rows=kept)
    for way in _ways(reader, search, match):
        kept = _without_tokens(reader, way.rows, search)
        if search.order == "score":
            kept = _exact_first(reader, _once(kept), search, match)
        kept = _only_private(reader, _once(kept), search)
        rows = list(kept) if search.limit == 0 else list(islice(kept, search.limit))
        if len(rows) >= search.least:
            break
    found = [
        # -0.0 would be printed so.
        Match(entry=EntryId(row[1]), rowid=row[0], score=0.0 - row[2], created=row[4])
        for row in rows
    ]
    count = max(1, search.least - 1 + COUNTED - len(found)) if way.counted else 1
    further = sum(1 for _ in islice(kept, count))
    return Matches(
        found=found,
        terms=tuple(chain.from_iterable(search.query.groups)),
        among=way.among,
        matching=len(found) + further * way.counted,
        uncounted=way.among is not None or further == count,
    )


def _ways(reader: Reader, search: Search, match: str) -> Iterator[_Way]:
    """Ways to the matches, the cheapest first; the next is for a filter that left too few."""
    if not match and search.limit and any(map(_unseen, _terms(search.query))):
        yield _Way(rows=islice(_walk(reader, search, ""), MARKS), among=MARKS)
    elif not match:
        yield _Way(rows=_walk(reader, search, ""))
    elif search.limit == 0:
        yield _Way(rows=_all(reader, search, match))
    elif has_beginnings(search.query):
        yield _beginnings(reader, search, match)
    elif (after := beyond(reader, search, match, NEWEST)) is None:
        yield _Way(rows=_all(reader, search, match))
    elif search.order != "score":
        yield _Way(rows=_in_time(reader, search, match), counted=False)
    elif small_place(reader, search):
        rows = _walk(reader, search, match)
        yield _Way(rows=_by_themselves(reader, rows, match), counted=False)
    else:
        yield _newest(reader, search, match, after)
        rows = _in_time(reader, replace(search, order="new"), match)
        yield _Way(rows=_by_themselves(reader, rows, match), counted=False)


def _terms(query: Query) -> Iterator[Term]:
    return chain(chain.from_iterable(query.groups), query.without)


def has_beginnings(query: Query) -> bool:
    """Whether a word is to be found by its beginning."""
    return any(term.prefix for group in query.groups for term in group)


def _all(reader: Reader, search: Search, match: str) -> Iterator[Any]:
    values: dict[str, object] = {"match": to_bytes(match)}
    where = conditions(search, values) + rowid_ranges(reader, search)
    if search.order == "score":
        return ranked(reader, where, values, newest_first=True, index=search.index)
    matching = on(search.index, COLUMNS + FROM_MATCHES)
    return reader.stream(matching + where + IN_TIME[search.order], values)


def _in_time(reader: Reader, search: Search, match: str) -> Iterator[Any]:
    """The matches in the order of time: all sorted, or of very many one after another."""
    if small_place(reader, search) or beyond(reader, search, match, SORTED) is not None:
        return _walk(reader, search, match)
    return _all(reader, search, match)


def _walk(reader: Reader, search: Search, match: str) -> Iterator[Any]:
    """The entries in the order of time, each asked whether it matches; bm25 is not known."""
    values: dict[str, object] = {}
    where = conditions(search, values, first=small_place(reader, search))
    if match:
        values["match"] = to_bytes(match)
        where += on(search.index, AMONG_MATCHES if has_beginnings(search.query) else MATCHES)
    elif without := any_of(term for term in search.query.without if not phrases([term])):
        values["without"] = to_bytes(without)
        where += WITHOUT
    order = IN_TIME["old" if search.order == "old" else "new"]
    return reader.stream(COLUMNS + FROM_TABLE + where + order, values)


def _newest(reader: Reader, search: Search, match: str, after: int) -> _Way:
    """The best of the matches that arrived last, and what stands out among the others."""
    last = replace(search, after=after)
    crowded = _estimated(reader, after) > CROWD
    if crowded:
        rows = _by_themselves(reader, _last_arrived(reader, last, match), match)
    else:
        rows = _all(reader, last, match)
    return _Way(
        rows=_standing_out(reader, search, match, rows, titles=not crowded),
        among=APART if crowded else NEWEST,
        counted=False,
    )


def _estimated(reader: Reader, after: int) -> float:
    """How many match about, if they lie as close everywhere as the last ones do."""
    newest = passages(reader)
    return NEWEST * newest / max(1, newest - after)


def _last_arrived(reader: Reader, search: Search, match: str) -> Iterator[Any]:
    values: dict[str, object] = {"match": to_bytes(match)}
    where = conditions(search, values) + rowid_ranges(reader, search)
    matching, arrived = on(search.index, COLUMNS + FROM_MATCHES), on(search.index, LAST_ARRIVED)
    return reader.stream(matching + where + arrived, values)


def _beginnings(reader: Reader, search: Search, match: str) -> _Way:
    """The index gathers all that begin so each time it is asked: once, where that is enough."""
    some = list(_last_arrived(reader, search, match))
    many = len(some) == APART
    if search.order != "score" and many:
        return _Way(rows=_walk(reader, search, match), counted=False)
    if search.order != "score":
        some.sort(key=itemgetter(4, 5, 6, 7), reverse=search.order == "new")
        return _Way(rows=iter(some))
    return _Way(rows=_by_themselves(reader, iter(some), match), among=APART if many else None)


def _by_themselves(reader: Reader, rows: Iterator[Any], match: str) -> Iterator[Any]:
    """The first of *rows*, best first, as scored among themselves."""
    some = list(islice(rows, APART))
    scores = apart.ranks(reader, [row[0] for row in some], match)
    scored = [(*row[:2], scores.get(row[0], 0.0), *row[3:]) for row in some]
    return iter(sorted(scored, key=lambda row: row[2]))


def _standing_out(
    reader: Reader, search: Search, match: str, rows: Iterator[Any], *, titles: bool
) -> Iterator[Any]:
    """*rows*, and with the score of the best what is pinned or has the words in its title."""
    best = next(rows, None)
    if best is None:
        return
    yield best
    values: dict[str, object] = {"match": to_bytes(match)}
    where = conditions(search, values, first=PINNED)
    matching = on(search.index, MATCHES)
    found = reader.stream(COLUMNS + FROM_TABLE + where + matching, values)
    if titles:
        asked: dict[str, object] = {"match": to_bytes(f"title : ({match})")}
        where = conditions(search, asked) + rowid_ranges(reader, search)
        matching, arrived = on(search.index, COLUMNS + FROM_MATCHES), on(search.index, TITLED)
        found = chain(found, reader.stream(matching + where + arrived, asked))
    for row in found:
        yield (*row[:2], best[2], *row[3:])
    yield from rows


def is_rare(reader: Reader, search: Search, term: Term) -> bool:
    """Whether all passages that hold a term can be ranked."""
    index, match = expression(Query(groups=((term,),)))
    return beyond(reader, replace(search, index=index), match, NEWEST) is None


def traits(reader: Reader, matches: Iterable[Match]) -> dict[EntryId, Trait]:
    """What the entries are beside their words."""
    return {
        EntryId(id_): Trait(
            kind=Kind(kind),
            pinned=bool(pinned),
            superseded=bool(superseded),
            tags=tuple(tags.split("\n")) if tags else (),
        )
        for id_, kind, pinned, superseded, tags in reader.among(
            TRAITS, [match.entry for match in matches]
        )
    }


def beyond(reader: Reader, search: Search, match: str, number: int) -> int | None:
    """The rowid of the passage after which the last *number* matches arrived; None for fewer."""
    ranges = rowid_ranges(reader, search)
    row = reader.one(on(search.index, BEYOND).format(ranges), (to_bytes(match), number))
    return None if row is None else int(row[0])


def _exact_first(reader: Reader, rows: Iterator[Any], search: Search, match: str) -> Iterator[Any]:
    """What holds the words just as they were typed comes first, however old.

    It scores as much more as the best did, so that the order stays that of the scores.
    """
    single = [group[0] for group in search.query.groups if len(group) == 1]
    bare = [term.text.strip("\"'").rstrip("?!,;:.\"'") for term in single if not term.prefix]
    exact = [text for text in bare if has_token(text) and is_exact(text) and not grams.runs(text)]
    best = next(rows, None)
    if best is None or not exact:
        yield from () if best is None else chain([best], rows)
        return
    held = set()
    for row in _once(_holding(reader, search, match, exact)):
        held.add(row[1])
        yield (*row[:2], row[2] + best[2], *row[3:])
    yield from (row for row in chain([best], rows) if row[1] not in held)


def _holding(reader: Reader, search: Search, match: str, exact: Sequence[str]) -> Iterator[Any]:
    """The matches that hold words just as they were typed, best first; of many the newest."""
    literals = [literal_of(text) for text in exact]
    many = search.limit and beyond(reader, search, match, NEWEST) is not None
    if many:
        search = replace(search, after=beyond(reader, search, match, LITERAL))
    values: dict[str, object] = {"match": to_bytes(match)}
    where = conditions(search, values) + rowid_ranges(reader, search)
    where += held_in(exact, values)
    if many:
        rows = reader.stream(COLUMNS + FROM_MATCHES + where + LAST_ARRIVED, values)
        rows = _by_themselves(reader, rows, match)
    else:
        rows = ranked(reader, where, values, newest_first=True)
    return (row for row in rows if is_wanted(text_of(reader, row[0]), literals))


def _once(rows: Iterable[Any]) -> Iterator[Any]:
    seen: set[bytes] = set()
    for row in rows:
        if row[1] not in seen:
            seen.add(row[1])
            yield row


def _only_private(reader: Reader, rows: Iterator[Any], search: Search) -> Iterator[Any]:
    if search.private is None:
        yield from rows
        return
    while chunk := list(islice(rows, 200)):
        private = private_among(reader, (row[1] for row in chunk))
        yield from (row for row in chunk if (row[1] in private) == search.private)


def _without_tokens(reader: Reader, rows: Iterator[Any], search: Search) -> Iterator[Any]:
    """What the indexes cannot see (`+`, the A of `A股`) is looked for in the text itself."""
    query = search.query
    unseen = [[found for term in terms if (found := _unseen(term))] for terms in query.groups]
    groups = [
        one for one, terms in zip(unseen, query.groups, strict=True) if len(one) == len(terms)
    ]
    without = [found for term in query.without if (found := _unseen(term))]
    if not groups and not without:
        yield from rows
        return
    for row in islice(rows, MARKS) if search.limit else rows:
        text = text_of(reader, row[0])
        held = all(any(literal.search(text) for literal in group) for group in groups)
        if held and not any(literal.search(text) for literal in without):
            yield row


def _unseen(term: Term) -> re.Pattern[str] | None:
    """What to look for in the text, as the indexes know nothing or not all of a term."""
    found = grams.runs(term.text)
    if not found:
        return literal_of(term.text) if term.text and not has_token(term.text) else None
    if all(char in "".join(found) for char in term.text if char.isalnum()):
        return None
    return re.compile(re.escape(term.text), re.IGNORECASE)
