"""Fits what matters into the budget: the thread as it was sent, what is recalled now, the question.

Plans only: what was found and ranked comes in, a recipe and the messages go out. The same
arguments give the same bytes, whether the question is kept already (`ask`) or not (`context`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from itertools import chain

from ledgernote.domain.entries import EntryId, EventId, Order
from ledgernote.domain.errors import DoesNotFit
from ledgernote.domain.frozen import frozen
from ledgernote.domain.turns import Context, LeftOut, Message, Reason
from ledgernote.replay.cite import receipt
from ledgernote.replay.excerpt import HIGH, Clips
from ledgernote.replay.frame import (
    FRAME,
    material,
    recalled,
    render,
)
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import (
    Answer,
    Block,
    Head,
    Identity,
    Pins,
    Place,
    Recipe,
    Source,
    Span,
    Turn,
    Words,
    spans_of,
    unkept,
    with_kept,
    without,
)

Count = Callable[[str], int]
CountMessages = Callable[[Sequence[Message]], int]

_REPLAN_TO = 0.7
_MISFITS = 40  # so many in a row that do not fit, and what is left of the room stays empty
_LISTED = 20
_FENCES = 8  # tokens of the lines around a block of rows


@frozen
class Ask:
    """What is asked, and of whom. It may be kept already or not: the plan is the same."""

    question: str
    day: str
    """`2026-11-21`, where it is asked."""
    offset: int = 0
    """Seconds east of UTC."""
    material: tuple[Source, ...] = ()
    """Whole texts. New material has no handle; an entry brought along has its own."""
    used: tuple[Source, ...] = ()
    """Entries that `/use` asked for."""
    system: str | None = None
    """None leaves a thread the system text it has."""
    brief: tuple[EventId, str] | None = None
    """The event that holds the project's brief in its slot `brief`, and its words."""
    model: str
    clearance: bool = False
    """Private entries may go there."""


def _nowhere(place: Place) -> str:
    raise LookupError(f"no words for {place}")


@frozen
class Past:
    """What there is to replay, read from one snapshot."""

    extends: EventId | None = None
    """The last answer of the thread that has a recipe, and with it:"""
    base: tuple[Block, ...] = ()
    """all blocks of its recipe (recipe.blocks_of),"""
    words: Words = _nowhere
    """their words,"""
    now: Mapping[EntryId, Source] = field(default_factory=dict)
    """and how each entry of the base and each one that supersedes something stands now.
    What is missing here may no longer be sent: removed, purged, muted."""
    since: tuple[Source, ...] = ()
    """The thread after the base, oldest first: that answer, then whatever followed. Without
    a base (a new or an imported thread): the thread, or its newest part."""
    pins: tuple[Source, ...] = ()
    ranked: tuple[Scored, ...] = ()
    """Best first; entries of the thread may be among them."""
    system: Place | None = None
    """The system text that was given last in the thread."""
    held: frozenset[EventId] = frozenset()
    """Events of system texts and briefs that need clearance."""


@frozen
class Limits:
    """All in tokens as the counter counts."""

    budget: int = 16_000
    """Of all messages."""
    replay: int = 4_000
    """Of what may be recalled now."""
    counter: str = ""
    factor: float = 1.0


@frozen
class Plan:
    """A context, and the recipe to keep with its answer."""

    recipe: Recipe
    context: Context


def assemble(
    ask: Ask, past: Past, limits: Limits, count: Count, count_messages: CountMessages
) -> Plan:
    """Plan the context of a turn.

    *count* gives the tokens of a text, *count_messages* those of a list of messages.
    Raises DoesNotFit when question, material and system text alone exceed the budget.
    """
    desk = _Desk(ask, past, limits, count, count_messages)
    draft = desk.grown()
    desk.check(draft)
    owed = desk.owed(draft)
    if desk.outgrown(draft, owed):
        draft = desk.cut(draft)
        owed = desk.owed(draft)
    return desk.finished(draft, desk.recall(draft, owed))


def kept(plan: Plan, question: Identity, material: Sequence[Identity] = ()) -> Plan:
    """The plan with the real names of its question and its new material, in order."""
    names = {unkept(number): name for number, name in enumerate(material, start=1)}

    rows = tuple(
        replace(line, entry=name.entry, revision=name.revision, handle=name.handle)
        if (name := names.get(line.revision))
        else line
        for line in plan.context.receipt
    )
    return Plan(
        recipe=with_kept(plan.recipe, question, material),
        context=replace(plan.context, receipt=rows),
    )


@frozen
class _Draft:
    """A context in the making; `stable` of its first blocks are as they were last sent."""

    head: Head
    pins: Pins
    talk: tuple[Turn | Answer, ...]
    turn: Turn
    stable: int = 0
    cut: bool = False

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (self.head, self.pins, *self.talk, self.turn)


class _Desk:
    """The arguments of one plan, what of them may be sent, and what it leaves out."""

    def __init__(
        self, ask: Ask, past: Past, limits: Limits, count: Count, count_messages: CountMessages
    ) -> None:
        self.ask, self.past, self.limits = ask, past, limits
        self.clips = Clips(ask.question, past.words, count)
        self.count_messages = count_messages
        self.one_message = lru_cache(maxsize=None)(lambda message: count_messages((message,)))
        self.withheld: set[EntryId] = set()
        self.left_out: dict[EntryId, tuple[str, str]] = {}
        self.pins = self.cleared(past.pins)
        self.since = self.cleared(past.since)
        ranked = self.cleared(each.source for each in past.ranked)
        now = self.cleared(past.now.values())
        self.staying = {source.entry for source in now}
        self.known = {s.entry: s for s in (*ranked, *self.pins, *self.since, *now)}
        self.ranked = [each for each in past.ranked if each.source.entry in self.known]

    def cleared(self, sources: Iterable[Source]) -> list[Source]:
        """Those that may be sent to this model; the others are counted as withheld."""
        sources = tuple(sources)
        held = {each.entry for each in sources if each.private and not self.ask.clearance}
        self.withheld |= held
        return [each for each in sources if each.entry not in held]

    def tokens(self, *blocks: Block) -> int:
        """Of the messages, counted one by one so that none is counted twice."""
        return sum(map(self.one_message, render(blocks, self.clips.words)))

    def given(self) -> tuple[Span, ...]:
        """The material of this turn, whole; what may not be sent is left out and named."""
        spans: list[Span] = []
        new = 0
        asked = [(each, Reason.GIVEN) for each in self.ask.material]
        for source, reason in asked + [(each, Reason.USED) for each in self.ask.used]:
            if not source.handle:
                new += 1
                source = replace(source, entry=EntryId(unkept(new)), revision=unkept(new))  # noqa: PLW2901
            if not self.cleared([source]):
                self.left_out[source.entry] = (source.handle, "private")
                continue
            self.known.setdefault(source.entry, source)
            self.clips.put(Place(event=source.revision, slot="source"), source.source or "")
            span = replace(self.clips.own(source, reason), marked=bool(source.handle))
            shown = material(len(spans) + 1, span, self.clips.words)
            spans.append(replace(span, tokens=self.clips.count(shown)))
        return tuple(spans)

    # The thread so far

    def grown(self) -> _Draft:
        """The base without what may no longer go, what followed it, and this turn."""
        base = tuple(self.allowed(block) for block in self.past.base)
        stable = len(base) if base == self.past.base and self.past.extends else 0
        head = next((block for block in base if isinstance(block, Head)), self.head(None))
        if self.text(self.system(head)) != self.text(head.system):
            head, stable = self.head(head), 0
        talk, loose = self.talked([each for each in base if isinstance(each, Turn | Answer)])
        turn = Turn(
            rows=tuple(loose),
            material=self.given(),
            question=self.asked(),
            day=self.ask.day,
            offset=self.ask.offset,
        )
        pins = next((block for block in base if isinstance(block, Pins)), None)
        if pins is None:
            pins = self.pinned(head, turn)
        return _Draft(head=head, pins=pins, talk=talk, turn=turn, stable=stable)

    def head(self, old: Head | None) -> Head:
        """A head as of now; a thread keeps its system text until another is given."""
        brief = None
        if self.ask.brief is not None:
            event, text = self.ask.brief
            brief = self.clips.put(Place(event=event, slot="brief"), text)
        return Head(system=self.system(old), brief=brief)

    def system(self, old: Head | None) -> Place | None:
        """The system text that the thread has as of now."""
        if self.ask.system is not None:
            return self.clips.put(Place(event=unkept(0), slot="system"), self.ask.system)
        return self.open(self.past.system or (old.system if old else None))

    def open(self, place: Place | None) -> Place | None:
        """The place, unless its words may not go to this model."""
        held = place is not None and place.event in self.past.held
        return None if held and not self.ask.clearance else place

    def text(self, place: Place | None) -> str:
        return self.clips.words(place) if place else ""

    def allowed(self, block: Block) -> Block:
        """What was sent before, without what may not be sent again."""
        if isinstance(block, Head):
            return Head(system=self.open(block.system), brief=self.open(block.brief))
        return without(block, self.stays)

    def asked(self) -> Span:
        place = self.clips.put(Place(event=unkept(0)), self.ask.question)
        return Span(
            place=place,
            entry=EntryId(unkept(0)),
            marked=False,
            day=self.ask.day,
            reason=Reason.RECENT,
            tokens=self.clips.count(self.ask.question),
        )

    def stays(self, span: Span) -> bool:
        """Whether what was sent before may be sent again."""
        pinned = span.reason is not Reason.PIN or any(p.entry == span.entry for p in self.pins)
        return pinned and span.entry in self.staying

    def talked(self, base: list[Turn | Answer]) -> tuple[tuple[Turn | Answer, ...], list[Span]]:
        """The turns so far, and the notes after the last one, which stand in this turn."""
        talk, loose = list(base), list[Span]()

        def close(answer: Answer) -> None:
            if talk and isinstance(talk[-1], Turn):
                talk.append(answer)

        for source in self.since:
            if source.kind == "question":
                close(Answer())
                zone = source.created.utcoffset()
                offset = int(zone.total_seconds()) if zone else 0
                asked = self.clips.own(source)
                turn = Turn(rows=tuple(loose), question=asked, day=asked.day, offset=offset)
                talk.append(turn)
                loose = []
            elif source.kind == "answer" and talk and _answers(source, talk[-1]):
                span = self.clips.own(source) if source.text.strip() else None
                close(Answer(span=span, status=source.status))
            else:
                limit = max(HIGH, self.limits.replay // 4)
                loose.append(self.row(source, Reason.RECENT, limit))
        close(Answer())
        return tuple(talk), loose

    def pinned(self, head: Head, turn: Turn) -> Pins:
        """The pins, in half of what the question leaves; a long one as its best excerpt."""
        bare = self.tokens(head, replace(turn, rows=()))
        room = (self.limits.budget - bare) // 2
        rows: list[Span] = []
        for source in sorted(self.pins, key=lambda each: each.order):
            span = self.row(source, Reason.PIN, limit=max(HIGH, room // 2))
            cost = self.clips.cost((span,))
            if cost <= room:
                room -= cost
                rows.append(span)
            else:
                self.left_out[source.entry] = (source.handle, "the pins take half of the budget")
        return Pins(rows=tuple(rows))

    def check(self, draft: _Draft) -> None:
        """Raises DoesNotFit, with the numbers, if even the bare question is too large."""
        bare = self.tokens(draft.head, replace(draft.turn, rows=()))
        if bare <= self.limits.budget:
            return
        sizes = [f"material {n} has {s.tokens:,}" for n, s in enumerate(draft.turn.material, 1)]
        raise DoesNotFit(
            "; ".join((f"the question needs {bare:,} tokens of {self.limits.budget:,}", *sizes)),
            f"Give it room with --budget {bare * 5 // 4}, or give less material.",
        )

    # What changed, and what no longer fits

    def owed(self, draft: _Draft) -> list[Span]:
        """What has to be said now of what stands already: new pins, edits, successors."""
        spans = [span for block in draft.blocks for span in spans_of(block)]
        there = {span.entry for span in spans} | set(self.left_out)
        limit = max(HIGH, self.limits.budget // 8)
        said = [self.row(p, Reason.PIN, limit) for p in self.pins if p.entry not in there]
        said += self.revised(spans, said)
        return said + self.succeeded([*spans, *said])

    def revised(self, spans: Sequence[Span], said: Sequence[Span]) -> list[Span]:
        """What stands there, as it reads now: edited since, or replaced by what is not shown."""
        versions = {span.place.event for span in (*spans, *said)}
        outdated = {span.entry for span in (*spans, *said) if span.outdated}
        rows = []
        for span in {span.entry: span for span in reversed(spans)}.values():
            now = self.known.get(span.entry)
            edited = now is not None and now.revision not in versions
            if now and (edited or (self.outdated(now) and now.entry not in outdated)):
                rows.append(replace(self.row(now, span.reason), edited=edited))
        return rows[::-1]

    def succeeded(self, spans: Sequence[Span]) -> list[Span]:
        """What replaces *spans* and does not stand as that yet, the latest of them first.

        Where A was said to be replaced by B, and B is by C, nothing more is to be said of A.
        """
        newer: dict[str | None, set[str | None]] = {}
        for span in spans:
            newer.setdefault(span.replaces, set()).add(span.handle)
            newer.setdefault(span.handle, set()).add(span.replaced_by)
        rows = []
        for entry in dict.fromkeys(span.entry for span in reversed(spans)):
            now = self.known.get(entry)
            heir = self.heir(now) if now else None
            if now and heir and heir.handle not in _followed(newer, now.handle):
                rows.append(replace(self.row(heir, Reason.NEAR), replaces=now.handle))
                newer.setdefault(now.handle, set()).add(heir.handle)
        return rows

    def row(self, source: Source, reason: Reason, limit: int = HIGH) -> Span:
        """A row for the source; it says so when what replaces it is kept back."""
        span = self.clips.row(source, reason, limit)
        return replace(span, outdated=True) if self.outdated(source) else span

    def outdated(self, source: Source) -> bool:
        """Whether something supersedes it that may not be sent."""
        return source.superseded_by is not None and self.heir(source) is None

    def heir(self, source: Source) -> Source | None:
        """The newest that supersedes it, if that may be sent."""
        return self.known.get(source.superseded_by) if source.superseded_by else None

    def outgrown(self, draft: _Draft, owed: Sequence[Span]) -> bool:
        """Whether the thread leaves too little of the budget for what is recalled now."""
        if not draft.talk and not draft.turn.rows:
            return False
        free = self.limits.budget - self.tokens(*draft.blocks) - self.clips.cost(owed)
        share = (1 - _REPLAN_TO) * self.limits.budget
        wanted = min(self.limits.replay, share) / 2 if self.ranked else 0
        return free < wanted

    def cut(self, draft: _Draft) -> _Draft:
        """The draft cut to 70 % of the budget: old recalled parts first, then old turns."""
        head = self.head(draft.head)
        pins = self.pinned(head, draft.turn)
        draft = replace(draft, head=head, pins=pins, stable=0, cut=bool(self.past.base))
        self.check(draft)
        target = int(_REPLAN_TO * self.limits.budget)
        while (excess := self.tokens(*draft.blocks) - target) > 0:
            if not draft.talk and not draft.turn.rows:
                break
            draft = self.shorter(draft, excess)
        stays = {span.entry for block in (*draft.talk, draft.turn) for span in spans_of(block)}
        rows = tuple(span for span in pins.rows if span.entry not in stays)
        return replace(draft, pins=Pins(rows=rows))

    def shorter(self, draft: _Draft, excess: int) -> _Draft:
        """The draft without about *excess* tokens of its oldest parts (one part at least)."""
        talk, loose = list(draft.talk), list(draft.turn.rows)
        for place, block in enumerate(talk):
            if excess > 0 and isinstance(block, Turn):
                gone = tuple(each for each in block.rows if each.reason is not Reason.RECENT)
                if gone:
                    rows = tuple(each for each in block.rows if each.reason is Reason.RECENT)
                    talk[place] = replace(block, rows=rows)
                    excess -= self.clips.cost(gone)
                    self.outgrew(gone)
        while excess > 0 and talk:
            pair = talk[:2]
            excess -= sum(span.tokens + 8 for block in pair for span in spans_of(block))
            self.outgrew(span for block in pair for span in spans_of(block))
            del talk[:2]
        while excess > 0 and loose:
            excess -= self.clips.cost(loose[:1])
            self.outgrew(loose[:1])
            del loose[:1]
        turn = replace(draft.turn, rows=tuple(loose))
        return replace(draft, talk=tuple(talk), turn=turn)

    def outgrew(self, spans: Iterable[Span]) -> None:
        for span in spans:
            self.left_out[span.entry] = (span.handle, "the budget was outgrown")

    # What is recalled now

    def recall(self, draft: _Draft, owed: Sequence[Span]) -> list[tuple[Span, ...]]:
        """The rows for this turn, in units that come or stay together, most wanted first."""
        taken = [span for block in draft.blocks for span in spans_of(block)]
        days = {span.day for span in draft.turn.rows}
        frame = 0 if days else self.clips.count(recalled((), self.clips.words)) + _FENCES
        room = self.limits.budget - self.tokens(*draft.blocks) - frame
        replay = self.limits.replay - frame
        units: list[tuple[Span, ...]] = []
        misfits = 0
        for unit in chain(((span,) for span in owed), self.matches(taken)):
            ranked = unit[0].score is not None
            cost = self.clips.cost(unit, days)
            if cost > (min(room, replay) if ranked else room):
                self.left_out.setdefault(unit[0].entry, (unit[0].handle, "no room"))
                misfits += ranked
                if misfits == _MISFITS:
                    break
                continue
            room, replay, misfits = room - cost, replay - cost, 0
            days |= {span.day for span in unit}
            taken += unit
            units.append(unit)
        return units

    def matches(self, taken: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
        """Ranked units that do not stand in *taken* yet; it grows as they are taken."""
        heard: set[str] = set()
        fresh = 0
        for each in self.ranked:
            heard |= {self.clips.words(span.place) for span in taken[fresh:]}
            fresh = len(taken)
            source = each.source
            if any(_covers(span, source) for span in taken):
                continue
            found = not each.features or each.features[0] > 0
            span = self.clips.row(source, Reason.MATCH if found else Reason.NEAR)
            if any(_overlaps(span, other) for other in taken):
                continue
            if self.clips.words(span.place) in heard:
                self.left_out[span.entry] = (span.handle, "the same words stand there already")
                continue
            span = replace(span, score=each.score, features=each.features)
            if unit := self.with_heir(span, source, taken):
                yield unit

    def with_heir(
        self, span: Span, source: Source, taken: Sequence[Span]
    ) -> tuple[Span, ...] | None:
        """The span, together with what supersedes its entry unless that stands already."""
        if source.superseded_by is None:
            return (span,)
        heir = self.heir(source)
        if heir is None:
            self.left_out[span.entry] = (span.handle, "what replaces it may not be sent")
            return None
        span = replace(span, replaced_by=heir.handle)
        if any(other.entry == heir.entry for other in taken):
            return (span,)
        return (span, self.clips.row(heir, Reason.NEAR))

    # The plan

    def finished(self, draft: _Draft, units: list[tuple[Span, ...]]) -> Plan:
        """The plan; counts of joined text are not sums, so the last units may have to go."""
        loose = draft.turn.rows
        while True:
            rows = sorted((*loose, *chain.from_iterable(units)), key=self.time_order)
            turn = replace(draft.turn, rows=tuple(rows))
            blocks = replace(draft, turn=turn).blocks
            tokens = self.count_messages(render(blocks, self.clips.words))
            if tokens <= self.limits.budget or not units:
                break
            units.pop()
        return self.plan(replace(draft, turn=turn), tokens)

    def time_order(self, span: Span) -> tuple[Order, int]:
        return self.known[span.entry].order, span.place.start

    def plan(self, draft: _Draft, tokens: int) -> Plan:
        ask, limits, past = self.ask, self.limits, self.past
        recipe = Recipe(
            frame=FRAME,
            counter=limits.counter,
            model=ask.model,
            budget=limits.budget,
            replay=limits.replay,
            factor=limits.factor,
            extends=past.extends if draft.stable else None,
            blocks=draft.blocks[draft.stable :],
        )
        left = self.not_taken(draft)
        context = Context(
            model=ask.model,
            budget=limits.budget,
            tokens=tokens,
            messages=render(draft.blocks, self.clips.words),
            receipt=receipt(draft.blocks, self.clips.words, self.known),
            left_out=tuple(left[:_LISTED]),
            left_out_count=len(left),
            withheld=len(self.withheld),
            replanned=draft.cut,
        )
        return Plan(recipe=recipe, context=context)

    def not_taken(self, draft: _Draft) -> list[LeftOut]:
        """What stayed out: at most ten that were cut or refused, then the best ranked."""
        there = {span.entry for block in draft.blocks for span in spans_of(block)}
        ranked = {each.source.entry: each.source.handle for each in self.ranked}
        refused = [row for e, row in self.left_out.items() if e not in {*there, *ranked}]
        best = [
            self.left_out.get(entry, (handle, "no room"))
            for entry, handle in ranked.items()
            if entry not in there
        ]
        refused.reverse()
        rows = (*refused[:10], *best, *refused[10:])
        return [LeftOut(handle=handle, why=why) for handle, why in rows]


def _answers(source: Source, block: Block) -> bool:
    """Whether an answer belongs to the turn: two hands may be talking in one thread."""
    if not isinstance(block, Turn):
        return False
    asked = block.question.entry if block.question else None
    return source.reply_to is None or source.reply_to == asked


def _followed(newer: Mapping[str | None, set[str | None]], handle: str) -> set[str | None]:
    """All that stands as replacing an entry, or as replacing what does."""
    found: set[str | None] = set()
    fresh = newer.get(handle, set())
    while fresh:
        found |= fresh
        fresh = set().union(*(newer.get(each, set()) for each in fresh if each)) - found
    return found


def _covers(span: Span, source: Source) -> bool:
    """Whether the whole entry stands already."""
    return span.place.end is None and span.place.event == source.revision


def _overlaps(span: Span, other: Span) -> bool:
    """Whether at least half of a span stands in another of the same revision."""
    if span.place.event != other.place.event or span.entry != other.entry:
        return False
    end = span.place.end
    if end is None or other.place.end is None:
        return True
    shared = min(end, other.place.end) - max(span.place.start, other.place.start)
    return shared * 2 >= end - span.place.start
