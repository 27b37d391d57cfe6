"""Searches that have a name. Each is an entity of its own; of two by one name the newer counts."""

from __future__ import annotations

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.writing import Writing

COLUMNS = """
    SELECT saved_search.name, query, saved_search.project, project.shown, saved_search.id
      FROM saved_search LEFT JOIN project ON project.id = saved_search.project"""
NEWEST = "saved_search.hlc DESC, saved_search.replica DESC, saved_search.rseq DESC"
BY_NAME = f"{COLUMNS} WHERE saved_search.name = CAST(? AS TEXT) ORDER BY {NEWEST}"
EVERY = f"{COLUMNS} ORDER BY saved_search.name, {NEWEST}"


@frozen(kw_only=False)
class Saved:
    """A search under its name."""

    name: str
    query: str
    """In the query language."""
    project: ProjectId | None
    """Where it looks; None: everywhere."""
    project_name: str | None
    id: bytes


def _named(reader: Reader, name: str) -> list[Saved]:
    rows = reader.rows(BY_NAME, (to_bytes(clean_name(name)),))
    return [Saved(*row) for row in rows]


def by_name(reader: Reader, name: str) -> Saved | None:
    """The search of that name."""
    return next(iter(_named(reader, name)), None)


def every(reader: Reader) -> list[Saved]:
    """All of them by name, each name once."""
    found: dict[str, Saved] = {}
    for row in reader.rows(EVERY):
        found.setdefault(row[0], Saved(*row))
    return list(found.values())


def save(tx: Writing, name: str, query: str, project: ProjectId | None) -> None:
    """Keep a search under a name, which means this one from now on."""
    known = by_name(tx, name)
    meta = {"project": project.hex() if project else None, "forgotten": False}
    words = {"name": clean_name(name), "text": query}
    tx.append(
        "search.save", known.id if known else tx.new_id(), meta, words=words, fresh=known is None
    )


def forget(tx: Writing, name: str) -> bool:
    """Forget the searches of that name; False when there is none."""
    found = _named(tx, name)
    for one in found:
        tx.append("search.forget", one.id, {"forgotten": True})
    return bool(found)
