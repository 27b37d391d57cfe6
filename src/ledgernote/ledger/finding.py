"""Which entries match a search, and how many: what was typed exactly stands before the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from ledgernote.domain import grams
from ledgernote.domain.entries import EntryId, Kind, Query, Term, Trait
from ledgernote.domain.forms import short_forms
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.literal import holds, holds_one, is_signed, is_typed
from ledgernote.domain.text import to_bytes, without_accents
from ledgernote.ledger.apart import TITLE_WEIGHT
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import REPLACED
from ledgernote.ledger.glued import glued
from ledgernote.ledger.letters import READ, holding_them, letters, needed, once, to_the_letter
from ledgernote.ledger.privacy import private_among
from ledgernote.ledger.search import (
    Search,
    bare_text,
    expression,
    has_token,
    is_exact,
    on,
    texts_of,
)
from ledgernote.ledger.ways import (
    Way,
    terms,
    unseen,
    wanted,
    ways,
)

MARKED = 500
"""Of the matches of words the best so many are looked through for marks beside them: `->`, `=`."""
COUNTED = 1_000
"""Matches beyond those that are wanted and are counted: each costs a look at its entry."""

# The + keeps FTS5 from looking for each passage by itself.
RESCORED = f"""
    SELECT rowid, -bm25(passage_fts, {TITLE_WEIGHT}, 1.0) FROM passage_fts
     WHERE passage_fts MATCH CAST(? AS TEXT) AND +rowid IN (SELECT value FROM json_each(?))"""
TRAITS = f"""
    SELECT id, kind,
           EXISTS (SELECT 1 FROM pin WHERE pin.entry = entry.id
                      AND (until IS NULL OR until > strftime('%s', 'now') * 1000000)),
           {REPLACED},
           (SELECT group_concat(tag.name, char(10)) FROM entry_tag
              JOIN tag ON tag.id = entry_tag.tag WHERE entry_tag.entry = entry.id)
      FROM entry WHERE id IN ({{}})"""


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
    wider: bool = False
    """More may be found otherwise than by words."""


def find(reader: Reader, search: Search, *, roughly: bool = False) -> Matches:
    """The entries that match, each with its best passage.

    *Roughly*: the others are not counted, nor do those that hold words to the letter come first or
    figures that stand against text without spaces count.
    """
    index, match = expression(search.query)
    search = replace(search, index=index, match=match)
    rows: list[Any] = []
    kept: Iterator[Any] = iter(())
    way = Way(rows=kept)
    loosely = replace(search, exact=False)  # a run and its figure are one word to that
    stuck = [] if roughly else glued(reader, search)
    beside = list(_without_tokens(reader, iter(stuck), loosely))
    for way in ways(reader, search):
        kept = _without_tokens(reader, way.rows, search, roughly=roughly)
        if search.order == "score" and not roughly:
            kept = to_the_letter(reader, once(kept), search, many=way.many)
        kept = _with(reader, kept, beside, search) if beside else kept
        kept = _only_private(reader, once(kept), search)
        rows = list(kept) if search.limit == 0 else list(islice(kept, search.limit))
        if len(rows) >= search.least or search.exact:
            break
    looked_at = search.most if search.limit and way.many and _is_literal(search) else None
    among = way.among or (looked_at if search.order == "score" else None)
    counted = not (roughly or way.many)
    most = READ if _is_read(search) else COUNTED
    count = max(1, search.least - 1 + most - len(rows)) if counted else 1
    further = sum(1 for _ in islice(kept, count))
    signed = [text for text in needed(search) if is_signed(text)] if search.order == "score" else []
    texts = texts_of(reader, [row[0] for row in rows]) if signed else {}
    return Matches(
        # -0.0 would be printed so.
        found=[
            Match(
                entry=EntryId(row[1]),
                rowid=row[0],
                score=0.0 - row[2],
                created=row[4],
                whole=all(holds(texts[row[0]], text) for text in signed),
            )
            for row in rows
        ],
        terms=tuple(wanted(search.query)),
        among=among,
        matching=len(rows) + further * counted,
        uncounted=among is not None or further == count,
    )


def rescored(reader: Reader, matches: Matches, query: Query) -> Matches:
    """The same matches, best first by the words of another query, where an index knows them."""
    index, match = expression(query)
    if not match:
        return matches
    rowids = str([one.rowid for one in matches.found])  # which is JSON
    scores = dict(reader.rows(on(index, RESCORED), (to_bytes(match), rowids)))
    found = [replace(one, score=scores.get(one.rowid, 0.0)) for one in matches.found]
    return replace(matches, found=sorted(found, key=lambda one: one.score, reverse=True))


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


def to_the_letter_first(reader: Reader, matches: Matches, terms: Iterable[Term]) -> Matches:
    """The more of the words a match holds to the letter, the higher it scores."""
    exact = [text for text in map(bare_text, terms) if has_token(text) and is_exact(text)]
    if not exact:
        return matches
    texts = texts_of(reader, [one.rowid for one in matches.found])
    best = max((one.score for one in matches.found), default=0.0)
    held = {one: sum(holds(texts[one.rowid], text) for text in exact) for one in matches.found}
    found = [replace(one, score=one.score + best * number) for one, number in held.items()]
    return replace(matches, found=found)


def _with(
    reader: Reader, rows: Iterator[Any], beside: Sequence[Any], search: Search
) -> Iterator[Any]:
    """*rows*, and others in their place by time, or as good as what holds all to the letter."""
    if search.order != "score":
        from heapq import merge  # few searches have others beside

        time, newest = itemgetter(4, 5, 6, 7), search.order == "new"
        among = sorted(beside, key=time, reverse=newest)
        yield from merge(rows, among, key=time, reverse=newest)
        return
    best = next(rows, None)
    score = best[2] if best else -1.0
    if best and not holding_them(reader, [best], letters(search)):
        score *= 2  # as `to_the_letter` does
    for row in beside:
        yield (*row[:2], score, *row[3:])
    yield from () if best is None else chain([best], rows)


def _only_private(reader: Reader, rows: Iterator[Any], search: Search) -> Iterator[Any]:
    if search.private is None:
        yield from rows
        return
    while chunk := list(islice(rows, 200)):
        private = private_among(reader, (row[1] for row in chunk))
        yield from (row for row in chunk if (row[1] in private) == search.private)


def _without_tokens(
    reader: Reader, rows: Iterator[Any], search: Search, *, roughly: bool = False
) -> Iterator[Any]:
    """What the indexes cannot see (`+`, the A of `A股`) is looked for in the text itself."""
    query, most = search.query, search.most if _is_literal(search) and not roughly else MARKED
    looks = [[look for term in terms if (look := look_for(search, term))] for terms in query.groups]
    groups = [one for one, terms in zip(looks, query.groups, strict=True) if len(one) == len(terms)]
    without = [found for term in query.without if (found := unseen(term))]
    if not groups and not without:
        yield from rows
        return
    looked_at = islice(rows, most) if search.limit and search.match else rows
    for row, text in _with_texts(reader, looked_at):
        held = all(any(look(text) for look in group) for group in groups)
        if held and not any(literal.search(text) for literal in without):
            yield row


def _is_read(search: Search) -> bool:
    """Whether the text of each match is looked through."""
    return _is_literal(search) or any(map(unseen, terms(search.query)))


def _is_literal(search: Search) -> bool:
    """Whether each match is looked at for what was typed."""
    return search.exact or any(_forms(search, group[0]) for group in search.query.groups)


def _with_texts(reader: Reader, rows: Iterator[Any]) -> Iterator[tuple[Any, str]]:
    """Each with its text; read many at once, as each takes twice as long by itself."""
    while some := list(islice(rows, READ)):
        texts = texts_of(reader, [row[0] for row in some])
        yield from ((row, texts.get(row[0], "")) for row in some)


def _forms(search: Search, term: Term) -> tuple[str, ...]:
    """Words of which a hit holds one, where the index would take *in* for a form of Ines."""
    if search.exact or term.prefix:
        return ()
    return short_forms(without_accents(bare_text(term)))


def look_for(search: Search, term: Term) -> Callable[[str], bool] | None:
    """How to look for a term in a text; None where the index says all of it."""
    if found := unseen(term):
        return lambda text: found.search(text) is not None
    if forms := _forms(search, term):
        return lambda text: holds_one(text, forms)
    text = bare_text(term, exact=search.exact)
    if not search.exact or not has_token(text) or grams.runs(text):
        return None
    return lambda read: is_typed(read, text, prefix=term.prefix)
