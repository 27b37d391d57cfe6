"""What the threads and models of a ledger are called, for whoever names one that there is not."""

from __future__ import annotations

from ledgernote.domain.text import to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.places import THREAD_STANDS

# No index has the models: all entries are looked at.
MODELS = "SELECT DISTINCT model FROM entry WHERE model IS NOT NULL AND removed = 0"
THREADS = f"SELECT DISTINCT shown FROM thread WHERE shown IS NOT NULL AND {THREAD_STANDS}"
HANDLE = """
    SELECT 1 FROM handle
     WHERE thing = 'thread' AND shown = ltrim(lower(CAST(? AS TEXT)), '@')"""


def models(reader: Reader) -> list[str]:
    """The models that have answered."""
    return [str(row[0]) for row in reader.rows(MODELS)]


def threads(reader: Reader) -> list[str]:
    """The names that somebody gave to threads."""
    return [str(row[0]) for row in reader.rows(THREADS)]


def is_handle(reader: Reader, text: str) -> bool:
    """Whether it is the handle of a thread."""
    return reader.one(HANDLE, (to_bytes(text),)) is not None
