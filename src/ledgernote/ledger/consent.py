"""Which imports the words of an entry come from: those need consent before they leave.

An import is named by the `source` that its format gives to every entry of it: `chatgpt`,
`claude`, `markdown:vault`. Lines of JSON may bring any source; one without a `ref` that is a path,
an address or a command names a file that was brought along, and all of those are `jsonl`. What
has no source was written here, or by whoever exported it: nobody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ledgernote.domain.text import clean_name
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.keep import mark_private
from ledgernote.ledger.privacy import made_from
from ledgernote.ledger.writing import Writing

JSONL = "jsonl"
MARKED = 200
"""Entries that become private in one transaction: about 50 ms."""

IMPORTED = """
    SELECT id, source, ref FROM entry
     WHERE id IN ({}) AND imported = 1 AND source IS NOT NULL"""
SAVED_FROM = "SELECT id, origin FROM entry WHERE id IN ({}) AND origin IS NOT NULL"
QUOTING = """
    SELECT id FROM entry
     WHERE id IN ({}) AND imported = 0
       AND (kind = 'summary' OR kind = 'answer' AND model = 'offline')"""
OPEN = """
    SELECT id, source, ref FROM entry
     WHERE id > ? AND imported = 1 AND source IS NOT NULL
       AND id NOT IN (SELECT entity FROM private_mark)
     ORDER BY id LIMIT 2000"""

_PLAIN = re.compile(r"[\w-]+")


def import_name(source: str, ref: str | None) -> str:
    """What the import is called from which an entry with that source came."""
    if ref is None and not _PLAIN.fullmatch(source):
        return JSONL
    return clean_name(source) or JSONL


def _repeated(reader: Reader, ids: set[bytes]) -> list[tuple[bytes, bytes]]:
    """(entry, what it repeats): what it was saved from, what `offline` quotes, what it sums up."""
    known = sorted(ids)
    saved = [(row[0], row[1]) for row in reader.among(SAVED_FROM, known)]
    quoting = {row[0] for row in reader.among(QUOTING, known)}
    contexts = {each for each in ids if len(each) != 16}
    return saved + made_from(reader, quoting | contexts)


def imports_of(reader: Reader, ids: Iterable[bytes]) -> dict[bytes, frozenset[str]]:
    """The imports whose words each of *ids* holds, for those that hold any."""
    asked = set(ids)
    repeats: dict[bytes, set[bytes]] = {}  # what is repeated → what repeats it
    seen, frontier = set(asked), asked
    while frontier:
        found = _repeated(reader, frontier)
        for entry, source in found:
            repeats.setdefault(source, set()).add(entry)
        frontier = {source for _, source in found} - seen
        seen |= frontier
    names: dict[bytes, set[str]] = {}
    spreading = {(row[0], import_name(row[1], row[2])) for row in reader.among(IMPORTED, [*seen])}
    while spreading:
        for entry, name in spreading:
            names.setdefault(entry, set()).add(name)
        onward = {(by, name) for entry, name in spreading for by in repeats.get(entry, ())}
        spreading = {(by, name) for by, name in onward if name not in names.get(by, ())}
    return {entry: frozenset(found) for entry, found in names.items() if entry in asked}


def mark_import(tx: Writing, name: str, after: bytes) -> bytes | None:
    """Make the next entries of an import private; gives where to go on, None at its end."""
    rows, done = tx.rows(OPEN, (after,)), 0
    for entry, source, ref in rows:
        if import_name(source, ref) == name:
            mark_private(tx, entry)
            done += 1
            if done == MARKED:
                return bytes(entry)
    return bytes(rows[-1][0]) if rows else None
