"""Tags by their names."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.errors import UsageError
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.writing import Writing

FIND_TAG = "SELECT id FROM tag WHERE name = CAST(? AS TEXT) ORDER BY id"
LIST_TAGS = """
    SELECT tag.name, count(DISTINCT entry.id) FROM tag
      JOIN entry_tag ON entry_tag.tag = tag.id JOIN entry ON entry.id = entry_tag.entry
     WHERE removed = 0 AND (?1 IS NULL OR project = ?1)
     GROUP BY tag.name ORDER BY 2 DESC, 1"""


def find_tags(reader: Reader, name: str) -> list[bytes]:
    """Every tag of that name: a merge may have brought several, which are one to people."""
    return [row[0] for row in reader.rows(FIND_TAG, (to_bytes(clean_name(name)),))]


def tag_name(reader: Reader, id_: str) -> str:
    """The name of a tag by the hex of its id, as events refer to it."""
    row = reader.one("SELECT name FROM tag WHERE id = ?", (bytes.fromhex(id_),))
    return str(row[0]) if row else "?"


def need_tag(tx: Writing, name: str) -> bytes:
    """The tag by that name, made when it is new."""
    cleaned = clean_name(name).removeprefix("#")
    if not cleaned:
        raise UsageError("a tag needs a name", "ledgernote tag NAME HANDLE…")
    found = find_tags(tx, cleaned)
    if found:
        return found[0]
    fresh = tx.new_id()
    tx.append("tag.new", fresh, words={"name": cleaned}, fresh=True)
    return fresh


def tags_called(reader: Reader, words: Iterable[str]) -> set[str]:
    """The tags that are called as one of *words*, in its case or in small letters."""
    names = {clean_name(name) for word in words for name in (word, word.lower())}
    return {name for name in names if reader.one(FIND_TAG, (to_bytes(name),))}


def tags_of(reader: Reader, project: ProjectId | None = None) -> list[tuple[str, int]]:
    """Names of tags with the number of entries that carry them, most used first."""
    return [(row[0], row[1]) for row in reader.rows(LIST_TAGS, (project,))]
