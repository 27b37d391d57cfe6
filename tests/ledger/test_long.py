"""A long text costs its readers nothing where they show only its beginning."""

from __future__ import annotations

from pathlib import Path

from ledger.hands import note, open_ledger
from ledgernote.ledger import lists
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.lists import Latest

EVERY = 100


def steps(ledger: Ledger) -> int:
    """Hundreds of steps that SQLite takes to list the latest entries."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    ledger._connection.set_progress_handler(count, EVERY)
    lists.latest(ledger, Latest(number=5))
    ledger._connection.set_progress_handler(None, EVERY)
    return taken


def test_a_list_takes_as_many_steps_with_a_long_text_as_with_a_short_one(tmp_path: Path) -> None:
    short, long = (open_ledger(tmp_path, name) for name in ("short", "long"))
    note(short, "a line\n")
    note(long, "a line\n" * 500_000)

    assert steps(long) <= steps(short) + 1
    short.close()
    long.close()
