"""What is kept: entries, threads, projects, and the values that find and change them.

Ids are the 16 bytes of a UUIDv7. Times are aware datetimes that carry their writer's
UTC offset. Text is `str`; bytes that are no UTF-8 stand in it as lone surrogates
(`surrogateescape`), so that encoding it the same way gives the bytes back.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from ledgernote.domain.frozen import frozen
from ledgernote.domain.images import Image

EventId = NewType("EventId", bytes)
StepId = NewType("StepId", bytes)
EntryId = NewType("EntryId", bytes)
ThreadId = NewType("ThreadId", bytes)
ProjectId = NewType("ProjectId", bytes)


INBOX = ProjectId(b"ledgernote-inbox")
"""The one project that exists in every ledger, under the same id."""


class Kind(StrEnum):
    """What an entry is."""

    QUESTION = "question"
    ANSWER = "answer"
    NOTE = "note"
    SUMMARY = "summary"


class Status(StrEnum):
    """How far an answer came; everything that is no answer is complete."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    STREAMING = "streaming"


class Scope(StrEnum):
    """Where a pin holds."""

    THREAD = "thread"
    PROJECT = "project"
    EVERYWHERE = "everywhere"


Order = tuple[int, int, bytes, int]
"""The one order: (created in microseconds, hlc, replica, rseq)."""


@frozen(kw_only=False)
class Origin:
    """What a note was saved from."""

    handle: str
    actor: str
    """Who said that; of an answer, its model."""
    as_said: bool
    """A model said it, and no words of the note were edited since."""


@frozen
class Entry:
    """Anything kept, as it stands now."""

    id: EntryId
    handle: str
    kind: Kind
    project: str
    """Name of the project."""
    thread: str | None
    """Handle of the thread."""
    thread_title: str | None
    title: str | None
    text: str
    """The head revision; only its beginning (a passage) where `size` is larger."""
    size: int
    """Bytes of the whole text."""
    tags: tuple[str, ...] = ()
    pinned: Scope | None = None
    muted: bool = False
    private: bool = False
    """Private by its own mark, a tag, its project or anything it was made from."""
    model: str | None = None
    actor: str = ""
    """Who wrote it; for an answer, its model."""
    created: datetime
    edited: datetime | None = None
    reply_to: str | None = None
    """Handle of the question that this answers."""
    status: Status = Status.COMPLETE
    supersedes: str | None = None
    superseded_by: str | None = None
    """Handle of the newest entry that replaces this one."""
    source: str | None = None
    ref: str | None = None
    image: Image | None = None
    """The image that the text is the line of; its bytes are read apart."""
    versions: int = 1
    """More than one when two replicas edited the text without seeing each other."""
    revision: EventId
    """The event that holds the head text."""
    order: Order
    thread_id: ThreadId | None = None
    actor_id: bytes | None = None
    """Who kept it; for an answer, who asked."""
    reply_to_id: EntryId | None = None
    supersedes_id: EntryId | None = None
    superseded_by_id: EntryId | None = None
    saved_from: Origin | None = None

    @property
    def said_by_model(self) -> bool:
        """Its words are a model's: an answer, a summary, a note saved from either."""
        as_said = self.saved_from is not None and self.saved_from.as_said
        return said_by_model(self.kind, self.model, as_said=as_said)


def said_by_model(kind: Kind, model: str | None, *, as_said: bool) -> bool:
    """Whether the words of an entry are a model's; *as_said* is that of a note's `Origin`."""
    if kind is Kind.SUMMARY:
        return model is not None
    return kind is Kind.ANSWER or as_said


def writer(kind: Kind, model: str | None, actor: str | None) -> str:
    """Who wrote an entry: the model of an answer, else the actor."""
    return model if model and kind in (Kind.ANSWER, Kind.SUMMARY) else actor or ""


class Passage(NamedTuple):
    """A piece of an entry (16 KB at most) as the index knows it, with what replay asks of it.

    What it shares with its entry is called as there.
    """

    id: EntryId
    handle: str
    ref: str | None
    kind: str
    said_by_model: bool
    model: str | None
    actor: str
    actor_id: bytes | None
    created: datetime
    text: str
    start: int
    """Character of the whole text at which it begins."""
    whole: bool
    """The entry has no other piece."""
    revision: EventId
    thread_id: ThreadId | None
    previous: EntryId | None
    """The entry before it in its thread."""
    reply_to_id: EntryId | None
    source: str | None
    image: Image | None
    private: bool
    superseded_by_id: EntryId | None
    supersedes_id: EntryId | None
    status: Status
    order: Order
    score: float
    """BM25; larger is better; 0 for what full text search did not find."""


@frozen
class Hit:
    """An entry that matches a query."""

    entry: Entry
    score: float
    """Larger is better; comparable within one search only."""
    passage: str
    """The piece that matched, with MARK_ON and MARK_OFF around its words."""
    why: str


@frozen
class Trait:
    """What an entry is beside its words, as far as the order of hits depends on it."""

    kind: Kind
    pinned: bool
    superseded: bool
    tags: tuple[str, ...]


MARK_ON, MARK_OFF = "\ufdd0", "\ufdd1"
"""Noncharacters around the words that matched; a face turns them into colour or nothing."""


@frozen
class Thread:
    """One line of talk within a project."""

    id: ThreadId
    handle: str
    project: str
    title: str
    """The given name, else the first words of its first entry."""
    named: bool
    entries: int
    created: datetime
    used: datetime | None
    """When a question or note was last put in it (imports and looks do not count)."""
    archived: bool = False


@frozen
class Project:
    """A body of research."""

    id: ProjectId
    name: str
    entries: int
    threads: int
    private: bool = False
    archived: bool = False
    brief: str | None = None


@frozen
class Term:
    """A word or phrase of a query; only `prefix` matches beginnings."""

    text: str
    prefix: bool = False


@frozen
class Filter:
    """`field:value` or `-field:value`; replay.query lists the fields."""

    field: str
    value: str
    negated: bool = False


TIMES = ("since", "until", "on")
"""The fields of filters whose value is a time."""


@frozen
class Query:
    """What someone searches for: every group must match, in any one of its terms."""

    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    either: tuple[tuple[Term | Filter, ...], ...] = ()
    """Groups that hold a filter, too: any of each must be so."""
