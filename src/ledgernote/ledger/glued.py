"""Figures and tickers that stand against text without spaces: the 0.25% of `金利を0.25%に`.

The index of words takes both for one word, the other has the run alone. So where a notebook has
such text, the passages of it that arrived last are looked through.
"""

from __future__ import annotations

import re
from typing import Any

from ledgernote.domain import grams
from ledgernote.domain.entries import Term
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.narrowed import conditions
from ledgernote.ledger.search import (
    Search,
    bare_text,
    expression,
    has_token,
    held_in,
    is_exact,
    is_wanted,
    on,
    text_of,
)
from ledgernote.ledger.ways import COLUMNS, MARKS

ANY = "SELECT 1 FROM passage_gram_docsize LIMIT 1"
LAST = """
      FROM passage CROSS JOIN entry ON entry.id = passage.entry
     WHERE passage.rowid IN (SELECT id FROM passage_gram_docsize ORDER BY id DESC LIMIT {})
       AND entry.removed = 0"""

MATCHES = "SELECT 1 FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT) AND rowid = ?"


def glued(reader: Reader, search: Search) -> list[Any]:
    """The matches that hold figures or tickers of the query so; they are in no order."""
    alone = {group: bare_text(group[0]) for group in search.query.groups if _may_be(group)}
    if not alone or reader.one(ANY) is None:
        return []
    others = tuple(group for group in search.query.groups if group not in alone)
    query = replace(search.query, groups=others)
    index, match = expression(query)
    asked, values = replace(search, query=query, index=index, match=match), dict[str, object]()
    where = conditions(asked, values) + held_in([*alone.values()], values)
    rows = reader.rows(COLUMNS + LAST.format(MARKS if search.limit else -1) + where, values)
    literals = [_literal(text) for text in alone.values()]
    held = [row for row in rows if is_wanted(text_of(reader, row[0]), literals)]
    # A look into an index costs more than one at a text, so it comes last.
    one = on(index, MATCHES)
    return [row for row in held if not match or reader.one(one, (to_bytes(match), row[0]))]


def _may_be(group: tuple[Term, ...]) -> bool:
    text = bare_text(group[0])
    if len(group) > 1 or group[0].prefix or not has_token(text) or not text.isascii():
        return False
    return not grams.runs(text) and (any(map(str.isdigit, text)) or is_exact(text))


def _literal(text: str) -> re.Pattern[str]:
    """The text, not as a part of a longer figure or of a word in Latin letters."""
    before, after = r"(?<![0-9A-Za-z])(?<![0-9][.,])", r"(?![0-9A-Za-z]|[.,][0-9])"
    return re.compile(before + re.escape(text) + after, 0 if text.isupper() else re.IGNORECASE)
