"""The folders that this ledger looks at, and what it knows of their files.

They are paths of this machine, so their tables belong to this file alone: no event, no rebuild.
"""

from __future__ import annotations

from ledgernote.domain.entries import EntryId, ProjectId
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.writing import Writing

SOURCES = """
    SELECT source.name, path, format, source.project, actor, digest FROM source
     ORDER BY source.name"""
INSERT_SOURCE = """
    INSERT INTO source (name, path, format, project, actor)
    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, CAST(? AS TEXT))"""
DELETE_SOURCE = (
    "DELETE FROM source WHERE name = CAST(? AS TEXT)",
    "DELETE FROM source_file WHERE source = CAST(? AS TEXT)",
)
SET_DIGEST = "UPDATE source SET digest = ? WHERE name = CAST(? AS TEXT)"
FILES = """
    SELECT path, stamp, entry, digest FROM source_file WHERE source = CAST(? AS TEXT)"""
FILE = FILES + " AND path = CAST(? AS TEXT)"
PUT_FILE = """
    INSERT OR REPLACE INTO source_file (source, path, stamp, entry, digest)
    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?)"""
DROP_FILE = """
    DELETE FROM source_file WHERE source = CAST(? AS TEXT) AND path = CAST(? AS TEXT)"""
COUNT = "SELECT count(*) FROM source_file WHERE source = CAST(? AS TEXT)"


@frozen
class Source:
    """A folder that is looked at."""

    name: str
    path: str
    format: str
    project: ProjectId
    """Where what is new goes."""
    actor: str
    """Who named the folder: its notes are theirs."""
    digest: str | None = None
    """Of all stamps, as of the last look that left nothing to do."""


@frozen
class File:
    """A file as it was when it was taken in."""

    path: str
    """Below the folder, with `/`."""
    stamp: str
    entry: EntryId | None = None
    """What a note became; a transcript becomes many."""
    digest: bytes | None = None
    """Of its text."""


def every(reader: Reader) -> list[Source]:
    """All of them, by name: one small read where there is none."""
    return [
        Source(
            name=row[0],
            path=row[1],
            format=row[2],
            project=ProjectId(row[3]),
            actor=row[4],
            digest=row[5],
        )
        for row in reader.rows(SOURCES)
    ]


def add(tx: Writing, source: Source) -> None:
    """Look at a folder from now on."""
    values = (to_bytes(source.name), to_bytes(source.path), source.format, source.project)
    tx.execute(INSERT_SOURCE, (*values, to_bytes(source.actor)))


def drop(tx: Writing, name: str) -> None:
    """Look at it no longer."""
    for statement in DELETE_SOURCE:
        tx.execute(statement, (to_bytes(name),))


def keep_digest(tx: Writing, name: str, digest: str | None) -> None:
    """Remember how the folder looked when nothing was left to do."""
    tx.execute(SET_DIGEST, (digest, to_bytes(name)))


def _file(row: tuple[str, str, bytes | None, bytes | None]) -> File:
    entry = None if row[2] is None else EntryId(row[2])
    return File(path=row[0], stamp=row[1], entry=entry, digest=row[3])


def files(reader: Reader, name: str) -> dict[str, File]:
    """The files of a source that are known, by path."""
    return {row[0]: _file(row) for row in reader.rows(FILES, (to_bytes(name),))}


def file(reader: Reader, name: str, path: str) -> File | None:
    """One of them."""
    row = reader.one(FILE, (to_bytes(name), to_bytes(path)))
    return None if row is None else _file(row)


def put_file(tx: Writing, name: str, file: File) -> None:
    """Know a file as it was taken in: in the transaction of its entries."""
    values = (to_bytes(name), to_bytes(file.path), file.stamp, file.entry, file.digest)
    tx.execute(PUT_FILE, values)


def drop_file(tx: Writing, name: str, path: str) -> None:
    """Forget a file."""
    tx.execute(DROP_FILE, (to_bytes(name), to_bytes(path)))


def count(reader: Reader, name: str) -> int:
    """How many files of a source are known."""
    return int(reader.one(COUNT, (to_bytes(name),))[0])
