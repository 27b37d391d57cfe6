"""Saving the search that somebody has just made, and what to say of it."""

from __future__ import annotations

from ledgernote.domain.errors import UsageError
from ledgernote.notebook import saved
from ledgernote.notebook.hits import Wanted
from ledgernote.notebook.notebook import Notebook


def save(notebook: Notebook, name: str, wanted: Wanted) -> list[str]:
    """Save a search under a name; sentences that say so. Raises `UsageError`."""
    if wanted.like is not None:
        raise UsageError("--like is not saved", "Save the words: find --save NAME QUERY…")
    called = saved.save(notebook, name, wanted.text, wanted.filters, everywhere=wanted.everywhere)
    said = [f"saved: `ledgernote find @{called}`"]
    given = {
        "-n": wanted.number != Wanted.number,
        "--sort": wanted.order != Wanted.order,
        "--exact": wanted.exact,
    }
    if left := ", ".join(option for option, is_given in given.items() if is_given):
        said.append(f"a saved search keeps no {left}: give that beside @{called}")
    return said
