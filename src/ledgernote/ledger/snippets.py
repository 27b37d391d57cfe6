"""The piece of a passage that is shown for a hit, with its words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledgernote.domain import grams
from ledgernote.domain.entries import MARK_OFF, MARK_ON, Term
from ledgernote.ledger import apart
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.search import any_of, spelled

BEGINNINGS = "SELECT rowid, substr(text, 1, 300) FROM passage_text WHERE rowid IN ({})"
TEXTS = "SELECT rowid, text FROM passage_text WHERE rowid IN ({})"
BEFORE, AFTER = 40, 160
"""Letters that are shown before and from the first run of letters that matches."""


def passages(reader: Reader, rowids: Sequence[int], terms: Sequence[Term]) -> dict[int, str]:
    """The pieces that match any of *terms*; the beginning where none of them stands there."""
    found = dict(reader.among(BEGINNINGS, rowids))
    if match := any_of(spelled(term for term in terms if not grams.runs(term.text))):
        marked = apart.marked(reader, rowids, match)
        found |= {rowid: text for rowid, text in marked.items() if MARK_ON in text}
    runs = [run for term in terms for run in grams.runs(term.text)]
    left = [rowid for rowid in rowids if runs or MARK_ON not in found.get(rowid, "")]
    if left and (texts := runs + [term.text for term in terms if _may_be_glued(term)]):
        literal = re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))))
        for rowid, text in reader.among(TEXTS, left):
            found[rowid] = _marked(text, literal) or found[rowid]
    return found


def _may_be_glued(term: Term) -> bool:
    return term.text.isupper() or any(map(str.isdigit, term.text))


def _marked(text: str, literal: re.Pattern[str]) -> str:
    first = literal.search(text)
    if first is None:
        return ""
    start, end = max(0, first.start() - BEFORE), first.start() + AFTER
    piece = literal.sub(lambda hit: f"{MARK_ON}{hit[0]}{MARK_OFF}", text[start:end])
    return "…" * (start > 0) + piece + "…" * (end < len(text))
