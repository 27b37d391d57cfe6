"""A thread that is opened at an earlier turn: it is read from there, and gone on with in a fork.

The fork is made by the first question, or by whatever else depends on where the thread ends:
who only looks leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledgernote.domain.entries import Entry, Kind, Order, Status, Thread
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.notebook import housekeeping
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.siblings import turn_of
from ledgernote.render.escape import one_line
from ledgernote.repl.back import refreshed
from ledgernote.repl.session import Session, Start

LOOKS = frozenset(
    (
        *("help", "find", "show", "why", "pins", "copy", "models", "model", "key", "skip"),
        *("use", "multi", "paste", "budget", "tokens", "cost", "clear", "exit", "quit"),
        *("new", "resume", "threads", "project", "import"),
    )
)
"""Slash commands that do not ask where the thread ends, or go to another one."""


def opened(session: Session, thread: Thread, entries: Sequence[Entry], name: str) -> Start:
    """The thread as it stood at the end of the turn that *name* belongs to.

    Raises `NoSuchThing`, and `UsageError` for an entry of another thread.
    """
    entry = session.notebook.entry(name)
    if entry.id not in {one.id for one in entries}:
        raise UsageError(
            f"{entry.handle} is not part of {thread.title!r}",
            f"`ledgernote show {thread.handle}` shows what is; without -r its own thread opens.",
        )
    next_turn = _next_turn(session.notebook, entries, entry.order)
    if next_turn is None:
        return Start.of(session, thread, entries)
    before = [
        one for one in entries if one.order < next_turn and one.status is not Status.STREAMING
    ]
    start = Start.of(session, thread, before)
    at = replace(start.session, at=before[-1].handle)
    return replace(start, session=at, later=len(entries) - len(before))


def _next_turn(notebook: Notebook, entries: Sequence[Entry], order: Order) -> Order | None:
    """Where the first turn begins that comes after *order*, its material counted."""
    orders = {one.id: one.order for one in entries}
    for one in entries:
        if one.kind is Kind.QUESTION and one.order > order:
            material = [orders[id_] for id_ in turn_of(notebook, one) if id_ in orders]
            begins = min([one.order, *material])
            if begins > order:
                return begins
    return None


def settled(session: Session, say: Callable[[str], None]) -> Session:
    """The session in a fork that ends where its thread was opened, unless that is the end."""
    if session.at is None or session.thread is None:
        return session
    made = housekeeping.fork_thread(session.notebook, session.thread, at=session.at)
    back = f"/resume {session.thread} goes to the end of {one_line(session.title, 40)}"
    say(f"from here on: {one_line(made.title, 60)}; {back}")
    return refreshed(replace(session, thread=made.handle, at=None))
