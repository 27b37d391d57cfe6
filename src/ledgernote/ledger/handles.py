"""Entries and threads by their handles."""

from __future__ import annotations

from ledgernote.domain.errors import Ambiguous
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.ids import from_uuid

BY_HANDLE = "SELECT entity FROM handle WHERE shown = CAST(? AS TEXT) AND thing = ?"
BY_PREFIX = """
    SELECT entity, shown FROM handle
     WHERE shown >= ?1 AND shown < ?1 || '{' AND thing = ?2 ORDER BY shown LIMIT 9"""
BY_ID = "SELECT entity, shown FROM handle WHERE entity = ? AND thing = ?"


def resolve(reader: Reader, name: str, thing: str) -> bytes | None:
    """The entity of that handle, unique prefix or UUID; an exact handle beats a prefix.

    *thing* is `entry` or `thread`. Raises `Ambiguous`; None when nothing answers to it.
    """
    wanted = name.removeprefix("@").lower()
    if len(wanted) == 36 and (id_ := from_uuid(wanted)) is not None:
        row = reader.one(BY_ID, (id_, thing))
        return None if row is None else bytes(row[0])
    if not wanted.isascii() or not wanted.isalnum():
        return None
    if (exact := by_handle(reader, wanted, thing)) is not None:
        return exact
    rows = reader.rows(BY_PREFIX, (wanted, thing))
    if len(rows) > 1:
        raise Ambiguous(name, tuple(row[1] for row in rows))
    return bytes(rows[0][0]) if rows else None


def by_handle(reader: Reader, name: str, thing: str) -> bytes | None:
    """The entity of exactly that handle: names in files are no prefixes."""
    row = reader.one(BY_HANDLE, (to_bytes(name.removeprefix("@").lower()), thing))
    return None if row is None else bytes(row[0])


def handle_of(reader: Reader, entity: bytes) -> str | None:
    """The handle of an entry or thread."""
    row = reader.one("SELECT shown FROM handle WHERE entity = ?", (entity,))
    return None if row is None else str(row[0])
