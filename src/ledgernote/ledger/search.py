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
from ledgernote.domain.entries import Filter, ProjectId, Query, Term
from ledgernote.domain.forms import is_folded, other_figure
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.apart import TITLE_WEIGHT
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import REPLACED
from ledgernote.ledger.migrations import INDEXES

# By `rank` FTS5 sorts the hits itself, before they are joined with anything: what stands in a
# list of twenty is looked up, not each of the 38,000 that matched (measured: half the time).
FROM_INDEX = f"""
      FROM passage_fts
      JOIN passage ON passage.rowid = passage_fts.rowid
      JOIN entry ON entry.id = passage.entry
     WHERE passage_fts MATCH CAST(:match AS TEXT) AND rank MATCH 'bm25({TITLE_WEIGHT}, 1.0)'"""
WORDS, GRAMS = INDEXES
FEW = 500
"""Entries that can each be asked whether they match."""
RANKED = """
    SELECT passage.rowid, entry.id, rank, passage.part,
           entry.created, entry.hlc, entry.replica, entry.rseq"""
BEST_FIRST = " ORDER BY rank"
HOLDS = """
 AND (instr({0}(entry.title), {1}) > 0 OR EXISTS (
     SELECT 1 FROM payload
      WHERE payload.event = entry.head AND slot = 0 AND payload.part = passage.part
        AND instr({0}(CAST(body AS TEXT)), {1}) > 0))"""
"""The very letters stand there: of many matches of `are`, those that hold `ARE`."""

CONDITIONS = {
    "tag": """EXISTS (SELECT 1 FROM entry_tag JOIN tag ON tag.id = entry_tag.tag
                WHERE entry_tag.entry = passage.entry AND tag.name = CAST({} AS TEXT))""",
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
                AND (until IS NULL OR until > :now))""",
    "is:muted": "entry.muted = 1",
    "is:superseded": REPLACED,
}

SELECT_PASSAGE = "SELECT text, title FROM passage_text WHERE rowid = ?"
TEXTS = "SELECT rowid, text FROM passage_text WHERE rowid IN ({})"
MATCHING = "SELECT rowid FROM {0} WHERE {0} MATCH CAST({1} AS TEXT)"
HELD = "passage.rowid IN ({})"
LEFT_OUT = """entry.id NOT IN (
     SELECT other.entry FROM passage AS other WHERE other.rowid IN ({}))"""
ALSO_LEFT_OUT = f"""(
     NOT EXISTS (SELECT 1 FROM passage AS second WHERE second.entry = entry.id AND second.part = 1)
     OR {LEFT_OUT})"""
"""The same where NOT has left out passages already: SQLite gathers them for a long entry only."""
HOLDING = """
    SELECT count(*) FROM (
        SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT){} LIMIT ?)"""
PASSAGES = "SELECT COALESCE(max(rowid), 0) FROM passage"
RANGES = """
    SELECT block << 12, (block + 1 << 12) - 1 FROM passage_range
     WHERE newest >= ? AND oldest < ?"""
# The entries that a filter leaves, for when they are few.
PLACES = {
    "tag": """SELECT entry FROM entry_tag JOIN tag ON tag.id = entry_tag.tag
               WHERE tag.name = CAST({} AS TEXT)""",
    "thread": "SELECT entry.id FROM entry WHERE " + CONDITIONS["thread"],
    "project": "SELECT entry.id FROM entry WHERE " + CONDITIONS["project"],
    "is:pinned": "SELECT entry FROM pin",
    "is:superseded": "SELECT supersedes FROM entry WHERE supersedes IS NOT NULL",
}
OF_PROJECT = "SELECT id FROM entry WHERE project = :project"
IN_TIME = "SELECT id FROM entry WHERE created >= :since AND created < :until"
IS_LARGE = f"SELECT 1 FROM ({{}}) LIMIT 1 OFFSET {FEW}"


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
    """Terms, and figures also as others write them: 1250.50 and 1,250.50."""
    for term in terms:
        yield term
        if not term.prefix and (other := other_figure(bare_text(term))):
            yield Term(text=other)


def phrases(terms: Iterable[Term]) -> str:
    """What to ask the index of grams for to find any of *terms*; nothing where none is a run."""
    return " OR ".join(f"({phrase})" for term in terms if (phrase := grams.phrase(term.text)))


def expression(query: Query) -> tuple[str, str]:
    """An index, and the query in its words: nothing when there are none for it.

    The index is that of words, where a group has nothing else; what it does not say is told by
    `_further`. NOT leaves out passages before they are counted and ranked, not yet entries.
    """
    words = [any_of(spelled(group)) for group in query.groups if not phrases(group)]
    words = [one for one in words if one]
    if words:
        wanted = " AND ".join(f"({one})" for one in words)
        without, _ = _without(query)
        return WORDS, f"({wanted}) NOT ({without})" if without else wanted
    found = [phrases(group) for group in query.groups if _is_run(group)]
    return (GRAMS, " AND ".join(f"({one})" for one in found)) if found else (WORDS, "")


def _is_run(terms: Iterable[Term]) -> bool:
    return all(grams.phrase(term.text) for term in terms)


def _further(query: Query) -> Iterator[tuple[str, str]]:
    """What `expression` does not ask for: what to ask the two indexes for, beside it."""
    index, _ = expression(query)
    for group in query.groups:
        found = phrases(group)
        if found and not (index == GRAMS and _is_run(group)):
            yield any_of(term for term in group if not phrases([term])), found


def _without(query: Query) -> tuple[str, str]:
    """The same, to find what is not wanted."""
    words = [term for term in query.without if not phrases([term])]
    return any_of(spelled(words)), phrases(query.without)


def _left_out(query: Query) -> str:
    """How that is left out: by entry, for it may stand in another passage than what is wanted."""
    index, match = expression(query)
    by_passage = match and index == WORDS and not phrases(query.without)
    return ALSO_LEFT_OUT if by_passage else LEFT_OUT


def bare_text(term: Term) -> str:
    """A term without the marks around it, which nobody looks for."""
    return term.text.strip("\"'").rstrip("?!,;:.\"'")


def is_exact(text: str) -> bool:
    """What the index folds away: `c++`, `BRK.B`, `-0.75%`, `$T`, `ARE`, and names such as Ines."""
    plain = text.replace(" ", "").isalnum()
    return not plain or (text.isupper() and len(text) <= 5) or is_folded(text)


def literal_of(text: str) -> re.Pattern[str]:
    """*text* as it was typed, not in the middle of a longer word."""
    before = r"(?<!\w)" if text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1].isalnum() else ""
    flags = 0 if text.isupper() else re.IGNORECASE
    return re.compile(before + re.escape(text) + after, flags)


def _named(one: Filter) -> str:
    """The value of a filter; a name is written as names are kept."""
    return one.value if one.field == "model" else clean_name(one.value)


def conditions(search: Search, values: dict[str, object], *, first: str = "") -> str:
    """What an entry must be beside what `expression` asks for; of *first*, a `small_place`,
    SQLite should look at each.
    """
    parts = [first] if first else []
    values["now"] = search.now
    if first:  # it may name a time that has only one end
        values |= {"since": -(2**62), "until": 2**62}
    if search.project is not None:
        # What is asked of the index, or lies in a small place, is looked up first.
        parts.append(
            f"{'+' if first or any(_further(search.query)) else ''}entry.project = :project"
        )
        values["project"] = search.project
    for name, sign in (("since", ">="), ("until", "<")):
        if (limit := getattr(search, name)) is not None:
            parts.append(f"entry.created {sign} :{name}")
            values[name] = limit
    parts += [f"NOT (entry.created >= {a} AND entry.created < {b})" for a, b in search.outside]
    for number, one in enumerate(search.query.filters):
        known = CONDITIONS.get(f"is:{one.value}" if one.field == "is" else one.field)
        if known is not None:
            values[f"v{number}"] = one.value if one.field == "kind" else to_bytes(_named(one))
            condition = known.format(f":v{number}")
            parts.append(f"NOT COALESCE({condition}, 0)" if one.negated else condition)
    parts += _indexed(search.query, values)
    return "".join(f"\n AND {part}" for part in parts)


def _indexed(query: Query, values: dict[str, object]) -> Iterator[str]:
    """Conditions that the indexes tell."""
    further = [(HELD, *each) for each in _further(query)]
    for number, (form, *asked) in enumerate([*further, (_left_out(query), *_without(query))]):
        matches = []
        for index, match in zip(INDEXES, asked, strict=True):
            if match:
                name = f"{'word' if index == WORDS else 'run'}{number}"
                values[name] = to_bytes(match)
                matches.append(MATCHING.format(index, f":{name}"))
        if matches:
            yield form.format(" UNION ALL ".join(matches))


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


def small_place(reader: Reader, search: Search) -> str:
    """A condition that leaves few entries, by the filter that does; nothing when none does."""
    values: dict[str, object] = {}
    conditions(search, values, first="1")
    places = [
        PLACES[name].format(f":v{number}")
        for number, one in enumerate(search.query.filters)
        if (name := f"is:{one.value}" if one.field == "is" else one.field) in PLACES
        and not one.negated
    ]
    if search.project is not None:
        places.append(OF_PROJECT)
    if search.since is not None or search.until is not None:
        places.append(IN_TIME)
    for place in places:
        if reader.one(IS_LARGE.format(place), values) is None:
            return f"entry.id IN ({place})"
    return ""


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
        by_part = sorted(tied, key=itemgetter(3))
        yield from sorted(by_part, key=itemgetter(4, 5, 6, 7), reverse=newest_first)


def on(index: str, sql: str) -> str:
    """A statement for the index of words, asked of that one: they have the same form."""
    return sql if index == WORDS else sql.replace(WORDS, index)


def is_wanted(text: str, literals: Sequence[re.Pattern[str]]) -> bool:
    return all(literal.search(text) for literal in literals)


def text_of(reader: Reader, rowid: int) -> str:
    row = reader.one(SELECT_PASSAGE, (rowid,))
    return f"{row[1] or ''}\n{row[0]}" if row else ""


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


def held_in(exact: Sequence[str], values: dict[str, object]) -> str:
    """Narrows in SQL what a pattern looks at afterwards; SQLite folds the case of ASCII only."""
    parts = []
    for number, text in enumerate(exact):
        if text.isupper() or text.isascii():
            values[f"held{number}"] = to_bytes(text if text.isupper() else text.lower())
            fold = "" if text.isupper() else "lower"
            parts.append(HOLDS.format(fold, f"CAST(:held{number} AS TEXT)"))
    return "".join(parts)
