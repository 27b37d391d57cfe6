"""The desk on which one context is planned: what was asked, what there is, what may be sent.

Everything that plans a context shares one: it knows what is withheld from this model and
gathers what is left out, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache

from ledgernote.domain.entries import EntryId, EventId
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.turns import A_PART, NO_CONSENT, PRIVATE, UNSEEN, Message, Reason
from ledgernote.replay.asked import own_words
from ledgernote.replay.called import Called, called
from ledgernote.replay.excerpt import HIGH, Clips
from ledgernote.replay.frame import bare_image, image_place, label, plain, render
from ledgernote.replay.lean import ALONE, Lean
from ledgernote.replay.query import gist
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import (
    Block,
    Place,
    Source,
    Span,
    Summary,
    Task,
    Words,
    spans_of,
)

Count = Callable[[str], int]
CountMessages = Callable[[Sequence[Message]], int]


@frozen
class Ask:
    """What is asked, and of whom. It may be kept already or not: the plan is the same."""

    question: str
    """Empty where a task is asked."""
    task: Task | None = None
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
    sees: bool = True
    """Images may go there."""
    no_consent: Mapping[EntryId, str] = field(default_factory=dict)
    """Entries that may not go there, each with the import that it came from;"""
    sent: Set[tuple[EntryId, EventId]] = frozenset()
    """but these revisions were sent there in the last turn of the thread, and may stay."""


def _nowhere(place: Place) -> str:
    raise LookupError(f"no words for {place}")


@frozen
class Past:
    """What there is to replay, read from one snapshot."""

    extends: EventId | None = None
    """The last answer of the thread that has a recipe, and with it:"""
    base: tuple[Block, ...] = ()
    """all blocks of its recipe (recipe.blocks_of),"""
    again: tuple[Block, ...] = ()
    """What was sent after the base for this very question, which is asked again; its turn last."""
    exactly: bool = False
    """And nothing else is sent."""
    words: Words = _nowhere
    """their words,"""
    now: Mapping[EntryId, Source] = field(default_factory=dict)
    """and how each entry of the base and each one that supersedes something stands now.
    What is missing here may no longer be sent: removed, purged, muted."""
    since: tuple[Source, ...] = ()
    """The thread after the base, oldest first: that answer, then whatever followed. Without
    a base (a new or an imported thread): the thread, or its newest part."""
    line: Mapping[EntryId, str] = field(default_factory=dict)
    """All of the thread, or of what came after its summary, newest first: entry → its handle.
    Only what is told of has one: the newest that stands neither in the base nor in `since`."""
    came_with: Mapping[EntryId, EntryId] = field(default_factory=dict)
    """Of what is in `since`: material → the question that it came with."""
    summary: Source | None = None
    """Without a base: what stands in place of all that is older than `since`."""
    pins: tuple[Source, ...] = ()
    ranked: tuple[Scored, ...] = ()
    """Best first; entries of the thread may be among them."""
    leans: Lean = ALONE
    """What the question took from the thread, to be ranked by."""
    sent_to: str = ""
    """The model, not a local one, that was sent the base and answered."""
    system: Place | None = None
    """The system text that was given last in the thread."""
    held: frozenset[EventId] = frozenset()
    """Events of system texts and briefs that need clearance."""

    @property
    def summaries(self) -> set[EntryId]:
        """What stands in place of older talk."""
        rows = {row.entry for each in self.base if isinstance(each, Summary) for row in each.rows}
        return rows | ({self.summary.entry} if self.summary else set())


@frozen
class Limits:
    """All in tokens as the counter counts."""

    budget: int = 16_000
    """Of all messages."""
    replay: int = 4_000
    """Of what may be recalled now."""
    most: int = 1_000_000_000
    """What a budget can be at most: so much the models take beside their answer."""
    each: float = 1.0
    """Tokens, for each of ours, of the model that says how much that is."""
    usual: int = 1_000_000_000
    """What it is in a turn, where a task may take more."""
    counter: str = ""
    factor: float = 1.0

    def told(self, tokens: int, needs: int) -> str:
        """Tokens in words: as that model counts them, where its window is less than is needed."""
        return f"{round(tokens * self.each) if needs > self.most else tokens:,}"


class Desk:
    """The arguments of one plan, what of them may be sent, and what it leaves out."""

    def __init__(
        self, ask: Ask, past: Past, limits: Limits, count: Count, count_messages: CountMessages
    ) -> None:
        self.ask, self.past, self.limits = ask, past, limits
        self.clips = Clips(
            (*own_words(gist(ask.question), past.leans), *past.leans.words), past.words, count
        )
        self.count_messages = count_messages
        self._rendered: tuple[tuple[Block, ...], tuple[Message, ...]] = ((), ())
        self.one_message = lru_cache(maxsize=None)(lambda message: count_messages((message,)))
        self.withheld: dict[EntryId, str] = {}
        """What may not go to this model, and why."""
        self.left_out: dict[EntryId, tuple[str, str]] = {}
        self.pins = self.cleared(past.pins)
        self.since = self.cleared(past.since)
        ranked = self.cleared(each.source for each in past.ranked)
        self.summary = next(iter(self.cleared([past.summary] if past.summary else [])), None)
        again = {entry for entry, _ in ask.sent}
        now = self.cleared(past.now.values(), again)
        self.staying = {source.entry for source in now}
        summary = [self.summary] if self.summary else []
        self.known = {s.entry: s for s in (*ranked, *self.pins, *summary, *self.since, *now)}
        free = {source.entry for source in ranked}
        self.ranked = [each for each in past.ranked if each.source.entry in free]
        self.clips.called = self._called((*self.known.values(), *ask.material, *ask.used))

    def _called(self, sources: Iterable[Source]) -> dict[bytes, Called]:
        """What each writer is called: as in what was sent before, where that says it all."""
        blocks = (*self.past.base, *self.past.again)
        names: dict[bytes, str] = {}
        standing: dict[bytes, Called] = {}
        taken: set[str] = set()
        for span in (each for block in blocks for each in spans_of(block) if each.marked):
            if span.actor:
                name = self.clips.words(Place(event=EventId(span.actor), slot="name"))
                names[span.actor] = name
                taken.add(label(name, span.label, span.sign))
                if span.sign or span.label == len(plain(name)):
                    standing.setdefault(span.actor, Called(span.label, span.sign))
        names |= {each.actor: each.who for each in sources if each.actor}
        return called(names, standing, taken, self.clips.count)

    def cleared(self, sources: Iterable[Source], again: Set[EntryId] = frozenset()) -> list[Source]:
        """Those that may be sent to this model; the others are counted as withheld.

        What is in *again* needs no consent.
        """
        free = []
        for each in sources:
            why = self.why_not(each)
            if why == PRIVATE or (why and each.entry not in again):
                self.withheld[each.entry] = why
            else:
                free.append(each)
        return free

    def why_not(self, source: Source) -> str:
        """Why its words may not be sent now; empty when they may."""
        if source.private and not self.ask.clearance:
            return PRIVATE
        return NO_CONSENT if source.entry in self.ask.no_consent else ""

    def sayable(self, source: Source) -> bool:
        """Whether words of it that stand already may be said once more, as they read now."""
        return not self.why_not(source) or (source.entry, source.revision) in self.ask.sent

    def tokens(self, *blocks: Block) -> int:
        """Of the messages, counted one by one so that none is counted twice."""
        return sum(map(self.one_message, self.messages(blocks)))

    def messages(self, blocks: Sequence[Block]) -> tuple[Message, ...]:
        """The messages for this model; the same blocks are not rendered twice in a row."""
        known, messages = self._rendered
        if len(known) != len(blocks) or any(a is not b for a, b in zip(known, blocks, strict=True)):
            messages = render(blocks, self.clips.words, sees=self.ask.sees)
            self._rendered = tuple(blocks), messages
        return messages

    def with_image(self, span: Span, source: Source) -> Span:
        """The span, with the image that its text is the line of."""
        if source.image is None:
            return span
        if source.data:
            self.clips.put(image_place(span), source.data)
        bare = Message(role="user", content="")
        shown = (bare_image(source.image),)
        seen = self.one_message(replace(bare, images=shown)) - self.one_message(bare)
        return replace(span, image=source.image, seen=seen)

    def unseen(self, blocks: Sequence[Block]) -> None:
        """Leave the images of *blocks* out where the model sees none."""
        for span in (span for block in blocks for span in spans_of(block)):
            if span.image and not self.ask.sees:
                self.left_out[span.entry] = (span.handle, UNSEEN)

    def parted(self, blocks: Sequence[Block]) -> None:
        """Tell of what should stand whole in *blocks* and of which a part stands alone."""
        spans = [span for block in blocks for span in spans_of(block)]
        whole = {span.place.event for span in spans if not span.place.is_part}
        for span in spans:
            found = span.reason in {Reason.MATCH, Reason.NEAR}
            if span.place.is_part and not found and span.place.event not in whole:
                self.left_out[span.entry] = (span.handle, A_PART)

    def row(self, source: Source, reason: Reason, limit: int = HIGH) -> Span:
        """A row for the source; it says so when what replaces it is kept back."""
        span = self.clips.row(source, reason, limit)
        return replace(span, outdated=True) if self.outdated(source) else span

    def outdated(self, source: Source) -> bool:
        """Whether something supersedes it that may not be sent."""
        return source.superseded_by is not None and self.heir(source) is None

    def heir(self, source: Source) -> Source | None:
        """The newest that supersedes it, if that may be sent."""
        heir = self.known.get(source.superseded_by) if source.superseded_by else None
        return heir if heir and self.sayable(heir) else None

    def outgrew(self, spans: Iterable[Span]) -> None:
        for span in spans:
            self.left_out[span.entry] = (span.handle, "the budget was outgrown")
