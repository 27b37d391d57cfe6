"""What replay may choose from: the passages that hold a question's words, and their neighbours.

Nothing that depends on arrival decides here, and what makes it faster changes no score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.forms import short_forms
from ledgernote.domain.grams import pieces, runs
from ledgernote.domain.literal import literal_of
from ledgernote.domain.text import folded, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import DOWN, UP
from ledgernote.ledger.narrowed import MATCHING, conditions
from ledgernote.ledger.nearness import Nearness, Where
from ledgernote.ledger.scored import COMMON, Index, match
from ledgernote.ledger.search import (
    GRAMS,
    HOLDS,
    WORDS,
    Search,
    expression,
    has_token,
    held_in,
    matching,
    ranked,
    text_of,
)

BESIDE = """
    SELECT passage.rowid, near.id FROM entry
      JOIN entry AS near ON near.id IN (
           SELECT other.id FROM entry AS other
            WHERE other.thread = entry.thread AND other.removed = 0 AND other.muted = 0
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
# The newest 2,000 are looked at: a year of a large project would take long.
OF_DAYS = f"""
    SELECT passage.rowid, entry.id FROM (
        SELECT id, kind, created, hlc, replica, rseq FROM entry
         WHERE project = ? AND removed = 0 AND muted = 0 AND created >= ? AND created < ?
         ORDER BY {DOWN} LIMIT 2000) AS entry
      JOIN passage ON passage.entry = entry.id AND part = 0
     ORDER BY entry.kind = 'note' DESC, {DOWN} LIMIT ?"""
# The newest 2,000 again.
NEWEST = f"""
    SELECT passage.rowid, entry.id FROM (
        SELECT id, created, hlc, replica, rseq FROM entry
         WHERE project = ? AND removed = 0 AND muted = 0 ORDER BY {DOWN} LIMIT 2000) AS entry
      JOIN passage ON passage.entry = entry.id AND part = 0
     WHERE passage.rowid IN ({MATCHING.format("passage_fts", "?")}) ORDER BY {DOWN} LIMIT ?"""
ACTORS = "SELECT id FROM actor WHERE name = CAST(? AS TEXT)"
# The 5,000 that somebody wrote last are looked at, wherever they stand.
OF_ACTOR = f"""
    SELECT passage.rowid, entry.id FROM (
        SELECT id, project, model, removed, muted, created, hlc, replica, rseq FROM entry
         WHERE actor = ? ORDER BY hlc DESC, replica, rseq LIMIT 5000) AS entry
      JOIN passage ON passage.entry = entry.id AND part = 0
     WHERE entry.project = ? AND entry.removed = 0 AND entry.muted = 0 AND entry.model IS NULL
       AND entry.created >= ? AND entry.created < ?
     ORDER BY {DOWN} LIMIT ?"""
# CROSS JOIN: from the tags, which are few; else SQLite walks through all of the project by time.
TAGGED = """
    SELECT passage.rowid, entry.id FROM tag CROSS JOIN entry_tag ON entry_tag.tag = tag.id
      CROSS JOIN entry ON entry.id = entry_tag.entry
      JOIN passage ON passage.entry = entry.id AND part = 0
     WHERE tag.name IN ({}) AND entry.project = ? AND entry.removed = 0 AND entry.muted = 0
     ORDER BY entry.created DESC, entry.hlc DESC, entry.replica DESC, entry.rseq DESC LIMIT ?"""
OF_RULES = f"""
    SELECT passage.rowid, entry.id FROM passage JOIN entry ON entry.id = passage.entry
     WHERE passage.project = ? AND passage.rule = 1 AND entry.kind IN ('question', 'note')
     ORDER BY {DOWN}, part LIMIT ?"""

LOST = 20_000
"""Passages that hold what the index takes a lost word for, up to which it is looked for in each."""
OWNS_UP = """text : (^ correction OR ^ update OR ^ revised OR ^ actually OR ^ wait
    OR ^ "scratch that" OR misprint OR "i misread" OR "my mistake")"""
"""What may take something back; replay tells whether it does. Phrases of common words (*changed
to*) cost more than all of these: such a note is found by the words of the question alone."""
LOOSE = "{0}.kind = 'note' AND {0}.thread IS NULL AND {0}.removed = 0 AND {0}.muted = 0"
TIME_OF = "({0}.created, {0}.hlc, {0}.replica, {0}.rseq)"
# Which are marked is told by all of them or by none: some would be those that arrived first.
CORRECTIONS = f"""
    WITH marked (at) AS MATERIALIZED (
        SELECT rowid FROM passage_fts WHERE passage_fts MATCH '{OWNS_UP}' LIMIT {LOST} + 1),
    later AS MATERIALIZED (
        SELECT note.id, created, hlc, note.replica, note.rseq FROM marked
          CROSS JOIN passage ON passage.rowid = at
          CROSS JOIN entry AS note ON note.id = passage.entry
         WHERE (SELECT count(*) FROM marked) <= {LOST} AND passage.project = ? AND part = 0
           AND {LOOSE.format("note")}),
    near AS MATERIALIZED (
        SELECT DISTINCT note.* FROM entry CROSS JOIN entry AS note ON note.id IN (
               SELECT id FROM later WHERE {TIME_OF.format("later")} > {TIME_OF.format("entry")}
                ORDER BY {UP.replace("entry.", "later.")} LIMIT 4)
         WHERE entry.id IN ({{}}) AND {LOOSE.format("entry")})
    SELECT DISTINCT passage.rowid, passage.entry FROM near
     CROSS JOIN passage ON part = 0 AND entry IN (near.id, (
        SELECT entry.id FROM entry
         WHERE project = near.project AND +actor IS near.actor AND {LOOSE.format("entry")}
           AND created >= near.created - 86400000000
           AND {TIME_OF.format("entry")} < {TIME_OF.format("near")} ORDER BY {DOWN} LIMIT 1))"""
REACH = 5_000
"""Passages that hold a word, up to which it is looked for in another place than the project: each
costs a look at its entry (measured: 5 µs)."""


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
    all other words; so does what the index would lose among the shortest. Nothing that depends on
    arrival decides: equal scores fall by the one order. Muted entries are left out. *rarer*: what
    is found is scored by the rarer words alone.
    """
    place = Where(IN_PROJECT, {"project": project})
    return _best(reader, words, place, limit, rarer=rarer, reach=COMMON + 1)


def naming(reader: Reader, words: Sequence[str], project: ProjectId, limit: int) -> list[Found]:
    """Passages of a project that hold any of *words*; *May* only with its capital letter.

    None for *May* where as many hold the word at all as are too many to be read.
    """
    found = candidates(reader, [word for word in words if not word[0].isupper()], project, limit)
    for name in (word for word in words if word[0].isupper()):
        if matching(reader, WORDS, match([name]), LOST + 1) <= LOST:
            there = Where(NAMED, {"project": project, "named": to_bytes(name)})
            found += _best(reader, [name.lower()], there, limit, rarer=False, reach=COMMON + 1)
    return list({each.rowid: each for each in found}.values())


def candidates_of(reader: Reader, words: Sequence[str], where: Where, limit: int) -> list[Found]:
    """The same of another place, its conditions on `passage`, scored by the rarer words alone."""
    return _best(reader, words, where, limit, rarer=True, reach=REACH)


def _best(
    reader: Reader, words: Sequence[str], where: Where, limit: int, *, rarer: bool, reach: int
) -> list[Found]:
    seen = [word for word in words if has_token(word)]
    asked = ((Index(reader, where, index), some) for index, some in _by_index(seen))
    rows = [
        row for index, some in asked for row in index.best(some, limit, rarer=rarer, reach=reach)
    ]
    return _with_tickers(reader, rows, (seen, limit), where)


def found_by(search: Search) -> Where:
    """What a search finds, muted entries aside; it must not ask for `is:private`."""
    values: dict[str, object] = {}
    sql = OF_ENTRY.format("\n AND entry.muted = 0" + conditions(search, values))
    index, words = expression(search.query)
    if words:
        sql += f"\n AND passage.rowid IN ({MATCHING.format(index, ':found')})"
        values["found"] = to_bytes(words)
    return Where(sql, values)


def _by_index(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What to ask each index for; words in upper case are looked for as they stand."""
    yield WORDS, [word for word in words if not (_as_it_stands(word) or runs(word))]
    yield GRAMS, list(dict.fromkeys(piece for word in words for piece in pieces(word)))


def _as_it_stands(word: str) -> bool:
    return word.isupper() or bool(_lost(word))


def _lost(word: str) -> tuple[str, ...]:
    """The forms of a word that the index takes for one of the shortest: *Inés* is *in* to it.

    None of *used*: what it takes it for are its other forms, and hardly *us*.
    """
    forms = short_forms(folded(word))
    return () if "used" in forms else forms


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
    for ticker in filter(_as_it_stands, words):
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


def threads(reader: Reader, found: Iterable[Found]) -> dict[bytes, bytes | None]:
    """The entries of what was *found*, in that order, with the thread of each that is in one."""
    entries = dict.fromkeys(each.entry for each in found)
    return {**entries, **dict(reader.among(THREAD_OF, entries))}


def talks(reader: Reader, places: Mapping[bytes, bytes | None], number: int) -> list[Found]:
    """The first *number* threads of entries, given best first: all around the best of each."""
    best: dict[bytes, bytes] = {}
    for entry, thread in places.items():
        if thread is not None:
            best.setdefault(thread, entry)
    return _beside(reader, AROUND, islice(best.values(), number))


def corrections(reader: Reader, project: ProjectId, notes: Collection[bytes]) -> list[Found]:
    """The loose notes after each of those *notes* that may take it back, nearest in time.

    Each comes with the note that its writer wrote last before it: of that it may be without a word.
    """
    if not notes:
        return []
    sql = CORRECTIONS.format(",".join("?" * len(notes)))
    return [Found(*row) for row in reader.rows(sql, (project, *notes))]


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
    """The newest written from one moment up to another, in microseconds; notes first."""
    return [Found(*row) for row in reader.rows(OF_DAYS, (project, *span, limit))]


def of_actor(
    reader: Reader, project: ProjectId, name: str, span: tuple[int, int], limit: int
) -> list[Found]:
    """The newest that somebody of that name wrote from one moment up to another."""
    actors = [row[0] for row in reader.rows(ACTORS, (to_bytes(name),))]
    asked = ((actor, project, *span, limit) for actor in actors)
    return [Found(*row) for values in asked for row in reader.rows(OF_ACTOR, values)]


def newest(reader: Reader, words: Iterable[str], project: ProjectId, limit: int) -> list[Found]:
    """The newest that hold one of *words*, of each word."""
    asked = [to_bytes(match([word])) for word in words if has_token(word)]
    rows = [row for one in asked for row in reader.rows(NEWEST, (project, one, limit))]
    return list(dict.fromkeys(Found(*row) for row in rows))


def tagged(reader: Reader, project: ProjectId, names: Sequence[str], limit: int) -> list[Found]:
    """The newest that have a tag of one of these *names*."""
    sql = TAGGED.format(",".join("CAST(? AS TEXT)" for _ in names))
    values = (*map(to_bytes, names), project, limit)
    return list(dict.fromkeys(Found(*row) for row in reader.rows(sql, values)))


def of_project(project: ProjectId) -> Where:
    """All of a project but muted entries."""
    return Where(OF_PROJECT, {"project": project})


OF_PROJECT = "\n AND entry.project = :project AND entry.muted = 0"
IN_PROJECT = "\n AND passage.project = :project"
"""The same of a passage: what is muted stands in no project there."""
OF_ENTRY = "\n AND EXISTS (SELECT 1 FROM entry WHERE entry.id = passage.entry{})"
NAMED = IN_PROJECT + OF_ENTRY.format("\n AND" + HOLDS.format("", "CAST(:named AS TEXT)"))
"""What holds some letters as they stand."""


def _holding(reader: Reader, word: str, where: Where, limit: int) -> Iterator[Any]:
    """The best rows that hold a ticker as it stands, or a lost word but for case and accents."""
    asked: dict[str, object] = {**where.values, "match": to_bytes(match([word]))}
    ticker, narrowed = word.isupper(), where.sql
    if ticker:
        narrowed += held_in([[word]], asked)
    elif matching(reader, WORDS, match([word]), LOST + 1) > LOST:
        return
    literals = [literal_of(each) for each in ((word,) if ticker else _lost(word))]
    rows = ranked(reader, narrowed, asked, newest_first=False)
    texts = ((row, text_of(reader, row[0])) for row in rows)
    read = ((row, text if ticker else folded(text)) for row, text in texts)
    yield from islice(
        (row for row, text in read if any(each.search(text) for each in literals)), limit
    )
