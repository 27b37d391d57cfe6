"""The signs of vectors, a bit for each number, in blocks of passages that follow one another.

Among a million vectors these are what is read for every question, 32 bytes of each; the vectors
themselves, of the few hundred that are alike in them. Whoever takes a vector out sets its body
to NULL, and `erase` takes it and its signs away at the end of the transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from itertools import groupby

SLOTS = 1_024
"""Passages of one block."""
Execute = Callable[..., sqlite3.Cursor]
"""Runs a statement with its values."""

GONE = "SELECT embedder, passage FROM vector WHERE body IS NULL ORDER BY 1, 2"
DELETE_GONE = "DELETE FROM vector WHERE body IS NULL"
SELECT_BLOCK = "SELECT body FROM vector_signs WHERE embedder = ? AND block = ?"
PUT_BLOCK = "INSERT OR REPLACE INTO vector_signs (embedder, block, body) VALUES (?, ?, ?)"


def erase(execute: Execute) -> None:
    """Take away what was marked as gone; from its signs too, which tell of the words."""
    gone = execute(GONE).fetchall()
    for embedder, group in groupby(gone, key=lambda row: row[0]):
        put(execute, embedder, [(passage, None) for _, passage in group])
    if gone:
        execute(DELETE_GONE)


def put(execute: Execute, embedder: int, rows: Iterable[tuple[int, bytes | None]]) -> None:
    """Set the signs of passages, which come in order; None wipes them."""
    for block, group in groupby(rows, key=lambda row: row[0] // SLOTS):
        some = list(group)
        known = execute(SELECT_BLOCK, (embedder, block)).fetchone()
        width = next((len(bits) for _, bits in some if bits), 0)
        width = len(known[0]) // SLOTS if known else width
        body = bytearray(known[0] if known else bytes(width * SLOTS))
        for passage, bits in some:
            at = passage % SLOTS * width
            body[at : at + width] = bits or bytes(width)
        execute(PUT_BLOCK, (embedder, block, bytes(body)))
