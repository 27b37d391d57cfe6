"""A thread that is opened at an earlier turn: it is read from there, and gone on with in a fork.

The fork is made by the first question, or by whatever else depends on where the thread ends:
who only looks leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledgernote.domain.entries import Entry, Kind, Status, Thread
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
    end = _end(session.notebook, entries, entry)
    before = [
        one for one in entries if one.order <= end.order and one.status is not Status.STREAMING
    ]
    later = sum(one.order > end.order for one in entries)
    if not later:
        return Start.of(session, thread, entries)
    start = Start.of(session, thread, before)
    at = replace(start.session, at=before[-1].handle)
    return replace(start, session=at, later=later)


def _end(notebook: Notebook, entries: Sequence[Entry], entry: Entry) -> Entry:
    """The last entry of a turn: a question with its material and its answers, or a note alone."""
    after = [one for one in entries if one.order > entry.order]
    asked = next((one for one in after if one.kind is Kind.QUESTION), None)
    begins = entry.reply_to_id if entry.kind is Kind.ANSWER else entry.id
    if asked and entry.kind is Kind.NOTE and entry.id in turn_of(notebook, asked):
        begins = asked.id
    end = last = entry
    for one in after:
        if one.kind is Kind.QUESTION and one.id != begins:
            break
        # What other assistants kept may not say which question an answer is to.
        follows = one.kind is Kind.ANSWER and one.reply_to_id is None and last is end
        if one.id == begins or follows or (begins and one.reply_to_id == begins):
            end = one
        last = one
    return end


def settled(session: Session, say: Callable[[str], None]) -> Session:
    """The session in a fork that ends where its thread was opened, unless that is the end."""
    if session.at is None or session.thread is None:
        return session
    made = housekeeping.fork_thread(session.notebook, session.thread, at=session.at)
    back = f"/resume {session.thread} goes to the end of {one_line(session.title, 40)}"
    say(f"from here on: {one_line(made.title, 60)}; {back}")
    return refreshed(replace(session, thread=made.handle, at=None))
