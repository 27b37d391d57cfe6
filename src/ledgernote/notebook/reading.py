"""One snapshot of a notebook: its entries become replay's sources."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime
from functools import cache

from ledgernote.domain.entries import Entry, EventId, Kind, Order, Passage, ProjectId, ThreadId
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_text
from ledgernote.ledger import drafts, entries, keep, places, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.recipe import MODEL, YOU, Place, Source

LEAST_BUDGET, BYTES_A_TOKEN = 16_000, 8
"""A text of more bytes a token than this would fit into no budget of so many tokens."""

SLOT_OF = {"brief": "text"}
"""Slots of a recipe that are called otherwise in the ledger."""


def source_of(entry: Entry | Passage, asker: str) -> Source:
    """An entry with all of its text, or a passage of one, as replay sees it."""
    part = entry if isinstance(entry, Passage) else None
    return Source(
        entry=entry.id,
        handle=entry.handle,
        ref=entry.ref,
        kind=str(entry.kind),
        who=who_said(entry.actor, asker, by_model=entry.said_by_model),
        actor=entry.actor_id,
        created=entry.created,
        text=entry.text,
        start=part.start if part else 0,
        whole=part.whole if part else True,
        previous=part.previous if part else None,
        revision=entry.revision,
        thread=entry.thread_id,
        reply_to=entry.reply_to_id,
        source=entry.source,
        image=entry.image,
        private=entry.private,
        superseded_by=entry.superseded_by_id,
        supersedes=entry.supersedes_id,
        status=entry.status,
        order=entry.order,
    )


def who_said(actor: str, asker: str, *, by_model: bool) -> str:
    """The label of who said something."""
    if by_model:
        return MODEL
    # An actor who calls himself `you` or `model` may not pass for the asker or a model.
    return YOU if actor == asker else f"~{actor}" if actor in {YOU, MODEL} else actor


class Reading:
    """One snapshot of a notebook, read for one question."""

    def __init__(
        self,
        notebook: Notebook,
        reader: Reader,
        moment: datetime,
        also_private: Set[bytes] = frozenset(),
        budget: int = 0,
        upto: Order = places.ENDLESS,
    ) -> None:
        """*moment* is when the question is asked; *also_private* became so since the snapshot.

        What comes after *upto* in the one order is not there yet.
        """
        self.reader, self.asker, self.notebook = reader, notebook.actor, notebook
        self.own: Set[bytes] = frozenset()
        """The question and what came with it, where they are kept already."""
        self.heads: dict[EventId, bytes] = {}
        """The system text and brief that the thread has: event → the entry or project it is of."""
        self.moment = moment
        self.also_private = also_private
        self.upto = upto
        self.budget = budget
        self.drafts: dict[bytes, drafts.Draft] = {}
        """Answers whose writer died and that nobody has closed yet."""
        self.words = cache(self._words)
        """A thread is read to be leaned on, and read to be sent."""

    def _words(self, place: Place) -> str:
        """The characters of a place; nothing where they were erased."""
        if place.slot == "name" and (name := recipes.actor_name(self.reader, place.event)):
            return name[place.start : place.end]
        if place.event in self.drafts:
            return to_text(drafts.text_of(self.reader, place.event))[place.start : place.end]
        slot = SLOT_OF.get(place.slot, place.slot)
        return recipes.words(self.reader, place.event, slot)[place.start : place.end]

    def sources(self, found: Iterable[Entry]) -> list[Source]:
        """Entries that may be replayed at all, whole."""
        return [self._source(entry) for entry in found if not entry.muted and entry.size]

    def talk(self, found: Iterable[Entry]) -> list[Source]:
        """Like `sources`, but an empty answer stays: it says that nothing was kept."""
        return [
            self._source(entry)
            for entry in found
            if not entry.muted and (entry.size or entry.kind is Kind.ANSWER)
        ]

    def _source(self, entry: Entry) -> Source:
        """The entry whole, or where that fits into no budget, its first passage."""
        if entry.size > max(self.budget, LEAST_BUDGET) * BYTES_A_TOKEN:
            return self.marked(replace(source_of(entry, self.asker), whole=False))
        return self.marked(source_of(entries.whole(self.reader, entry), self.asker))

    def marked(self, source: Source) -> Source:
        """The source, private also when it has become so since the snapshot."""
        return replace(source, private=True) if source.entry in self.also_private else source

    def living(self, ids: Iterable[bytes]) -> list[Entry]:
        """The entries of these ids that were not removed."""
        return entries.by_ids(self.reader, recipes.not_removed(self.reader, list(ids)))

    def pins(self, project: ProjectId, thread: ThreadId | None) -> list[Source]:
        """What is always replayed here."""
        ids = keep.pins(self.reader, project, thread, keep.microseconds(self.moment))
        return self.sources(self.living(ids))
