"""What a search by meaning may find, and what it has found, as a search by words sees both."""

from __future__ import annotations

from collections.abc import Sequence

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import replace
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.finding import Match
from ledgernote.ledger.narrowed import conditions
from ledgernote.ledger.nearness import Where
from ledgernote.ledger.privacy import private_among
from ledgernote.ledger.search import Search

PASSAGES = """
    SELECT passage.rowid, entry.id, entry.created
      FROM passage JOIN entry ON entry.id = passage.entry WHERE passage.rowid IN ({})"""


def wanted(search: Search) -> Where:
    """All that a search asks of an entry, but for the words that it is to hold."""
    values: dict[str, object] = {}
    wordless = replace(search, query=replace(search.query, groups=()))
    return Where(conditions(wordless, values), values)


def read(reader: Reader, search: Search, rowids: Sequence[int]) -> list[Match]:
    """Passages as matches without a score."""
    found = [
        Match(entry=EntryId(entry), rowid=rowid, score=0.0, created=created)
        for rowid, entry, created in reader.among(PASSAGES, rowids)
    ]
    if search.private is None:
        return found
    private = private_among(reader, [one.entry for one in found])
    return [one for one in found if (one.entry in private) == search.private]
