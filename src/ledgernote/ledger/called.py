"""What the threads and models of a ledger are called, for whoever names one that there is not."""

from __future__ import annotations

from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.places import THREAD_STANDS

# No index has the models: all entries are looked at.
MODELS = "SELECT DISTINCT model FROM entry WHERE model IS NOT NULL AND removed = 0"
THREADS = f"SELECT DISTINCT shown FROM thread WHERE shown IS NOT NULL AND {THREAD_STANDS}"
THREAD = f"""
    SELECT id FROM thread WHERE shown = CAST({{0}} AS TEXT) AND {THREAD_STANDS}
     UNION SELECT thread.id FROM handle JOIN thread ON thread.id = entity
            WHERE thing = 'thread' AND handle.shown = ltrim(lower(CAST({{0}} AS TEXT)), '@')
              AND {THREAD_STANDS}"""
"""The threads that a query calls by a name that somebody gave them, in any project, or a handle."""


def models(reader: Reader) -> list[str]:
    """The models that have answered."""
    return [str(row[0]) for row in reader.rows(MODELS)]


def threads(reader: Reader) -> list[str]:
    """The names that somebody gave to threads."""
    return [str(row[0]) for row in reader.rows(THREADS)]


def is_thread(reader: Reader, text: str) -> bool:
    """Whether a query calls a thread so."""
    return reader.one(THREAD.format("?1"), (to_bytes(clean_name(text)),)) is not None
