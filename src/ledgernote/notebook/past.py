"""What there is to replay, read from one snapshot: entries become replay's sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import cache, partial
from itertools import chain, islice, pairwise

from ledgernote.domain.entries import (
    Entry,
    EntryId,
    EventId,
    Kind,
    Order,
    Passage,
    ProjectId,
    Status,
    ThreadId,
)
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_text
from ledgernote.ledger import drafts, entries, keep, passages, places, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.nearness import Nearness, middle
from ledgernote.ledger.privacy import is_marked, private_among
from ledgernote.ledger.recipes import Line
from ledgernote.models.catalog import OFFLINE
from ledgernote.notebook import meaning
from ledgernote.notebook.base import Base, Bases, answers, recipe_of
from ledgernote.notebook.feeding import further
from ledgernote.notebook.found import passages_for
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.asked import nameless
from ledgernote.replay.assemble import LISTED, Ask, Past
from ledgernote.replay.lean import ALONE, Lean, exchanges, lean, said_in
from ledgernote.replay.rank import Candidate, Scored, Setting, rank
from ledgernote.replay.recipe import (
    MODEL,
    YOU,
    Block,
    Head,
    Place,
    Recipe,
    Source,
    Task,
    Turn,
    blocks_of,
    spans_of,
    without,
)

NEWEST = 200
"""Entries of a thread, outside of any recipe, that are looked at;"""
NEWEST_TO_SUM_UP = 10_000
"""and as many where it is to be summed up."""
LEAST_BUDGET, BYTES_A_TOKEN = 16_000, 8
"""A text of more bytes a token than this would fit into no budget of so many tokens."""

SLOT_OF = {"brief": "text"}
"""Slots of a recipe that are called otherwise in the ledger."""


def _order(entry: Entry) -> Order:
    return entry.order


def source_of(entry: Entry, asker: str) -> Source:
    """An entry with all of its text, as replay sees it."""
    return Source(
        entry=entry.id,
        handle=entry.handle,
        ref=entry.ref,
        kind=str(entry.kind),
        who=_who(entry.actor, asker, by_model=entry.said_by_model),
        actor=entry.actor_id,
        created=entry.created,
        text=entry.text,
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


def source_of_passage(passage: Passage, asker: str) -> Source:
    """A passage as replay sees it."""
    return Source(
        entry=passage.entry,
        handle=passage.handle,
        ref=passage.ref,
        kind=passage.kind,
        who=_who(passage.actor, asker, by_model=passage.by_model),
        actor=passage.actor_id,
        created=passage.created,
        text=passage.text,
        start=passage.start,
        whole=passage.whole,
        revision=passage.revision,
        thread=passage.thread,
        previous=passage.previous,
        reply_to=passage.reply_to,
        source=passage.source,
        image=passage.image,
        private=passage.private,
        superseded_by=passage.superseded_by,
        supersedes=passage.supersedes,
        status=passage.status,
        order=passage.order,
    )


def _who(actor: str, asker: str, *, by_model: bool) -> str:
    """The label of who said something."""
    if by_model:
        return MODEL
    # An actor who calls himself `you` or `model` may not pass for the asker or a model.
    return YOU if actor == asker else f"~{actor}" if actor in {YOU, MODEL} else actor


def _passage_now(entry: Entry, then: Source, asker: str) -> Source:
    """A passage with all that its entry is now, and the words that it had."""
    now = replace(source_of(entry, asker), text=then.text, start=then.start)
    return replace(now, whole=then.whole, previous=then.previous)


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
        self.reader, self.asker, self._notebook = reader, notebook.actor, notebook
        self.own: Set[bytes] = frozenset()
        """The question and what came with it, where they are kept already."""
        self.heads: dict[EventId, bytes] = {}
        """The system text and brief that the thread has: event → the entry or project it is of."""
        self._state = notebook.ledger.state
        self._moment, self._now = moment, keep.microseconds(moment)
        self._also_private = also_private
        self._upto = upto
        self._largest = max(budget, LEAST_BUDGET) * BYTES_A_TOKEN
        self._drafts: dict[bytes, drafts.Draft] = {}
        self._bases = Bases(reader, upto, budget, self._drafts)
        self.words = cache(self._words)
        """A thread is read to be leaned on, and read to be sent."""

    def _words(self, place: Place) -> str:
        """The characters of a place; nothing where they were erased."""
        if place.slot == "name" and (name := recipes.actor_name(self.reader, place.event)):
            return name[place.start : place.end]
        if place.event in self._drafts:
            return to_text(drafts.text_of(self.reader, place.event))[place.start : place.end]
        slot = SLOT_OF.get(place.slot, place.slot)
        return recipes.words(self.reader, place.event, slot)[place.start : place.end]

    def sources(self, found: Iterable[Entry]) -> list[Source]:
        """Entries that may be replayed at all, whole."""
        return [self._source(entry) for entry in found if not entry.muted and entry.size]

    def _talk(self, found: Iterable[Entry]) -> list[Source]:
        """Like `sources`, but an empty answer stays: it says that nothing was kept."""
        return [
            self._source(entry)
            for entry in found
            if not entry.muted and (entry.size or entry.kind is Kind.ANSWER)
        ]

    def _source(self, entry: Entry) -> Source:
        """The entry whole, or where that fits into no budget, its first passage."""
        if entry.size > self._largest:
            return self.marked(replace(source_of(entry, self.asker), whole=False))
        return self.marked(source_of(entries.whole(self.reader, entry), self.asker))

    def marked(self, source: Source) -> Source:
        """The source, private also when it has become so since the snapshot."""
        return replace(source, private=True) if source.entry in self._also_private else source

    def living(self, ids: Iterable[bytes]) -> list[Entry]:
        """The entries of these ids that were not removed."""
        return entries.by_ids(self.reader, recipes.not_removed(self.reader, list(ids)))

    # ---- the thread --------------------------------------------------------------------

    def base(self, thread: ThreadId, dead: Sequence[Entry], ask: Ask) -> Base | None:
        """What the context of *ask* goes on from; nothing where a summary in it may not be sent.

        To sum a thread up, that is its last summary, so that all since is read whole.
        """
        kind = Kind.SUMMARY if ask.task is Task.SUMMARY else Kind.ANSWER
        found = self._bases.of(thread, [entry for entry in dead if entry.kind is kind], kind)
        if found is None or not found.summaries:
            return found
        standing = self.sources(self.living(found.summaries))
        sent = {one.entry for one in standing if ask.clearance or not one.private}
        return found if sent == found.summaries else None

    def since(
        self, thread: ThreadId, base: Base | None, dead: Sequence[Entry], limit: int = NEWEST
    ) -> list[Source]:
        """The thread after its base, oldest first: that answer, then what followed."""
        if base is None:
            line = Line(thread, self._upto)
            found = [*self.living(recipes.newest_of(self.reader, line, limit)), *dead]
            return self.sources(sorted(found, key=_order))
        there = {span.entry for block in base.blocks for span in spans_of(block)} | {base.answer}
        line = Line(thread, self._upto)
        since = recipes.since(self.reader, line, self._horizon(base), limit)
        later = [*self.living(id_ for id_ in since if id_ not in there)]
        later += [entry for entry in dead if entry.id not in there]
        # Of several answers to the last question the newest goes on, and the others stay behind.
        later = [entry for entry in later if not answers(entry, base)]
        first = [entry for entry in dead if entry.id == base.answer]
        first = first or self.living([base.answer])
        return self._talk(first + sorted(later, key=_order))

    def _line(
        self, thread: ThreadId, summary: Source | None, near: Set[EntryId]
    ) -> Mapping[EntryId, str]:
        """The thread after its *summary*; the newest that are not *near* with their handles."""
        start = summary.order if summary else places.BEGINNING
        ids = recipes.of_line(self.reader, Line(thread, self._upto), start)
        far = islice((each for each in ids if each not in near), LISTED)
        return dict.fromkeys(ids, "") | recipes.handles_of(self.reader, list(far))

    def _came_with(self, since: Sequence[Source]) -> dict[EntryId, EntryId]:
        """Of the notes there, those that are material: each with its question."""
        return {
            material: asked.entry
            for before, asked in pairwise(since)
            if before.kind == Kind.NOTE and asked.kind == Kind.QUESTION
            for material in recipes.material_of(self.reader, asked.entry)
        }

    def _horizon(self, base: Base) -> tuple[int, int]:
        """From which (hlc, created) on the thread has what the base may not know.

        Two hands may be asking at once: what one wrote while the other planned is older than
        the other's question, so all since the question before that is looked at again.
        """
        asked = [b.question.entry for b in base.blocks if isinstance(b, Turn) and b.question]
        moments = [recipes.asked_at(self.reader, entry) for entry in asked[-2:]]
        known = [moment for moment in moments if moment]
        return (known[0][0], known[-1][1]) if known else (0, 0)

    def _dead_drafts(self, thread: ThreadId) -> list[Entry]:
        """Answers whose writer died and that nobody has closed yet, as they will be closed."""
        found = []
        for draft in drafts.read(self.reader, self._state):
            if draft.thread == thread and not draft.alive:
                entry = entries.draft_entry(self.reader, draft)
                if entry.order > self._upto:
                    continue
                self._drafts[draft.id] = draft
                muted = bool(draft.meta.get("muted"))
                found.append(replace(entry, revision=EventId(draft.id), muted=muted))
        return sorted(found, key=_order)

    def _held(self, blocks: Iterable[Block], system: EventId | None) -> frozenset[EventId]:
        """Events of system texts and briefs that only a local model may have."""
        heads = [block for block in blocks if isinstance(block, Head)]
        places_ = [place for head in heads for place in (head.system, head.brief) if place]
        events = {place.event for place in places_} | ({system} if system else set())
        owners = {event: recipes.entity_of(self.reader, event) for event in events}
        private = private_among(self.reader, owners.values()) | self._also_private
        held = {e for e, o in owners.items() if o in private or is_marked(self.reader, o)}
        self.heads = {event: owner for event, owner in owners.items() if event not in held}
        return frozenset(held)

    # ---- what is recalled --------------------------------------------------------------

    def ranked(
        self,
        question: str,
        project: ProjectId,
        known: tuple[Scored, ...] = (),
        leans: Lean = ALONE,
        *,
        leaves: bool = False,
    ) -> tuple[Scored, ...]:
        """Passages of the project that may matter, best first.

        Those *known* from a look before the question, while each stands as it stood then: the
        question is in the index now, and its own row would move the ranks. *leaves*: the question
        goes to a model that is not local.
        """
        if known and self._stand(known):
            return known
        setting = Setting(leans=leans, moment=self._moment)
        near = self._near(question, leans.on, leaves=leaves)
        # The first question in a project has yet to make it.
        name = places.called(self.reader, project) or self._notebook.project_name
        fed = further(self.reader, name, self._notebook.settings, self._moment)
        chosen = passages_for(self.reader, question, project, setting, near, fed)
        read = passages.read(self.reader, chosen.scores)
        found = {
            rowid: passage
            for rowid, passage in zip(chosen.scores, read, strict=True)
            # An answer that failed may stand there without a word.
            if passage.text.strip() and passage.order <= self._upto and not _repeats(passage)
        }
        meant = near.together(passages.beside(self.reader, found)) if near else {}
        unknown = middle(meant)
        return rank(
            question,
            [
                Candidate(
                    source=self.marked(source_of_passage(passage, self.asker)),
                    bm25=passage.score,
                    tagged=passage.entry in chosen.tagged,
                    # What stands around others alone would be said to be near in meaning.
                    meaning=meant.get(rowid, unknown if passage.score else 0.0),
                )
                for rowid, passage in found.items()
            ],
            setting,
        )

    def _near(self, question: str, before: Sequence[str], *, leaves: bool) -> Nearness | None:
        """How near passages are to the question, its writers' names aside: `who` knows those."""
        names = recipes.actor_names(self.reader)
        asked, *on = (nameless(text, names) for text in (question, *before))
        return meaning.near(
            self._notebook, self.reader, asked, before=on, leaves=leaves, own=self.own
        )

    def _stand(self, known: Sequence[Scored]) -> bool:
        """Whether every entry of it is what it was."""
        found = self.living({one.source.entry for one in known})
        now = {entry.id: entry for entry in found if entry.size and not entry.muted}
        return all(
            source.entry in now
            and source == self.marked(_passage_now(now[source.entry], source, self.asker))
            for source in (one.source for one in known)
        )

    def pins(self, project: ProjectId, thread: ThreadId | None) -> list[Source]:
        """What is always replayed here."""
        ids = keep.pins(self.reader, project, thread, self._now)
        return self.sources(self.living(ids))

    def past(
        self,
        ask: Ask,
        project: ProjectId,
        thread: ThreadId | None,
        given: Sequence[Source] = (),
        known: tuple[Scored, ...] = (),
    ) -> Past:
        """All that an answer could be made from, *given* entries aside; *known* as in `ranked`."""
        dead = self._dead_drafts(thread) if thread else []
        base = self.base(thread, dead, ask) if thread else None
        limit = NEWEST_TO_SUM_UP if ask.task is Task.SUMMARY else NEWEST
        since = self.since(thread, base, dead, limit) if thread else []
        summary = since.pop(0) if base and base.kind is Kind.SUMMARY else None
        base = None if summary else base
        system = recipes.newest_system(self.reader, Line(thread, self._upto)) if thread else None
        blocks = base.blocks if base else ()
        sent = {span.entry for block in blocks for span in spans_of(block)}
        standing = self._talk(self.living(sent))
        there = {one.entry for one in standing}
        stands_for = base.summaries if base else ()
        begun = summary or next((one for one in standing if one.entry in stands_for), None)
        near = sent | {one.entry for one in since}
        kept = (without(block, lambda span: span.entry in there) for block in blocks)
        talk = chain(said_in(kept, self.words), ((one.kind, one.text) for one in since))
        leans = lean(ask.question, exchanges(talk))
        ranked = (
            ()
            if ask.task
            else self.ranked(ask.question, project, known, leans, leaves=not ask.clearance)
        )
        pins = self.pins(project, thread)
        ranked = _without_siblings(ranked, near)
        seen = [*given, *standing, *since, *pins, *(each.source for each in ranked)]
        seen += [summary] if summary else []
        return Past(
            extends=base.event if base else None,
            base=blocks,
            sent_to=base.sent_to if base else "",
            words=self.words,
            now={source.entry: source for source in (*standing, *self._heirs(seen))},
            since=tuple(since),
            line=self._line(thread, begun, near) if thread else {},
            came_with=self._came_with(since),
            summary=summary,
            pins=tuple(pins),
            ranked=ranked,
            leans=leans,
            system=Place(event=system, slot="system") if system else None,
            held=self._held(blocks, system),
        )

    def once_more(self, project: ProjectId, thread: ThreadId | None, sent: Recipe) -> Past:
        """What was *sent* for a question before, to be sent again as far as it may."""
        recipe = partial(recipe_of, self.reader)
        base = blocks_of(recipe(sent.extends), recipe) if sent.extends else ()
        blocks = (*base, *sent.blocks)
        standing = self._talk(self.living({s.entry for each in blocks for s in spans_of(each)}))
        pins = self.pins(project, thread)
        return Past(
            extends=sent.extends,
            base=base,
            again=sent.blocks,
            words=self.words,
            now={each.entry: each for each in (*standing, *self._heirs([*standing, *pins]))},
            pins=tuple(pins),
            held=self._held(blocks, None),
        )

    def _heirs(self, seen: Iterable[Source]) -> list[Source]:
        """What supersedes the entries."""
        return self.sources(self.living({s.superseded_by for s in seen if s.superseded_by}))


def _repeats(passage: Passage) -> bool:
    """Whether it only repeats what stands in the notebook: the offline model, half a summary."""
    half = passage.kind is Kind.SUMMARY and passage.status is not Status.COMPLETE
    return half or passage.model == OFFLINE


def _without_siblings(ranked: Iterable[Scored], there: Set[EntryId]) -> tuple[Scored, ...]:
    """What is not another answer to a question that stands *there*: one goes on from the newest.

    What leans on the talk would bring them all back: they are about the same.
    """
    return tuple(
        each
        for each in ranked
        if each.source.kind != Kind.ANSWER
        or each.source.entry in there
        or each.source.reply_to not in there
    )


def brief_of(reader: Reader, project: ProjectId) -> tuple[EventId, str] | None:
    """The project's brief: the event that holds it, and its words; None when it was emptied."""
    event = recipes.brief_event(reader, project)
    words = "" if event is None else recipes.words(reader, event, "text")
    return (event, words) if event is not None and words.strip() else None


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
