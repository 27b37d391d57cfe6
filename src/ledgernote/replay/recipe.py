"""A context without its words: which revisions and spans stand where, and why.

Owns `Source` (an entry's words as replay sees them) and the blocks of a recipe. That holds ids,
numbers, offsets, enumerations, dates and handles, never a word that a person or model wrote: the
words are looked up by `Place` when it is rendered. Knows nothing of how a context reads (frame)
or is chosen (assemble).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ledgernote.domain.entries import EntryId, EventId, Order, Status, ThreadId
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.images import Image
from ledgernote.domain.turns import Reason

YOU, MODEL = "you", "model"
"""The two labels that are no names: the asker, and anything a model said."""


@frozen
class Source:
    """An entry's words, or one passage of them, as they stand now."""

    entry: EntryId
    handle: str = ""
    """Empty for material that is not kept yet."""
    ref: str | None = None
    kind: str = "note"
    who: str = YOU
    """`you`, `model`, or the actor's name (then `actor` is needed too)."""
    actor: bytes | None = None
    created: datetime
    text: str = ""
    start: int = 0
    """Where `text` begins within the whole text, in characters."""
    whole: bool = True
    """`text` is all of the entry."""
    revision: EventId
    thread: ThreadId | None = None
    previous: EntryId | None = None
    """The entry before it in its thread."""
    reply_to: EntryId | None = None
    """The question that an answer answers, where that is known."""
    source: str | None = None
    """Where a piece of material came from."""
    image: Image | None = None
    """What the text is the line of."""
    data: str = field(default="", repr=False)
    """Bytes of an image that is not kept yet, in base64."""
    private: bool = False
    superseded_by: EntryId | None = None
    """The newest that replaces it, or that replaces what does."""
    supersedes: EntryId | None = None
    status: Status = Status.COMPLETE
    order: Order


class Who(StrEnum):
    """Who wrote a span: the asker, a model, or the actor named by the span's id."""

    YOU = YOU
    MODEL = MODEL
    ACTOR = "actor"


@frozen
class Place:
    """Where words are kept: characters `start` to `end` (None: to the end) of a slot.

    `event` is an event id; for slot `name` an actor id will do, for the words of the turn
    being planned it is `unkept(n)`.
    """

    event: EventId
    slot: str = "text"
    start: int = 0
    end: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether the slot has more words than these."""
        return self.start > 0 or self.end is not None


Words = Callable[[Place], str]
"""Looks the words of a place up: exactly its characters."""


@frozen
class Span:
    """An entry, or one run of its characters, that stands in a context."""

    place: Place
    entry: EntryId
    handle: str = ""
    marked: bool = True
    """Its handle and writer stand beside it (a turn's own words carry none)."""
    day: str = ""
    who: Who = Who.YOU
    actor: bytes | None = None
    label: int = 0
    """Characters of the actor's name that the mark has room for,"""
    sign: str = ""
    """and what stands behind them: `…` where it goes on, `~` beside another of that name."""
    reason: Reason
    score: float | None = None
    features: tuple[float, ...] = ()
    """As rank.FEATURES names them; empty when it was not ranked."""
    tokens: int = 0
    """Of its text and its mark."""
    replaces: str | None = None
    """Handle of an entry already in the context that this one supersedes."""
    replaced_by: str | None = None
    edited: bool = False
    """An older revision of it stands further up."""
    outdated: bool = False
    """Something supersedes it that may not be sent."""
    image: Image | None = None
    """What goes with its text to a model that sees, from the slot `image` of its event,"""
    seen: int = 0
    """and the tokens of that."""


@frozen
class Head:
    """The system text and the project's brief."""

    system: Place | None = None
    brief: Place | None = None


@frozen
class Pins:
    """What is always replayed, as pinned when the context was planned."""

    rows: tuple[Span, ...] = ()


@frozen
class Summary:
    """What stands in place of the thread up to some turn: a summary entry."""

    rows: tuple[Span, ...] = ()


class Task(StrEnum):
    """What the program asks of a model in place of a person; the frame has its words."""

    SUMMARY = "summary"
    TITLE = "title"


@frozen
class Turn:
    """A question with what was recalled for it and given with it."""

    rows: tuple[Span, ...] = ()
    material: tuple[Span, ...] = ()
    question: Span | None
    """None once it was taken away, and where a task is asked."""
    day: str
    offset: int
    """Seconds east of UTC where it was asked."""
    task: Task | None = None


@frozen
class Answer:
    """What a model answered; no span where nothing was kept."""

    span: Span | None = None
    status: Status = Status.COMPLETE


Block = Head | Pins | Summary | Turn | Answer


@frozen
class Recipe:
    """How a context is kept. With `extends`, `blocks` holds only what came after it."""

    frame: int
    counter: str
    model: str
    budget: int
    replay: int
    factor: float = 1.0
    """The learned token factor of the model, as the plan was counted with."""
    sees: bool = True
    """Images go with it; where not, only the lines that stand for them."""
    extends: EventId | None = None
    """The answer whose recipe this one grows from."""
    blocks: tuple[Block, ...] = ()


def blocks_of(recipe: Recipe, earlier: Callable[[EventId], Recipe]) -> tuple[Block, ...]:
    """All blocks of a context, oldest first; *earlier* gives the recipe of an answer."""
    parts = [recipe.blocks]
    while recipe.extends is not None:
        recipe = earlier(recipe.extends)
        parts.append(recipe.blocks)
    return tuple(block for part in reversed(parts) for block in part)


def spans_of(block: Block) -> tuple[Span, ...]:
    """The spans of a block, in their order."""
    if isinstance(block, Pins | Summary):
        return block.rows
    if isinstance(block, Turn):
        asked = (block.question,) if block.question else ()
        return (*block.rows, *block.material, *asked)
    if isinstance(block, Answer) and block.span:
        return (block.span,)
    return ()


def without(block: Block, stays: Callable[[Span], bool]) -> Block:
    """The block with only those of its spans that *stays* allows."""
    if isinstance(block, Pins | Summary):
        return replace(block, rows=tuple(filter(stays, block.rows)))
    if isinstance(block, Turn):
        return replace(
            block,
            rows=tuple(filter(stays, block.rows)),
            material=tuple(filter(stays, block.material)),
            question=block.question if block.question and stays(block.question) else None,
        )
    if isinstance(block, Answer) and block.span and not stays(block.span):
        return Answer()
    return block


class Identity(NamedTuple):
    """What an entry is called once it is kept."""

    entry: EntryId
    revision: EventId
    handle: str


def unkept(number: int) -> EventId:
    """Stands for an event that is not kept yet: 0 the question, 1… its new material."""
    return EventId(number.to_bytes(16))


def with_kept(recipe: Recipe, question: Identity, material: Sequence[Identity] = ()) -> Recipe:
    """The recipe of a dry run with the real names of its question and new material."""
    names = {unkept(number): name for number, name in enumerate((question, *material))}

    def place(old: Place | None) -> Place | None:
        return old and replace(old, event=_revision(old.event, names))

    def span(old: Span) -> Span:
        name = names.get(old.place.event)
        if name is None:
            return old
        kept = replace(old.place, event=name.revision)
        return replace(old, place=kept, entry=name.entry, handle=name.handle)

    def block(old: Block) -> Block:
        if isinstance(old, Head):
            return Head(system=place(old.system), brief=old.brief)
        if isinstance(old, Turn):
            asked = old.question and span(old.question)
            return replace(old, question=asked, material=tuple(map(span, old.material)))
        return old

    return replace(recipe, blocks=tuple(map(block, recipe.blocks)))


def _revision(event: EventId, names: Mapping[EventId, Identity]) -> EventId:
    return names[event].revision if event in names else event
