"""Marks on entries: tags, pins, mutes; each call is one step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ledgernote.domain.entries import Entry, Scope
from ledgernote.domain.errors import UsageError
from ledgernote.ledger import keep
from ledgernote.ledger.writing import Writing
from ledgernote.notebook.notebook import Notebook


def tag(notebook: Notebook, names: Iterable[str], tags: Iterable[str]) -> list[Entry]:
    """Label entries."""
    wanted = list(tags)

    def do(tx: Writing, entry: Entry) -> None:
        for name in wanted:
            keep.tag(tx, entry.id, name)

    return notebook.change(names, do)


def untag(
    notebook: Notebook, names: Iterable[str], tags: Iterable[str], *, agreed: bool = False
) -> list[Entry]:
    """Take labels off. Raises `WouldReveal`."""
    wanted = list(tags)

    def do(tx: Writing, entry: Entry) -> None:
        for name in wanted:
            keep.untag(tx, entry.id, name)

    return notebook.alter([notebook.entry(name) for name in names], do, agreed=agreed)


def pin(
    notebook: Notebook,
    names: Iterable[str],
    scope: Scope,
    *,
    until: datetime | None = None,
    thread: str | None = None,
) -> list[Entry]:
    """Replay entries always; *thread* is where a pin for a thread holds, else their own."""
    place = notebook.thread_id(thread) if thread else None

    def do(tx: Writing, entry: Entry) -> None:
        own = place or (notebook.thread_id(entry.thread) if entry.thread else None)
        if scope is Scope.THREAD and own is None:
            raise UsageError(f"{entry.handle} is in no thread", "Pin it for the project.")
        keep.pin(tx, entry.id, scope, place=own, until=until)

    return notebook.change(names, do)


def unpin(notebook: Notebook, names: Iterable[str]) -> list[Entry]:
    """Back to: replay them when they matter."""
    return notebook.change(names, lambda tx, entry: keep.unpin(tx, entry.id))


def mute(notebook: Notebook, names: Iterable[str], *, muted: bool = True) -> list[Entry]:
    """Keep and find them, but never replay them."""
    return notebook.change(names, lambda tx, entry: keep.mute(tx, entry.id, muted=muted))
