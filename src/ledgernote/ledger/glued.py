"""Figures and tickers that stand against text without spaces: the 0.25% of `金利を0.25%に`.

The index of words takes both for one word, the other has the run alone. So where a notebook has
such text, the passages of it that arrived last are looked through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

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
    alone = {group: texts for group in search.query.groups if (texts := _may_be(group))}
    if not alone or reader.one(ANY) is None:
        return []
    others = tuple(group for group in search.query.groups if group not in alone)
    query = replace(search.query, groups=others)
    index, match = expression(query)
    asked, values = replace(search, query=query, index=index, match=match), dict[str, object]()
    where = conditions(asked, values) + held_in([*alone.values()], values)
    rows = reader.rows(COLUMNS + LAST.format(MARKS if search.limit else -1) + where, values)
    literals = [_any_of(texts) for texts in alone.values()]
    held = [row for row in rows if is_wanted(text_of(reader, row[0]), literals)]
    # A look into an index costs more than one at a text, so it comes last.
    one = on(index, MATCHES)
    return [row for row in held if not match or reader.one(one, (to_bytes(match), row[0]))]


def _may_be(group: tuple[Term, ...]) -> list[str]:
    """The words of a group that may stand so."""
    texts = [bare_text(term) for term in group if not term.prefix]
    plain = [text for text in texts if text.isascii() and has_token(text)]
    return [text for text in plain if any(map(str.isdigit, text)) or is_exact(text)]


def _any_of(texts: Sequence[str]) -> re.Pattern[str]:
    """Any of the texts, not as a part of a longer figure or of a word in Latin letters."""
    before, after = r"(?<![0-9A-Za-z])(?<![0-9][.,])", r"(?![0-9A-Za-z]|[.,][0-9])"
    cased = (re.escape(text) if text.isupper() else f"(?i:{re.escape(text)})" for text in texts)
    return re.compile(f"{before}(?:{'|'.join(cased)}){after}")
