"""What readers give: entries as files tell them, and what of a file did not come."""

from __future__ import annotations

import json
from datetime import datetime

from ledgernote.domain.entries import Kind, Scope, Status
from ledgernote.domain.frozen import frozen


@frozen
class Line:
    """One entry as a file tells it; names of others are handles or UUIDs, or native ids."""

    number: int
    """Which line, talk or file of the whole it stood in, from 1."""
    kind: Kind
    text: bytes
    id: str | None = None
    handle: str | None = None
    project: str | None = None
    project_brief: str | None = None
    project_private: bool = False
    thread: str | None = None
    thread_id: str | None = None
    thread_name: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()
    pinned: Scope | None = None
    pinned_until: datetime | None = None
    pinned_thread_id: str | None = None
    """Where a pin for a thread holds, if not in the entry's own."""
    muted: bool = False
    private: bool = False
    model: str | None = None
    whom: dict[str, object] | None = None
    """Whom it was put to or told, as the event keeps it. Only our own form tells: whether a model
    of another program is local is never assumed."""
    actor: str | None = None
    created: datetime | None = None
    edited: datetime | None = None
    reply_to: str | None = None
    reply_to_id: str | None = None
    status: Status = Status.COMPLETE
    supersedes: str | None = None
    supersedes_id: str | None = None
    saved_from_id: str | None = None
    source: str | None = None
    ref: str | None = None
    """Its name where it came from: with *source*, what makes importing twice harmless."""
    image: bytes | None = None
    """What the text is the line of."""
    thread_ref: str | None = None
    """The thread's name where it came from."""
    follows: str | None = None
    """The `ref` of the entry that it answers, or after which it was said."""
    speaker: str | None = None
    """Who said an answer whose model is not known."""
    revises: bool = False
    """Another text under a known `ref` is a newer state of the same entry, not a second one."""


@frozen
class Damaged:
    """A piece that could not be read, and why."""

    number: int
    why: str


@frozen
class Skipped:
    """A piece that was read and does not become an entry, and why."""

    number: int
    reason: str
    """What such pieces are called when they are counted: `images`, `reasoning`."""
    why: str


Read = Line | Damaged | Skipped


def reason(error: ValueError | RecursionError) -> str:
    """Why a piece could not be read, in words of ours: Python's tell of its own types."""
    if isinstance(error, json.JSONDecodeError):
        return "not JSON" + f" from column {error.colno} on" * (error.colno > 1)
    if isinstance(error, UnicodeError):
        return "not text in UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deep"
    return str(error).splitlines()[0] if str(error) else "not readable"
