"""What there is to replay with a question: its thread, pins, and what is recalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from itertools import chain, islice, pairwise

from ledgernote.domain.entries import Entry, EntryId, EventId, Kind, Order, ProjectId, ThreadId
from ledgernote.domain.frozen import replace
from ledgernote.ledger import drafts, lists, places, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.privacy import is_marked, private_among
from ledgernote.ledger.recipes import Line
from ledgernote.notebook.base import Base, Bases, answers, recipe_of
from ledgernote.notebook.ranking import ranked, without_siblings
from ledgernote.notebook.reading import Reading
from ledgernote.replay.assemble import LISTED, Ask, Past
from ledgernote.replay.lean import exchanges, lean, said_in
from ledgernote.replay.query import gist
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import (
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


def past_of(
    reading: Reading,
    ask: Ask,
    project: ProjectId,
    thread: ThreadId | None,
    given: Sequence[Source] = (),
    known: tuple[Scored, ...] = (),
) -> Past:
    """All that an answer could be made from, *given* entries aside; *known* as in `ranked`."""
    dead = _dead_drafts(reading, thread) if thread else []
    base = _base(reading, thread, dead, ask) if thread else None
    limit = NEWEST_TO_SUM_UP if ask.task is Task.SUMMARY else NEWEST
    since = _since(reading, thread, base, dead, limit) if thread else []
    summary = since.pop(0) if base and base.kind is Kind.SUMMARY else None
    base = None if summary else base
    system = recipes.newest_system(reading.reader, Line(thread, reading.upto)) if thread else None
    blocks = base.blocks if base else ()
    sent = {span.entry for block in blocks for span in spans_of(block)}
    standing = reading.talk(reading.living(sent))
    there = {one.entry for one in standing}
    stands_for = base.summaries if base else ()
    begun = summary or next((one for one in standing if one.entry in stands_for), None)
    near = sent | {one.entry for one in since}
    kept = (without(block, lambda span: span.entry in there) for block in blocks)
    talk = chain(said_in(kept, reading.words), ((one.kind, one.text) for one in since))
    about = gist(ask.question)
    leans = lean(about, exchanges(talk))
    pins, found = reading.pins(project, thread), tuple[Scored, ...]()
    if not ask.task:
        found = ranked(reading, about, project, known, leans, leaves=not ask.clearance)
        found = without_siblings(found, near)
    seen = [*given, *standing, *since, *pins, *(each.source for each in found)]
    seen += [summary] if summary else []
    return Past(
        extends=base.event if base else None,
        base=blocks,
        sent_to=base.sent_to if base else "",
        words=reading.words,
        now={source.entry: source for source in (*standing, *_heirs(reading, seen))},
        since=tuple(since),
        line=_line(reading, thread, begun, near) if thread else {},
        came_with=_came_with(reading, since),
        summary=summary,
        pins=tuple(pins),
        ranked=found,
        leans=leans,
        system=Place(event=system, slot="system") if system else None,
        held=_held(reading, blocks, system),
    )


def once_more(reading: Reading, project: ProjectId, thread: ThreadId | None, sent: Recipe) -> Past:
    """What was *sent* for a question before, to be sent again as far as it may."""
    recipe = partial(recipe_of, reading.reader)
    base = blocks_of(recipe(sent.extends), recipe) if sent.extends else ()
    blocks = (*base, *sent.blocks)
    standing = reading.talk(reading.living({s.entry for each in blocks for s in spans_of(each)}))
    pins = reading.pins(project, thread)
    return Past(
        extends=sent.extends,
        base=base,
        again=sent.blocks,
        words=reading.words,
        now={each.entry: each for each in (*standing, *_heirs(reading, [*standing, *pins]))},
        pins=tuple(pins),
        held=_held(reading, blocks, None),
    )


def _base(reading: Reading, thread: ThreadId, dead: Sequence[Entry], ask: Ask) -> Base | None:
    """What the context of *ask* goes on from; nothing where a summary in it may not be sent.

    To sum a thread up, that is its last summary, so that all since is read whole.
    """
    kind = Kind.SUMMARY if ask.task is Task.SUMMARY else Kind.ANSWER
    found = Bases(reading.reader, reading.upto, reading.budget, reading.drafts).of(
        thread, [entry for entry in dead if entry.kind is kind], kind
    )
    if found is None or not found.summaries:
        return found
    standing = reading.sources(reading.living(found.summaries))
    sent = {one.entry for one in standing if ask.clearance or not one.private}
    return found if sent == found.summaries else None


def _since(
    reading: Reading,
    thread: ThreadId,
    base: Base | None,
    dead: Sequence[Entry],
    limit: int,
) -> list[Source]:
    """The thread after its base, oldest first: that answer, then what followed."""
    if base is None:
        line = Line(thread, reading.upto)
        found = [*reading.living(recipes.newest_of(reading.reader, line, limit)), *dead]
        return reading.sources(sorted(found, key=_order))
    there = {span.entry for block in base.blocks for span in spans_of(block)} | {base.answer}
    line = Line(thread, reading.upto)
    since = recipes.since(reading.reader, line, _horizon(reading, base), limit)
    later = [*reading.living(id_ for id_ in since if id_ not in there)]
    later += [entry for entry in dead if entry.id not in there]
    # Of several answers to the last question the newest goes on, and the others stay behind.
    later = [entry for entry in later if not answers(entry, base)]
    first = [entry for entry in dead if entry.id == base.answer]
    first = first or reading.living([base.answer])
    return reading.talk(first + sorted(later, key=_order))


def _line(
    reading: Reading, thread: ThreadId, summary: Source | None, near: Set[EntryId]
) -> Mapping[EntryId, str]:
    """The thread after its *summary*; the newest that are not *near* with their handles."""
    start = summary.order if summary else places.BEGINNING
    ids = recipes.of_line(reading.reader, Line(thread, reading.upto), start)
    far = islice((each for each in ids if each not in near), LISTED)
    return dict.fromkeys(ids, "") | recipes.handles_of(reading.reader, list(far))


def _came_with(reading: Reading, since: Sequence[Source]) -> dict[EntryId, EntryId]:
    """Of the notes there, those that are material: each with its question."""
    return {
        material: asked.entry
        for before, asked in pairwise(since)
        if before.kind == Kind.NOTE and asked.kind == Kind.QUESTION
        for material in recipes.material_of(reading.reader, asked.entry)
    }


def _horizon(reading: Reading, base: Base) -> tuple[int, int]:
    """From which (hlc, created) on the thread has what the base may not know.

    Two hands may be asking at once: what one wrote while the other planned is older than
    the other's question, so all since the question before that is looked at again.
    """
    asked = [b.question.entry for b in base.blocks if isinstance(b, Turn) and b.question]
    moments = [recipes.asked_at(reading.reader, entry) for entry in asked[-2:]]
    known = [moment for moment in moments if moment]
    return (known[0][0], known[-1][1]) if known else (0, 0)


def _dead_drafts(reading: Reading, thread: ThreadId) -> list[Entry]:
    """Answers whose writer died and that nobody has closed yet, as they will be closed."""
    found = []
    for draft in drafts.read(reading.reader, reading.notebook.ledger.state):
        if draft.thread == thread and not draft.alive:
            entry = lists.draft_entry(reading.reader, draft)
            if entry.order > reading.upto:
                continue
            reading.drafts[draft.id] = draft
            muted = bool(draft.meta.get("muted"))
            found.append(replace(entry, revision=EventId(draft.id), muted=muted))
    return sorted(found, key=_order)


def _held(reading: Reading, blocks: Iterable[Block], system: EventId | None) -> frozenset[EventId]:
    """Events of system texts and briefs that only a local model may have."""
    heads = [block for block in blocks if isinstance(block, Head)]
    places_ = [place for head in heads for place in (head.system, head.brief) if place]
    events = {place.event for place in places_} | ({system} if system else set())
    owners = {event: recipes.entity_of(reading.reader, event) for event in events}
    private = private_among(reading.reader, owners.values()) | reading.also_private
    held = {e for e, o in owners.items() if o in private or is_marked(reading.reader, o)}
    reading.heads = {event: owner for event, owner in owners.items() if event not in held}
    return frozenset(held)


def _heirs(reading: Reading, seen: Iterable[Source]) -> list[Source]:
    """What supersedes the entries."""
    return reading.sources(reading.living({s.superseded_by for s in seen if s.superseded_by}))


def _order(entry: Entry) -> Order:
    return entry.order


def brief_of(reader: Reader, project: ProjectId) -> tuple[EventId, str] | None:
    """The project's brief: the event that holds it, and its words; None when it was emptied."""
    event = recipes.brief_event(reader, project)
    words = "" if event is None else recipes.words(reader, event, "text")
    return (event, words) if event is not None and words.strip() else None
