"""Full text search: a `Query` in, passages and entries out. The only place that says MATCH.

Nothing a person types is syntax here: every word reaches FTS5 quoted.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from ledgernote.domain.entries import (
    MARK_OFF,
    MARK_ON,
    EntryId,
    Filter,
    ProjectId,
    Query,
    Term,
)
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import clean_name, to_bytes, to_text
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import DOWN
from ledgernote.ledger.privacy import private_among

TITLE_WEIGHT = 3.0
NEWEST = 4_000
"""Matches that are ranked when there are more: ranking costs the same for each of them."""
COUNTED = 1_000
"""Matches beyond those that are shown and are counted: each costs a look at its entry."""

# By `rank` FTS5 sorts the hits itself, before they are joined with anything: what stands in a
# list of twenty is looked up, not each of the 38,000 that matched (measured: half the time).
FROM_INDEX = f"""
      FROM passage_fts
      JOIN passage ON passage.rowid = passage_fts.rowid
      JOIN entry ON entry.id = passage.entry
     WHERE passage_fts MATCH CAST(:match AS TEXT) AND rank MATCH 'bm25({TITLE_WEIGHT}, 1.0)'"""
FROM_TABLE = "\n  FROM entry JOIN passage ON passage.entry = entry.id\n WHERE entry.removed = 0"
WITHOUT = """
 AND entry.id NOT IN (
     SELECT passage.entry FROM passage_fts JOIN passage ON passage.rowid = passage_fts.rowid
      WHERE passage_fts MATCH CAST(:without AS TEXT))"""
RANKED = """
    SELECT passage.rowid, entry.id, rank, passage.part,
           entry.created, entry.hlc, entry.replica, entry.rseq"""
UNRANKED = "SELECT passage.rowid, entry.id, 0.0"
BEST_FIRST = " ORDER BY rank"
NEWEST_FIRST = f" ORDER BY {DOWN}, passage.part"

HOLDS = """
 AND (instr({0}(entry.title), {1}) > 0 OR EXISTS (
     SELECT 1 FROM payload
      WHERE payload.event = entry.head AND slot = 0 AND payload.part = passage.part
        AND instr({0}(CAST(body AS TEXT)), {1}) > 0))"""
"""The very letters stand there: of many matches of `are`, those that hold `ARE`."""

CONDITIONS = {
    "tag": """EXISTS (SELECT 1 FROM entry_tag JOIN tag ON tag.id = entry_tag.tag
                WHERE entry_tag.entry = entry.id AND tag.name = CAST({} AS TEXT))""",
    "kind": "entry.kind = {}",
    "project": "entry.project IN (SELECT id FROM project WHERE shown = CAST({} AS TEXT))",
    "thread": """entry.thread IN (
                SELECT id FROM thread WHERE shown = CAST({0} AS TEXT)
                UNION SELECT entity FROM handle WHERE thing = 'thread'
                         AND shown = ltrim(lower(CAST({0} AS TEXT)), '@'))""",
    "model": "instr(lower(entry.model), lower(CAST({} AS TEXT))) > 0",
    "actor": """(entry.actor IN (SELECT id FROM actor WHERE name = CAST({0} AS TEXT))
                AND (entry.kind NOT IN ('answer', 'summary') OR entry.model IS NULL)
                OR entry.kind IN ('answer', 'summary') AND entry.model = CAST({0} AS TEXT))""",
    "is:pinned": """EXISTS (SELECT 1 FROM pin WHERE pin.entry = entry.id
                AND (until IS NULL OR until > strftime('%s', 'now') * 1000000))""",
    "is:muted": "entry.muted = 1",
    "is:superseded": """EXISTS (SELECT 1 FROM entry AS newer
                WHERE newer.supersedes = entry.id AND newer.removed = 0)""",
}

SELECT_PASSAGE = "SELECT text, title FROM passage_text WHERE rowid = ?"
SNIPPET = f"snippet({{}}, 1, '{MARK_ON}', '{MARK_OFF}', '…', 40)"
MARKED_PASSAGE = f"""
    SELECT {SNIPPET.format("passage_fts")}, instr(CAST(text AS BLOB), x'00') FROM passage_fts
     WHERE passage_fts MATCH CAST(? AS TEXT) AND rowid = ?"""
ALONE = (
    """CREATE VIRTUAL TABLE alone USING fts5 (
        title, text, tokenize = 'porter unicode61 remove_diacritics 2')""",
    "INSERT INTO alone SELECT CAST(? AS TEXT), CAST(? AS TEXT)",
    f"SELECT {SNIPPET.format('alone')} FROM alone WHERE alone MATCH CAST(? AS TEXT)",
)
"""The snippet of one passage by itself: make a table, put the passage in, ask."""
RANGES = """
    SELECT block << 12, (block + 1 << 12) - 1 FROM passage_range
     WHERE newest >= ? AND oldest < ?"""
HOLDING = """
    SELECT count(*) FROM (
        SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT) LIMIT 20000)"""
PASSAGES = "SELECT COALESCE(max(rowid), 0) FROM passage"
BEYOND = f"""
    SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT)
     ORDER BY rowid DESC LIMIT 1 OFFSET {NEWEST}"""


@frozen
class Search:
    """A query and where it looks."""

    query: Query
    project: ProjectId | None = None
    """None means everywhere."""
    since: int | None = None
    until: int | None = None
    """Microseconds since 1970; since is inclusive, until is not."""
    private: bool | None = None
    """`is:private`: only these, or only the others."""
    limit: int = 20
    """0 means all."""
    after: int | None = None
    """Only what arrived after this rowid: never for replay, which must not depend on arrival."""


@frozen
class Match:
    """A passage that matches, before it is shown."""

    entry: EntryId
    rowid: int
    score: float
    passage: str
    """With MARK_ON and MARK_OFF around the words."""


def has_token(text: str) -> bool:
    """Whether the index sees anything in it at all; an emoji or `+` it does not."""
    return any(char.isalnum() or "\ue000" <= char <= "\uf8ff" for char in text)


def _quoted(term: Term) -> str:
    text = term.text.replace("\0", " ").replace('"', '""')
    return f'"{text}"' + ("*" if term.prefix else "")


def any_of(terms: Iterable[Term]) -> str:
    return " OR ".join(_quoted(term) for term in terms if has_token(term.text))


def expression(query: Query, *, every: bool = True) -> str:
    """The query in FTS5's words; *every* says that all groups must match, else any."""
    groups = [group for terms in query.groups if (group := any_of(terms))]
    if not groups:
        return ""
    wanted = " AND ".join(f"({group})" for group in groups) if every else " OR ".join(groups)
    without = any_of(query.without)
    return f"({wanted}) NOT ({without})" if without else wanted


def _is_exact(text: str) -> bool:
    """Forms that the index folds away: `c++`, `BRK.B`, `-0.75%`, `$T`, `ARE`."""
    return not text.isalnum() or (text.isupper() and len(text) <= 5)


def literal_of(text: str) -> re.Pattern[str]:
    """*text* as it was typed, not in the middle of a longer word."""
    before = r"(?<!\w)" if text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1].isalnum() else ""
    flags = 0 if text.isupper() else re.IGNORECASE
    return re.compile(before + re.escape(text) + after, flags)


def _named(one: Filter) -> str:
    """The value of a filter; a name is written as names are kept."""
    return one.value if one.field == "model" else clean_name(one.value)


def _conditions(search: Search, values: dict[str, object]) -> str:
    parts = []
    if search.project is not None:
        parts.append("entry.project = :project")
        values["project"] = search.project
    for name, sign in (("since", ">="), ("until", "<")):
        if (limit := getattr(search, name)) is not None:
            parts.append(f"entry.created {sign} :{name}")
            values[name] = limit
    for number, one in enumerate(search.query.filters):
        known = CONDITIONS.get(f"is:{one.value}" if one.field == "is" else one.field)
        if known is not None:
            values[f"v{number}"] = one.value if one.field == "kind" else to_bytes(_named(one))
            condition = known.format(f":v{number}")
            parts.append(f"NOT COALESCE({condition}, 0)" if one.negated else condition)
    return "".join(f"\n AND {part}" for part in parts)


def _rowid_ranges(reader: Reader, search: Search) -> str:
    """Dates as ranges of rowids, which cost the index less than a look at each entry."""
    after = "" if search.after is None else f"\n AND passage_fts.rowid > {search.after}"
    if search.since is None and search.until is None:
        return after
    since = search.since if search.since is not None else -(2**62)
    until = search.until if search.until is not None else 2**62
    rows = reader.rows(RANGES, (since, until))
    if not rows:
        return "\n AND 0"
    low, high = min(row[0] for row in rows), max(row[1] for row in rows)
    return f"{after}\n AND passage_fts.rowid BETWEEN {low} AND {high}"


def _rows(reader: Reader, search: Search, match: str) -> Iterator[Any]:
    """(rowid, entry, bm25) best first; all in the order of time when there are no words."""
    values: dict[str, object] = {}
    where = _conditions(search, values)
    if not match:
        if without := any_of(search.query.without):
            values["without"] = to_bytes(without)
            where += WITHOUT
        yield from reader.stream(UNRANKED + FROM_TABLE + where + NEWEST_FIRST, values)
        return
    values["match"] = to_bytes(match)
    where += _rowid_ranges(reader, search)
    yield from ranked(reader, where, values, newest_first=True)


def ranked(
    reader: Reader, where: str, values: Mapping[str, object], *, newest_first: bool
) -> Iterator[Any]:
    """Rows of `RANKED`, best first; equal scores fall by the one order."""
    rows = reader.stream(RANKED + FROM_INDEX + where + BEST_FIRST, values)
    for _, tied in groupby(rows, key=itemgetter(2)):
        by_part = sorted(tied, key=itemgetter(3))
        yield from sorted(by_part, key=itemgetter(4, 5, 6, 7), reverse=newest_first)


def is_wanted(text: str, literals: Sequence[re.Pattern[str]]) -> bool:
    return all(literal.search(text) for literal in literals)


def text_of(reader: Reader, rowid: int) -> str:
    row = reader.one(SELECT_PASSAGE, (rowid,))
    return f"{row[1] or ''}\n{row[0]}" if row else ""


def _holding(reader: Reader, search: Search, match: str, exact: Sequence[str]) -> Iterator[Any]:
    """The matches that hold words just as they were typed, best first."""
    values: dict[str, object] = {"match": to_bytes(match)}
    where = _conditions(search, values) + _rowid_ranges(reader, replace(search, after=None))
    where += held_in(exact, values)
    literals = [literal_of(text) for text in exact]
    for row in ranked(reader, where, values, newest_first=True):
        if is_wanted(text_of(reader, row[0]), literals):
            yield row


def held_in(exact: Sequence[str], values: dict[str, object]) -> str:
    """Narrows in SQL what a pattern looks at afterwards; SQLite folds the case of ASCII only."""
    parts = []
    for number, text in enumerate(exact):
        if text.isupper() or text.isascii():
            values[f"held{number}"] = to_bytes(text if text.isupper() else text.lower())
            fold = "" if text.isupper() else "lower"
            parts.append(HOLDS.format(fold, f"CAST(:held{number} AS TEXT)"))
    return "".join(parts)


def _exact_first(reader: Reader, rows: Iterator[Any], search: Search, match: str) -> Iterator[Any]:
    """What holds the words just as they were typed comes first, however old.

    It scores as much more as the best did, so that the order stays that of the scores.
    """
    exact = [
        group[0].text
        for group in search.query.groups
        if len(group) == 1 and not group[0].prefix and _is_exact(group[0].text)
    ]
    exact = [text for text in exact if has_token(text)]
    best = next(rows, None)
    if best is None or not exact:
        yield from () if best is None else chain([best], rows)
        return
    held = set()
    for row in _once(_holding(reader, search, match, exact)):
        held.add(row[1])
        yield (*row[:2], row[2] + best[2], *row[3:])
    yield from (row for row in chain([best], rows) if row[1] not in held)


def _once(rows: Iterator[Any]) -> Iterator[Any]:
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


def _without_tokens(reader: Reader, rows: Iterator[Any], query: Query) -> Iterator[Any]:
    """Words that the index cannot see (an emoji, `+`) are looked for in the text itself."""
    groups = [
        [literal_of(term.text) for term in terms]
        for terms in query.groups
        if not any(has_token(term.text) for term in terms) and all(t.text for t in terms)
    ]
    without = [literal_of(term.text) for term in query.without if not has_token(term.text)]
    if not groups and not without:
        yield from rows
        return
    for row in rows:
        text = text_of(reader, row[0])
        held = all(any(literal.search(text) for literal in group) for group in groups)
        if held and not any(literal.search(text) for literal in without):
            yield row


def beyond_newest(reader: Reader, query: Query, *, every: bool = True) -> int | None:
    """The rowid of the passage after which the `NEWEST` matches arrived; None for fewer."""
    match = expression(query, every=every)
    row = reader.one(BEYOND, (to_bytes(match),)) if match else None
    return None if row is None else int(row[0])


def holding(reader: Reader, word: str) -> int:
    """How many passages hold a word, counted up to 20,000."""
    match = any_of([Term(text=word)])
    return int(reader.one(HOLDING, (to_bytes(match),))[0]) if match else 0


def passages(reader: Reader) -> int:
    """How many passages there are, about."""
    return int(reader.one(PASSAGES)[0])


def find(reader: Reader, search: Search, *, every: bool = True) -> list[Match]:
    """The entries that match, best first, each with its best passage."""
    return first(reader, search, every=every, count=0)[0]


def first(
    reader: Reader, search: Search, *, every: bool = True, count: int = COUNTED
) -> tuple[list[Match], int]:
    """The same, and how many match in all; of those beyond the limit *count* are counted."""
    match = expression(search.query, every=every)
    rows = _without_tokens(reader, _rows(reader, search, match), search.query)
    rows = _exact_first(reader, _once(rows), search, match)
    rows = _only_private(reader, rows, search)
    found = list(rows) if search.limit == 0 else list(islice(rows, search.limit))
    matches = [
        Match(
            entry=EntryId(row[1]),
            rowid=row[0],
            score=0.0 - row[2],  # -0.0 would be printed so
            passage=_marked(reader, row[0], match),
        )
        for row in found
    ]
    return matches, len(found) + sum(1 for _ in islice(rows, count))


def _marked(reader: Reader, rowid: int, match: str) -> str:
    if match:
        row = reader.one(MARKED_PASSAGE, (to_bytes(match), rowid))
        if row and row[1]:
            return _without_nul(reader, rowid, match)
        if row and row[0]:
            return str(row[0])
    row = reader.one(SELECT_PASSAGE, (rowid,))
    return row[0][:300] if row else ""


def _without_nul(reader: Reader, rowid: int, match: str) -> str:
    """The snippet of a passage with NUL, at which FTS5 would end each piece of it."""
    text, title = reader.one(SELECT_PASSAGE, (rowid,))
    words = [to_bytes((each or "").replace("\0", " ")) for each in (title, text)]
    make, put, ask = ALONE
    with closing(sqlite3.connect(":memory:")) as alone:
        alone.text_factory = to_text
        alone.execute(make)
        alone.execute(put, words)
        return str(alone.execute(ask, (to_bytes(match),)).fetchone()[0])
