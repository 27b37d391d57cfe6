"""What replay may choose from: the passages that hold a question's words, and their neighbours.

Nothing that depends on arrival decides here, and what makes it faster changes no score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from ledgernote.domain.entries import ProjectId, Term
from ledgernote.domain.grams import pieces, runs
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.apart import TITLE_WEIGHT
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import DOWN
from ledgernote.ledger.nearness import Nearness, Where
from ledgernote.ledger.search import (
    GRAMS,
    MATCHING,
    WORDS,
    Search,
    any_of,
    conditions,
    expression,
    has_token,
    held_in,
    is_wanted,
    literal_of,
    on,
    phrases,
    ranked,
    text_of,
)

BESIDE = """
    SELECT passage.rowid, near.id FROM entry
      JOIN entry AS near ON near.id IN (
           SELECT other.id FROM entry AS other
            WHERE other.thread = entry.thread AND other.muted = 0
              AND (other.created, other.hlc, other.replica, other.rseq)
                  {0} (entry.created, entry.hlc, entry.replica, entry.rseq)
            ORDER BY other.created {1}, other.hlc {1}, other.replica {1}, other.rseq {1} LIMIT {2})
      JOIN passage ON passage.entry = near.id AND part = 0
     WHERE entry.id IN ({{}})"""
NEXT = (BESIDE.format("<", "DESC", 2), BESIDE.format(">", "ASC", 2))
AROUND = (BESIDE.format("<", "DESC", 20), BESIDE.format(">", "ASC", 20))
THREAD_OF = "SELECT id, thread FROM entry WHERE thread IS NOT NULL AND id IN ({})"
NEARLY = 0.2
"""Cosine below which a question and a text have little in common: nine of ten of other talks."""
ENTRY_OF = "SELECT rowid, entry FROM passage WHERE rowid IN ({})"
KIN = """
    SELECT passage.rowid, kin.id FROM entry
      JOIN entry AS kin ON kin.{} = entry.{} AND kin.project = entry.project
      JOIN passage ON passage.entry = kin.id AND part = 0
     WHERE kin.removed = 0 AND kin.muted = 0 AND entry.id IN ({{}})"""
NEWER, OLDER = KIN.format("supersedes", "id"), KIN.format("id", "supersedes")
OF_DAYS = """
    SELECT passage.rowid, entry.id FROM entry JOIN passage ON passage.entry = entry.id AND part = 0
     WHERE entry.project = ? AND entry.removed = 0 AND entry.muted = 0
       AND entry.created >= ? AND entry.created < ?
     ORDER BY entry.created DESC, entry.hlc DESC, entry.replica DESC, entry.rseq DESC LIMIT ?"""
# CROSS JOIN: from the tags, which are few; else SQLite walks through all of the project by time.
TAGGED = """
    SELECT passage.rowid, entry.id FROM tag CROSS JOIN entry_tag ON entry_tag.tag = tag.id
      CROSS JOIN entry ON entry.id = entry_tag.entry
      JOIN passage ON passage.entry = entry.id AND part = 0
     WHERE tag.name IN ({}) AND entry.project = ? AND entry.removed = 0 AND entry.muted = 0
     ORDER BY entry.created DESC, entry.hlc DESC, entry.replica DESC, entry.rseq DESC LIMIT ?"""
COMMON = 100_000
"""Passages with a word that are counted at most."""
HOLDING = f"""
    SELECT count(*) FROM (
        SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT) LIMIT {COMMON})"""
# The project is looked at before a passage is scored, which takes five times as long.
SCORES = f"""
    SELECT passage_fts.rowid, bm25(passage_fts, {TITLE_WEIGHT}, 1.0) AS score
      FROM passage_fts CROSS JOIN passage ON passage.rowid = passage_fts.rowid
     WHERE passage_fts MATCH CAST(? AS TEXT) AND passage.project = ?
     ORDER BY score"""
ORDERS = """
    SELECT passage.rowid, entry.id, part, entry.created, entry.hlc, entry.replica, entry.rseq
      FROM passage JOIN entry ON entry.id = passage.entry WHERE passage.rowid IN ({})"""
OF_RULES = f"""
    SELECT passage.rowid, entry.id FROM passage JOIN entry ON entry.id = passage.entry
     WHERE passage.project = ? AND passage.rule = 1 AND entry.kind IN ('question', 'note')
     ORDER BY {DOWN}, part LIMIT ?"""
SCORED = 10_000
"""Passages that are scored for one question, about: scoring costs the same for each of them. What
this gives up stands in docs/decisions/0021."""
MORE = 8
"""So many times as many, where too few of them are of the project."""


class Found(NamedTuple):
    """A passage before it is read."""

    rowid: int
    entry: bytes
    score: float = 0.0


def candidates(
    reader: Reader, words: Sequence[str], project: ProjectId, limit: int, *, rarer: bool = False
) -> list[Found]:
    """Passages of a project that hold any of *words*, best first, for replay.

    A word in upper case is a ticker: it counts as it stands, and as much as the best match of
    all other words. Nothing that depends on arrival decides: equal scores fall by the one
    order. Muted entries are left out. *rarer*: what is found is scored by the rarer words alone.
    """
    seen = [word for word in words if has_token(word)]
    plain = [word for word in seen if not (word.isupper() or runs(word))]
    rows = _best(reader, plain, (project, limit), rarer=rarer)
    of_runs = list(dict.fromkeys(piece for word in seen for piece in pieces(word)))
    rows += _best(reader, of_runs, (project, limit), rarer=rarer, index=GRAMS)
    return _with_tickers(reader, rows, (seen, limit), of_project(project))


def found_by(search: Search) -> Where:
    """What a search finds, muted entries aside; it must not ask for `is:private`."""
    values: dict[str, object] = {}
    sql = "\n AND entry.muted = 0" + conditions(search, values)
    index, match = expression(search.query)
    if match:
        sql += f"\n AND passage.rowid IN ({MATCHING.format(index, ':found')})"
        values["found"] = to_bytes(match)
    return Where(sql, values)


def candidates_of(reader: Reader, words: Sequence[str], where: Where, limit: int) -> list[Found]:
    """The same of other passages than those of a project, scored by the rarer words alone."""
    seen = [word for word in words if has_token(word)]
    holding = {word: _count(reader, word) for word in seen if not word.isupper()}
    rare: list[str] = []
    scored = 0
    for word in sorted(filter(holding.get, holding), key=holding.__getitem__):
        scored += holding[word]
        rare += [word] if not rare or scored <= SCORED else []
    values = {**where.values, "match": to_bytes(_match(rare))}
    rows = ranked(reader, where.sql, values, newest_first=False) if rare else iter(())
    return _with_tickers(reader, list(islice(rows, limit)), (seen, limit), where)


def _with_tickers(
    reader: Reader, rows: Sequence[Any], wanted: tuple[Sequence[str], int], where: Where
) -> list[Found]:
    """The best of what was found, and of what holds a ticker of the words as it stands.

    What both indexes have found has both scores.
    """
    words, limit = wanted
    found: dict[int, tuple[Any, float]] = {}
    for row in rows:
        sooner = found[row[0]][1] if row[0] in found else 0.0
        found[row[0]] = (row, sooner - row[2])
    best = max((score for _, score in found.values()), default=0.0)
    for ticker in filter(str.isupper, words):
        for row in _holding(reader, ticker, where, limit):
            known = found[row[0]][1] if row[0] in found else 0.0
            found[row[0]] = (row, known + (best or -row[2]))
    every = sorted(found.values(), key=lambda each: (each[0][4:], each[0][3]))
    every.sort(key=lambda each: -each[1])
    return [Found(row[0], row[1], score) for row, score in every[:limit]]


def rules(reader: Reader, project: ProjectId, limit: int) -> list[Found]:
    """The newest passages in which somebody says how a thing is to be done each time."""
    return [Found(*row) for row in reader.rows(OF_RULES, (project, limit))]


def neighbours(reader: Reader, found: Sequence[Found]) -> list[Found]:
    """The two entries before and after each in their threads, by their first passage."""
    return _beside(reader, NEXT, dict.fromkeys(each.entry for each in found))


def talks(reader: Reader, found: Sequence[Found], number: int) -> list[Found]:
    """The first *number* threads of what was *found*, best first: all around the best of each."""
    entries = list(dict.fromkeys(each.entry for each in found))
    threads = dict(reader.among(THREAD_OF, entries))
    best: dict[bytes, bytes] = {}
    for entry in filter(threads.__contains__, entries):
        best.setdefault(threads[entry], entry)
    return _beside(reader, AROUND, islice(best.values(), number))


def _beside(reader: Reader, statements: Iterable[str], entries: Iterable[bytes]) -> list[Found]:
    wanted = list(entries)
    return [Found(*row) for sql in statements for row in reader.among(sql, wanted)]


def alike(reader: Reader, near: Nearness, project: ProjectId, limit: int) -> list[Found]:
    """Passages of a project that mean nearly what is asked, for replay."""
    found = near.nearest(of_project(project), limit)
    rowids = sorted(rowid for rowid, cosine in found.items() if cosine >= NEARLY)
    return [Found(*row) for row in reader.among(ENTRY_OF, rowids)]


def kin(reader: Reader, found: Sequence[Found]) -> list[Found]:
    """All that replaces what was *found*, and all that it has replaced."""
    every: dict[bytes, Found] = {each.entry: each for each in found}
    fresh = list(every)
    while fresh:
        rows = [Found(*row) for sql in (NEWER, OLDER) for row in reader.among(sql, fresh)]
        fresh = [row.entry for row in rows if row.entry not in every]
        every |= {row.entry: row for row in rows if row.entry not in every}
    return list(every.values())[len({each.entry for each in found}) :]


def of_days(reader: Reader, project: ProjectId, span: tuple[int, int], limit: int) -> list[Found]:
    """The newest written from one moment up to another, in microseconds."""
    return [Found(*row) for row in reader.rows(OF_DAYS, (project, *span, limit))]


def tagged(reader: Reader, project: ProjectId, names: Sequence[str], limit: int) -> list[Found]:
    """The newest that have a tag of one of these *names*."""
    sql = TAGGED.format(",".join("CAST(? AS TEXT)" for _ in names))
    values = (*map(to_bytes, names), project, limit)
    return list(dict.fromkeys(Found(*row) for row in reader.rows(sql, values)))


def of_project(project: ProjectId) -> Where:
    """All of a project but muted entries."""
    return Where(OF_PROJECT, {"project": project})


OF_PROJECT = "\n AND entry.project = :project AND entry.muted = 0"


def _match(words: Iterable[str], index: str = WORDS) -> str:
    terms = [Term(text=word) for word in words]
    return any_of(terms) if index == WORDS else phrases(terms)


def _count(reader: Reader, word: str, index: str = WORDS) -> int:
    return int(reader.one(on(index, HOLDING), (to_bytes(_match([word], index)),))[0])


def _holding(reader: Reader, ticker: str, where: Where, limit: int) -> Iterator[Any]:
    """The best rows that hold *ticker* as it stands."""
    asked: dict[str, object] = {**where.values, "match": to_bytes(_match([ticker]))}
    narrowed = where.sql + held_in([ticker], asked)
    literals = [literal_of(ticker)]
    rows = ranked(reader, narrowed, asked, newest_first=False)
    return islice((row for row in rows if is_wanted(text_of(reader, row[0]), literals)), limit)


def _best(
    reader: Reader,
    words: Sequence[str],
    wanted: tuple[ProjectId, int],
    *,
    rarer: bool,
    index: str = WORDS,
) -> list[Any]:
    """The best rows of a project, up to a limit, that hold any of *words*.

    Common words stand in a third of all passages and tell little. So only what holds one of the
    rarer words is scored, by all the words it holds, and never fewer than are wanted: what a
    question costs does not grow with the ledger.
    """
    holding = {word: _count(reader, word, index) for word in words}
    rarest = sorted(filter(holding.get, words), key=holding.__getitem__)
    head, bound = 0, SCORED
    while True:
        while head < len(rarest) and (
            not head or sum(holding[word] for word in rarest[: head + 1]) <= bound
        ):
            head += 1
        tail = () if rarer else rarest[head:]
        rows = _scored(reader, (_match(rarest[:head], index), _match(tail, index)), wanted, index)
        if head == len(rarest) or len(rows) == wanted[1]:
            return rows
        bound *= MORE


def _scored(
    reader: Reader, matches: tuple[str, str], wanted: tuple[ProjectId, int], index: str
) -> list[Any]:
    """The best rows of those that hold a word of the first match, scored by all that they hold.

    FTS5 scores by what it is asked for, so it is asked twice: for one of the first words, and for
    one of the others too. What is found both times has its whole score the second time.
    """
    (head, tail), (project, limit) = matches, wanted
    if not head:
        return []
    found: dict[int, float] = {}
    for match in [head, f"({head}) AND ({tail})"] if tail else [head]:
        found |= _top(reader.stream(on(index, SCORES), (to_bytes(match), project)), limit)
    rows = [(*row[:2], found[row[0]], *row[2:]) for row in reader.among(ORDERS, found)]
    return sorted(rows, key=itemgetter(2, 4, 5, 6, 7, 3))[:limit]


def _top(rows: Iterable[tuple[int, float]], limit: int) -> dict[int, float]:
    """The first *limit*, and those that score as much as the last of them."""
    top: dict[int, float] = {}
    last = 0.0
    for rowid, score in rows:
        if len(top) >= limit and score != last:
            break
        top[rowid] = last = score
    return top
