"""A long text costs its readers nothing where they show only its beginning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger.hands import note, open_ledger
from ledgernote.ledger import entries, lists
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.lists import Latest

EVERY = 100


def listed(ledger: Ledger) -> object:
    """The latest entries."""
    return lists.latest(ledger, Latest(number=5))


def begun(ledger: Ledger) -> object:
    """The first part of the latest entry."""
    return next(entries.parts(ledger, lists.latest(ledger, Latest(number=1))[0]))


def steps(ledger: Ledger, deed: Callable[[Ledger], object]) -> int:
    """Hundreds of steps that SQLite takes for it."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    ledger._connection.set_progress_handler(count, EVERY)
    deed(ledger)
    ledger._connection.set_progress_handler(None, EVERY)
    return taken


def test_a_list_takes_as_many_steps_with_a_long_text_as_with_a_short_one(tmp_path: Path) -> None:
    short, long = (open_ledger(tmp_path, name) for name in ("short", "long"))
    note(short, "a line\n")
    note(long, "a line\n" * 500_000)

    assert steps(long, listed) <= steps(short, listed) + 1
    short.close()
    long.close()


def test_the_first_part_of_a_long_text_waits_for_no_other_than_the_next_few(tmp_path: Path) -> None:
    long, longer = (open_ledger(tmp_path, name) for name in ("long", "longer"))
    note(long, "a line\n" * 200_000)
    note(longer, "a line\n" * 1_000_000)

    assert steps(longer, begun) <= steps(long, begun) + 1
    long.close()
    longer.close()
