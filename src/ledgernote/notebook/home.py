"""Where you were: what bare `ledgernote` shows before anything is asked."""

from __future__ import annotations

from datetime import timedelta

from ledgernote.domain.entries import Entry, Kind, Status, Thread
from ledgernote.domain.frozen import frozen
from ledgernote.notebook.notebook import Notebook

WINDOW = 300
"""How many of the newest entries are looked through; what is older is no longer open."""
OLD = timedelta(days=30)
"""After so long a pin deserves another look."""


@frozen
class Home:
    """What waits in the notebook, newest first."""

    threads: tuple[Thread, ...] = ()
    interrupted: tuple[Entry, ...] = ()
    """Answers that were cut short, nothing said in their thread since."""
    open: tuple[Entry, ...] = ()
    """Questions without an answer."""
    pins: tuple[Entry, ...] = ()
    """Old ones, oldest first."""
    empty: bool = True
    """Nothing was ever kept."""


def home(notebook: Notebook, *, everywhere: bool, limit: int = 5) -> Home:
    """What waits in this project, or *everywhere*; at most *limit* of each."""
    latest = notebook.latest(WINDOW, project=not everywhere)
    interrupted = [entry for entry in latest if entry.status is Status.INTERRUPTED]
    answered = {entry.reply_to for entry in latest if entry.text or entry.kind is not Kind.ANSWER}
    unanswered = [
        entry
        for entry in latest
        if entry.kind is Kind.QUESTION and entry.handle not in answered and not entry.muted
    ]
    now = notebook.clock()
    old = [pin for pin in notebook.pins() if now - (pin.edited or pin.created) > OLD]
    return Home(
        threads=tuple(notebook.threads(everywhere=everywhere)[:limit]),
        interrupted=tuple(_still_last(interrupted, latest)[-limit:][::-1]),
        open=tuple(unanswered[-limit:][::-1]),
        pins=tuple(old[:limit]),
        empty=not latest,
    )


def _still_last(entries: list[Entry], latest: list[Entry]) -> list[Entry]:
    """Those after which nothing came in their thread: what went on needs no reminder."""
    last = {entry.thread: entry for entry in latest}
    return [entry for entry in entries if last[entry.thread].id == entry.id]
