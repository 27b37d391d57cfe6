"""A `Query` in the words of SQL and of the index, for whoever searches.

Nothing a person types is syntax here: every word reaches FTS5 quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from ledgernote.domain import grams
from ledgernote.domain.accents import forms
from ledgernote.domain.entries import Filter, ProjectId, Query, Term
from ledgernote.domain.forms import is_folded, other_figure
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.apart import TITLE_WEIGHT
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.migrations import INDEXES

# By `rank` FTS5 sorts the hits itself, before they are joined with anything: what stands in a
# list of twenty is looked up, not each of the 38,000 that matched (measured: half the time).
FROM_INDEX = f"""
      FROM passage_fts
      JOIN passage ON passage.rowid = passage_fts.rowid
      JOIN entry ON entry.id = passage.entry
     WHERE passage_fts MATCH CAST(:match AS TEXT) AND rank MATCH 'bm25({TITLE_WEIGHT}, 1.0)'"""
WORDS, GRAMS = INDEXES
BRACKETS = ("()", "[]", "{}")
RANKED = """
    SELECT passage.rowid, entry.id, rank, passage.part,
           entry.created, entry.hlc, entry.replica, entry.rseq"""
BEST_FIRST = " ORDER BY rank"
HOLDS = """
     (instr({0}(entry.title), {1}) > 0 OR EXISTS (
     SELECT 1 FROM payload
      WHERE payload.event = entry.head AND slot = 0 AND payload.part = passage.part
        AND instr({0}(CAST(body AS TEXT)), {1}) > 0))"""
"""The very letters stand there: of many matches of `are`, those that hold `ARE`."""

PASSAGE_TEXTS = "SELECT rowid, title, text FROM passage_text WHERE rowid IN ({})"
TEXTS = "SELECT rowid, text FROM passage_text WHERE rowid IN ({})"
HOLDING = """
    SELECT count(*) FROM (
        SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT){} LIMIT ?)"""
PASSAGES = "SELECT COALESCE(max(rowid), 0) FROM passage"
RANGES = """
    SELECT block << 12, (block + 1 << 12) - 1 FROM passage_range
     WHERE newest >= ? AND oldest < ?"""


@frozen
class Search:
    """A query and where it looks."""

    query: Query
    now: int
    """Microseconds since 1970, as all times here: pins that ended before are none."""
    project: ProjectId | None = None
    """None means everywhere."""
    since: int | None = None
    until: int | None = None
    """Since is inclusive, until is not."""
    outside: tuple[tuple[int, int], ...] = ()
    """Spans of time that are left out, likewise."""
    spans: tuple[tuple[Filter, tuple[int, int]], ...] = ()
    """What the times among the query's `either` mean, likewise."""
    private: bool | None = None
    """`is:private`: only these, or only the others."""
    limit: int = 20
    """0 means all."""
    after: int | None = None
    """Only what arrived after this rowid: never for replay, which must not depend on arrival."""
    order: str = "score"
    """`score`, `new` or `old`."""
    index: str = WORDS
    match: str = ""
    """The index that is asked, and what: `expression` tells both."""
    least: int = 1
    """Matches that must be found before no slower way is tried."""
    most: int = 4_000
    """Matches that are ranked; of more those that arrived last."""
    few: bool = False
    """It is known that there are no more."""
    exact: bool = False
    """Only what holds the words as they were typed, case and accents aside."""


def has_token(text: str) -> bool:
    """Whether the index sees anything in it at all; an emoji or `+` it does not."""
    return any(char.isalnum() or "\ue000" <= char <= "\uf8ff" for char in text)


def _quoted(term: Term) -> str:
    text = term.text.replace("\0", " ").replace('"', '""')
    return f'"{text}"' + ("*" if term.prefix else "")


def any_of(terms: Iterable[Term]) -> str:
    return " OR ".join(_quoted(term) for term in terms if has_token(term.text))


def spelled(terms: Iterable[Term]) -> Iterator[Term]:
    """Terms, also as others write them: 1250.50 and 1,250.50, πληθωρισμος and πληθωρισμός."""
    for term in terms:
        yield term
        if not term.text.isascii():
            yield from (replace(term, text=form) for form in forms(term.text))
        if not term.prefix and (other := other_figure(bare_text(term))):
            yield Term(text=other)


def phrases(terms: Iterable[Term]) -> str:
    """What to ask the index of grams for to find any of *terms*; nothing where none is a run."""
    return " OR ".join(f"({phrase})" for term in terms if (phrase := grams.phrase(term.text)))


def expression(query: Query) -> tuple[str, str]:
    """An index, and the query in its words: nothing when there are none for it.

    The index is that of words, where a group has nothing else; what it does not say is told by
    `ledger.narrowed`. NOT leaves out passages before they are counted and ranked, not yet entries.
    """
    words = [any_of(spelled(group)) for group in query.groups if not phrases(group)]
    words = [one for one in words if one]
    if words:
        wanted = " AND ".join(f"({one})" for one in words)
        left_out, _ = without(query)
        return WORDS, f"({wanted}) NOT ({left_out})" if left_out else wanted
    found = [phrases(group) for group in query.groups if is_run(group)]
    return (GRAMS, " AND ".join(f"({one})" for one in found)) if found else (WORDS, "")


def is_run(terms: Iterable[Term]) -> bool:
    return all(grams.phrase(term.text) for term in terms)


def without(query: Query) -> tuple[str, str]:
    """The same, to find what is not wanted."""
    words = [term for term in query.without if not phrases([term])]
    return any_of(spelled(words)), phrases(query.without)


def bare_text(term: Term, *, exact: bool = False) -> str:
    """A term without the marks around it, which nobody looks for.

    One bracket of two is such, but where all is to be *exact*.
    """
    text = term.text
    half = "".join(pair for pair in BRACKETS if not (pair[0] in text and pair[1] in text))
    around = "" if exact else f",;{half}"
    return text.lstrip(f"\"'{around}").rstrip(f"?!,;:.\"'{around}")


def is_exact(text: str) -> bool:
    """What the index folds away: `c++`, `BRK.B`, `-0.75%`, `$T`, `ARE`, names such as Ines, and
    that 77.77 is no 77.
    """
    plain = text.replace(" ", "").isalnum()
    ticker = text.isupper() and len(text) <= 5
    return not plain or ticker or text.isdigit() or is_folded(text)


def rowid_ranges(reader: Reader, search: Search) -> str:
    """Dates as ranges of rowids, which cost the index less than a look at each entry."""
    after = "" if search.after is None else f"\n AND {search.index}.rowid > {search.after}"
    if search.since is None and search.until is None:
        return after
    since = search.since if search.since is not None else -(2**62)
    until = search.until if search.until is not None else 2**62
    rows = reader.rows(RANGES, (since, until))
    if not rows:
        return "\n AND 0"
    low, high = min(row[0] for row in rows), max(row[1] for row in rows)
    return f"{after}\n AND {search.index}.rowid BETWEEN {low} AND {high}"


def ranked(
    reader: Reader,
    where: str,
    values: Mapping[str, object],
    *,
    newest_first: bool,
    index: str = WORDS,
) -> Iterator[Any]:
    """Rows of `RANKED`, best first; equal scores fall by the one order."""
    rows = reader.stream(on(index, RANKED + FROM_INDEX) + where + BEST_FIRST, values)
    for _, tied in groupby(rows, key=itemgetter(2)):
        yield from _in_one_order(tied, newest_first=newest_first)


def in_order(rows: Iterable[Any]) -> list[Any]:
    """The same, of rows that are not sorted yet."""
    return sorted(_in_one_order(rows, newest_first=True), key=itemgetter(2))


def _in_one_order(rows: Iterable[Any], *, newest_first: bool) -> list[Any]:
    by_part = sorted(rows, key=itemgetter(3))
    return sorted(by_part, key=itemgetter(4, 5, 6, 7), reverse=newest_first)


def on(index: str, sql: str) -> str:
    """A statement for the index of words, asked of that one: they have the same form."""
    return sql if index == WORDS else sql.replace(WORDS, index)


def is_wanted(text: str, literals: Sequence[re.Pattern[str]]) -> bool:
    return all(literal.search(text) for literal in literals)


def text_of(reader: Reader, rowid: int) -> str:
    """What is searched of a passage: its title and its text."""
    return texts_of(reader, [rowid]).get(rowid, "")


def texts_of(reader: Reader, rowids: Sequence[int]) -> dict[int, str]:
    """The same of many."""
    rows = reader.among(PASSAGE_TEXTS, rowids)
    return {rowid: f"{title or ''}\n{text}" for rowid, title, text in rows}


def holding(reader: Reader, search: Search, term: Term, most: int) -> int:
    """How many passages that a search may look at hold a term, counted up to *most*."""
    index, match = expression(Query(groups=((term,),)))
    if not match:
        return 0
    ranges = rowid_ranges(reader, replace(search, index=index))
    return matching(reader, index, match, most, ranges)


def matching(reader: Reader, index: str, match: str, most: int, ranges: str = "") -> int:
    """How many passages an index finds, counted up to *most*."""
    return int(reader.one(on(index, HOLDING).format(ranges), (to_bytes(match), most))[0])


def passages(reader: Reader) -> int:
    """How many passages there are, about."""
    return int(reader.one(PASSAGES)[0])


def texts(reader: Reader, rowids: Sequence[int]) -> list[str]:
    """The texts of passages, in that order."""
    found = dict(reader.among(TEXTS, rowids))
    return [found[rowid] or "" for rowid in rowids if rowid in found]


def held_in(exact: Sequence[Sequence[str]], values: dict[str, object]) -> str:
    """Narrows in SQL what patterns look at afterwards: each passage holds one of each of *exact*.

    SQLite folds the case of ASCII only.
    """
    parts = []
    for number, texts in enumerate(exact):
        one_of = []
        for at, text in enumerate(texts):
            values[f"held{number}_{at}"] = to_bytes(text if text.isupper() else text.lower())
            fold = "" if text.isupper() else "lower"
            one_of.append(HOLDS.format(fold, f"CAST(:held{number}_{at} AS TEXT)"))
        if all(text.isupper() or text.isascii() for text in texts):
            parts.append(f"\n AND ({' OR '.join(one_of)})")
    return "".join(parts)
