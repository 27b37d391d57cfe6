"""What holds words just as they were typed, which no index tells: the texts are read.

It comes first, for the index takes *use* for *us* and knows nothing of the marks of `c++`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from ledgernote.domain import grams
from ledgernote.domain.literal import holds
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.search import Search, bare_text, has_token, is_exact, texts_of
from ledgernote.ledger.ways import has_beginnings, holding

READ = 100
"""Texts that are read at once."""
SELDOM = 10
"""Where fewer than one of so many hold the words to the letter, all texts are read as they lie in
the file: best first, which stops where enough are found, each takes twice as long."""


def to_the_letter(
    reader: Reader, rows: Iterator[Any], search: Search, *, many: bool
) -> Iterator[Any]:
    """What holds the words just as they were typed comes first, however old.

    It scores as much more as the best did, so that the order stays that of the scores.
    """
    words = letters(search)
    first = list(islice(rows, search.limit or READ)) if words else []
    held = holding_them(reader, first, words)
    if not first or (search.limit and len(held) == len(first)):
        yield from chain(first, rows)
        return
    # Whatever is only counted need not be looked at; but more are wanted where some are left out.
    number = search.limit if search.limit and search.private is None else sys.maxsize
    if len(held) > len(first) // SELDOM or has_beginnings(search.query):
        while len(held) < number and (more := list(islice(rows, READ))):
            first += more
            held += holding_them(reader, more, words)
    else:
        held = _with_all(held, once(holding(reader, search, words, many=many)))[:number]
    known = {row[1] for row in held}
    yield from ((*row[:2], row[2] + first[0][2], *row[3:]) for row in held)
    yield from (row for row in chain(first, rows) if row[1] not in known)


def _with_all(held: Sequence[Any], rows: Iterator[Any]) -> list[Any]:
    """All *rows*, and before them, by their scale, those of the best that are not among them."""
    every = list(rows)
    known = {row[1] for row in every}
    others = [row for row in held if row[1] not in known]
    return [*((*row[:2], every[0][2], *row[3:]) for row in others), *every] if every else others


def holding_them(reader: Reader, rows: Sequence[Any], words: Sequence[str]) -> list[Any]:
    """Those of the rows that hold each word to the letter."""
    texts = texts_of(reader, [row[0] for row in rows])
    return [row for row in rows if all(holds(texts.get(row[0], ""), word) for word in words)]


def letters(search: Search) -> list[str]:
    """The words that are needed to the letter, or come first where they are held so.

    A word of two letters does where it is all that was typed: the index takes *use* for *us*. Among
    others it tells little, and to look for it takes as long as all else.
    """
    alone = len(search.query.groups) == 1
    return [
        text
        for text in needed(search)
        if search.exact or is_exact(text) or (len(text) == 2 and alone)
    ]


def needed(search: Search) -> list[str]:
    """The words that are needed, as they were typed."""
    single = [group[0] for group in search.query.groups if len(group) == 1]
    bare = [bare_text(term, exact=search.exact) for term in single if not term.prefix]
    return [text for text in bare if has_token(text) and not grams.runs(text)]


def once(rows: Iterable[Any]) -> Iterator[Any]:
    """Each entry with the first of its passages."""
    seen: set[bytes] = set()
    for row in rows:
        if row[1] not in seen:
            seen.add(row[1])
            yield row
