"""The piece of a passage that is shown for a hit, with its words marked."""

from __future__ import annotations

from collections.abc import Sequence

from ledgernote.ledger import apart
from ledgernote.ledger.connection import Reader

BEGINNINGS = "SELECT rowid, substr(text, 1, 300) FROM passage_text WHERE rowid IN ({})"


def passages(reader: Reader, rowids: Sequence[int], match: str) -> dict[int, str]:
    """The pieces that match; the beginning where the index was asked for no words."""
    found = dict(reader.among(BEGINNINGS, rowids))
    if match and rowids:
        found |= {
            rowid: text for rowid, text in apart.marked(reader, rowids, match).items() if text
        }
    return found
