"""What there is to replay, read from one snapshot: entries become replay's sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ledgernote.domain.entries import (
    Entry,
    EntryId,
    EventId,
    Kind,
    Passage,
    ProjectId,
    Status,
    ThreadId,
)
from ledgernote.ledger import drafts, entries, keep, places, recipes, search
from ledgernote.ledger.connection import Reader
from ledgernote.models.catalog import OFFLINE
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.assemble import Past
from ledgernote.replay.query import content_words
from ledgernote.replay.rank import Candidate, Scored, rank
from ledgernote.replay.recipe import (
    MODEL,
    YOU,
    Block,
    Place,
    Recipe,
    Source,
    Turn,
    blocks_of,
    from_json,
    spans_of,
)

CANDIDATES = 200
"""Passages that full text search hands to the ranking."""
NEIGHBOURED = 100
"""Best passages whose neighbours in their threads are ranked too."""
NEWEST = 200
"""Entries of a thread without a recipe that are looked at."""

SLOT_OF = {"brief": "text"}
"""Slots of a recipe that are called otherwise in the ledger."""


def source_of(entry: Entry, asker: str) -> Source:
    """An entry with all of its text, as replay sees it."""
    by_model = entry.kind is Kind.SUMMARY and entry.model is not None
    by_model = by_model or entry.kind is Kind.ANSWER
    # An actor who calls himself `you` or `model` may not pass for the asker or a model.
    name = f"~{entry.actor}" if entry.actor in {YOU, MODEL} else entry.actor
    return Source(
        entry=entry.id,
        handle=entry.handle,
        ref=entry.ref,
        kind=str(entry.kind),
        who=MODEL if by_model else YOU if entry.actor == asker else name,
        actor=entry.actor_id,
        created=entry.created,
        text=entry.text,
        revision=entry.revision,
        thread=entry.thread_id,
        reply_to=entry.reply_to_id,
        source=entry.source,
        private=entry.private,
        superseded_by=entry.superseded_by_id,
        supersedes=entry.supersedes_id,
        status=entry.status,
        order=entry.order,
    )


def source_of_passage(passage: Passage, asker: str) -> Source:
    """A passage as replay sees it."""
    return replace(
        source_of(passage.entry, asker),
        text=passage.text,
        start=passage.start,
        whole=passage.whole,
        previous=passage.previous,
    )


class Reading:
    """One snapshot of a notebook, read for one question."""

    def __init__(self, notebook: Notebook, reader: Reader, also_private: set[bytes]) -> None:
        self.reader, self.asker = reader, notebook.actor
        self.state = notebook.ledger.state
        self.now = keep.microseconds(notebook.clock())
        self._also_private = also_private
        self._drafts: dict[bytes, drafts.Draft] = {}

    def words(self, place: Place) -> str:
        """The characters of a place; nothing where they were erased."""
        if place.slot == "name" and (name := recipes.actor_name(self.reader, place.event)):
            return name[place.start : place.end]
        if place.event in self._drafts:
            return drafts.text_of(self.reader, place.event).decode("utf-8", "surrogateescape")
        slot = SLOT_OF.get(place.slot, place.slot)
        return recipes.words(self.reader, place.event, slot)[place.start : place.end]

    def sources(self, found: Iterable[Entry]) -> list[Source]:
        """Entries that may be replayed at all, whole."""
        return [
            self.marked(source_of(entries.whole(self.reader, entry), self.asker))
            for entry in found
            if not entry.muted and entry.size
        ]

    def marked(self, source: Source) -> Source:
        """The source, private also when it has become so since the snapshot."""
        return replace(source, private=True) if source.entry in self._also_private else source

    def living(self, ids: Iterable[bytes]) -> list[Entry]:
        """The entries of these ids that were not removed."""
        return entries.by_ids(self.reader, recipes.not_removed(self.reader, list(ids)))

    # ---- the thread --------------------------------------------------------------------

    def base(self, thread: ThreadId) -> tuple[EventId, EntryId, tuple[Block, ...]] | None:
        """The last answer of the thread that has a recipe, and all blocks of it."""
        found = recipes.last_with_recipe(self.reader, thread)
        if found is None:
            return None
        event, entry = found
        return event, entry, self.blocks(event)

    def blocks(self, event: EventId) -> tuple[Block, ...]:
        """All blocks of the context of an answer."""
        return blocks_of(self.recipe(event), self.recipe)

    def recipe(self, event: EventId) -> Recipe:
        """The recipe that an answer's event holds."""
        return from_json(recipes.meta_of(self.reader, event)["recipe"])

    def since(self, thread: ThreadId, base: Any) -> list[Source]:
        """The thread after its base, oldest first: that answer, then what followed."""
        found = [*self.living(recipes.thread_ids(self.reader, thread)), *self._dead_drafts(thread)]
        found.sort(key=lambda entry: entry.order)
        if base is None:
            return self.sources(found[-NEWEST:])
        _, answer, blocks = base
        there = {span.entry for block in blocks for span in spans_of(block)}
        asked = next((b.question for b in reversed(blocks) if isinstance(b, Turn)), None)
        orders = {entry.id: entry.order for entry in found}
        after = orders.get(asked.entry if asked else answer) or orders.get(answer)
        later = [
            entry
            for entry in found
            if entry.id != answer and entry.id not in there and after and entry.order > after
        ]
        first = [entry for entry in found if entry.id == answer]
        return self._talk(first + later)

    def _talk(self, found: Sequence[Entry]) -> list[Source]:
        """Like `sources`, but an empty answer stays: it says that nothing was kept."""
        return [
            self.marked(source_of(entries.whole(self.reader, entry), self.asker))
            for entry in found
            if not entry.muted and (entry.size or entry.kind is Kind.ANSWER)
        ]

    def _dead_drafts(self, thread: ThreadId) -> list[Entry]:
        """Answers whose writer died and that nobody has closed yet, as they will be closed."""
        found = []
        for draft in drafts.read(self.reader, self.state):
            if draft.thread == thread and not draft.alive:
                self._drafts[draft.id] = draft
                entry = entries.draft_entry(self.reader, draft)
                found.append(replace(entry, revision=EventId(draft.id), thread_id=thread))
        return found

    # ---- what is recalled --------------------------------------------------------------

    def ranked(self, question: str, project: ProjectId) -> tuple[Scored, ...]:
        """Passages of the project that may matter, best first."""
        found = search.candidates(self.reader, content_words(question), project, CANDIDATES)
        beside = search.neighbours(self.reader, found[:NEIGHBOURED])
        return rank(
            question,
            [
                Candidate(
                    source=self.marked(source_of_passage(passage, self.asker)), bm25=passage.score
                )
                for passage in (*found, *beside)
                # The offline model only repeats what stands in the notebook anyway.
                if passage.entry.model != OFFLINE
            ],
        )

    def pins(self, project: ProjectId, thread: ThreadId | None) -> list[Source]:
        """What is always replayed here."""
        ids = keep.pins(self.reader, project, thread, self.now)
        return self.sources(self.living(ids))

    def past(self, question: str, project: ProjectId, thread: ThreadId | None) -> Past:
        """All that an answer could be made from."""
        base = self.base(thread) if thread else None
        since = self.since(thread, base) if thread else []
        ranked = self.ranked(question, project)
        pins = self.pins(project, thread)
        blocks = base[2] if base else ()
        sent = {span.entry for block in blocks for span in spans_of(block)}
        standing = self._talk(self.living(sent))
        seen = [*standing, *since, *pins, *(each.source for each in ranked)]
        return Past(
            extends=base[0] if base else None,
            base=blocks,
            words=self.words,
            now={source.entry: source for source in (*standing, *self._heirs(seen))},
            since=tuple(since),
            pins=tuple(pins),
            ranked=ranked,
        )

    def _heirs(self, seen: Iterable[Source]) -> list[Source]:
        """What supersedes the entries, and what supersedes that."""
        heirs: dict[EntryId, Source] = {}
        wanted = {source.superseded_by for source in seen if source.superseded_by}
        while wanted:
            found = self.sources(self.living(wanted))
            heirs |= {source.entry: source for source in found}
            wanted = {source.superseded_by for source in found if source.superseded_by}
            wanted -= set(heirs)
        return list(heirs.values())


def brief_of(reader: Reader, project: ProjectId) -> tuple[EventId, str] | None:
    """The project's brief: the event that holds it, and its words."""
    event = recipes.brief_event(reader, project)
    return None if event is None else (event, recipes.words(reader, event, "text"))


def standing(reading: Reading, blocks: Iterable[Block]) -> Mapping[EntryId, Source]:
    """How each entry of a context stands now; what is gone keeps its name only."""
    spans = {span.entry: span for block in blocks for span in spans_of(block)}
    found = {e.id: source_of(e, reading.asker) for e in entries.by_ids(reading.reader, spans)}
    for entry, span in spans.items():
        if entry not in found:
            found[entry] = _gone(entry, span.handle, span.place.event)
    heirs = {s.superseded_by for s in found.values() if s.superseded_by} - set(found)
    for entry_ in entries.by_ids(reading.reader, heirs):
        found[entry_.id] = source_of(entry_, reading.asker)
    return found


def _gone(entry: EntryId, handle: str, revision: EventId) -> Source:
    return Source(
        entry=entry,
        handle=handle,
        who="",
        created=places.moment(0, 0),
        revision=revision,
        status=Status.COMPLETE,
        order=(0, 0, b"", 0),
    )
