"""The thread so far, as it was sent, with this turn behind it; and cut when it is outgrown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ledgernote.domain.entries import EntryId, Status
from ledgernote.domain.errors import DoesNotFit
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Reason
from ledgernote.replay import pins as pinned
from ledgernote.replay.desk import Desk, Limits
from ledgernote.replay.excerpt import HIGH
from ledgernote.replay.frame import material
from ledgernote.replay.recipe import (
    Answer,
    Block,
    Head,
    Pins,
    Place,
    Source,
    Span,
    Summary,
    Turn,
    spans_of,
    unkept,
    without,
)

_REPLAN_TO = 0.7


@frozen
class Draft:
    """A context in the making; `stable` of its first blocks are as they were last sent."""

    head: Head
    pins: Pins
    summary: Summary | None
    talk: tuple[Turn | Answer, ...]
    turn: Turn
    stable: int = 0
    cut: bool = False

    @property
    def blocks(self) -> tuple[Block, ...]:
        summary = (self.summary,) if self.summary else ()
        return (self.head, self.pins, *summary, *self.talk, self.turn)


def grown(desk: Desk) -> Draft:
    """The base without what may no longer go, what followed it, and this turn.

    Raises DoesNotFit when the bare question exceeds the budget.
    """
    base = tuple(_allowed(desk, block) for block in desk.past.base)
    stable = len(base) if base == desk.past.base and desk.past.extends else 0
    if desk.past.again:
        return _once_more(desk, base, stable)
    head = next((block for block in base if isinstance(block, Head)), _head(desk, None))
    if _text(desk, _system(desk, head)) != _text(desk, head.system):
        head, stable = _head(desk, head), 0
    talk, loose = _talked(desk, [each for each in base if isinstance(each, Turn | Answer)])
    turn = Turn(
        rows=tuple(loose),
        material=_given(desk),
        question=None if desk.ask.task else _asked(desk),
        day=desk.ask.day,
        offset=desk.ask.offset,
        task=desk.ask.task,
    )
    pins = next((block for block in base if isinstance(block, Pins)), None)
    if pins is None:
        pins = Pins(rows=pinned.rows(desk, desk.pins, pinned.half(desk, head, turn)))
    free = desk.limits.budget - desk.tokens(head, replace(turn, rows=()))
    summary = next((block for block in base if isinstance(block, Summary)), _summary(desk, free))
    draft = Draft(head=head, pins=pins, summary=summary, talk=talk, turn=turn, stable=stable)
    _check(desk, draft)
    return draft


def _once_more(desk: Desk, base: tuple[Block, ...], stable: int) -> Draft:
    """What was sent for the question before, as far as it may go."""
    blocks = (*base, *(_allowed(desk, block) for block in desk.past.again))
    before, turn = blocks[:-1], blocks[-1]
    assert isinstance(turn, Turn)
    draft = Draft(
        head=next((block for block in before if isinstance(block, Head)), _head(desk, None)),
        pins=next((block for block in before if isinstance(block, Pins)), Pins()),
        summary=next((block for block in before if isinstance(block, Summary)), None),
        talk=tuple(block for block in before if isinstance(block, Turn | Answer)),
        turn=turn,
        stable=stable,
    )
    _check(desk, draft)
    return draft


def as_it_was(desk: Desk, draft: Draft) -> int:
    """The tokens of what is sent once more and nothing else; what is gone of it is left out.

    Raises DoesNotFit when they exceed the budget.
    """
    for span in (span for each in (*desk.past.base, *desk.past.again) for span in spans_of(each)):
        if span.entry not in desk.staying and span.entry not in desk.withheld:
            desk.left_out[span.entry] = (span.handle, "muted, removed or erased since")
    tokens = desk.tokens(*draft.blocks)
    if tokens > desk.limits.budget:
        raise DoesNotFit(
            f"what was sent then has {_of(desk.limits, tokens)}",
            "Ask a model with a larger window with -m.",
            needs=tokens,
        )
    return tokens


def _head(desk: Desk, old: Head | None) -> Head:
    """A head as of now; a thread keeps its system text until another is given."""
    brief = None
    if desk.ask.brief is not None:
        event, text = desk.ask.brief
        brief = desk.clips.put(Place(event=event, slot="brief"), text)
    return Head(system=_system(desk, old), brief=brief)


def _system(desk: Desk, old: Head | None) -> Place | None:
    """The system text that the thread has as of now; none where an empty one was given."""
    place = _open(desk, desk.past.system or (old.system if old else None))
    if desk.ask.system is not None:
        place = desk.clips.put(Place(event=unkept(0), slot="system"), desk.ask.system)
    return place if _text(desk, place) else None


def _open(desk: Desk, place: Place | None) -> Place | None:
    """The place, unless its words may not go to this model."""
    held = place is not None and place.event in desk.past.held
    return None if held and not desk.ask.clearance else place


def _text(desk: Desk, place: Place | None) -> str:
    return desk.clips.words(place) if place else ""


def _allowed(desk: Desk, block: Block) -> Block:
    """What was sent before, without what may not be sent again."""
    if isinstance(block, Head):
        return Head(system=_open(desk, block.system), brief=_open(desk, block.brief))
    return without(block, partial(_stays, desk))


def _asked(desk: Desk) -> Span:
    place = desk.clips.put(Place(event=unkept(0)), desk.ask.question)
    return Span(
        place=place,
        entry=EntryId(unkept(0)),
        marked=False,
        day=desk.ask.day,
        reason=Reason.RECENT,
        tokens=desk.clips.count(desk.ask.question),
    )


def _stays(desk: Desk, span: Span) -> bool:
    """Whether what was sent before may be sent again."""
    past = desk.past
    free = span.reason is not Reason.PIN or past.exactly
    return span.entry in desk.staying and (free or any(p.entry == span.entry for p in past.pins))


def _talked(desk: Desk, base: list[Turn | Answer]) -> tuple[tuple[Turn | Answer, ...], list[Span]]:
    """The turns so far, and the notes after the last one, which stand in this turn."""
    talk, loose, came_with = list(base), list[Span](), desk.past.came_with

    def close(answer: Answer) -> None:
        if talk and isinstance(talk[-1], Turn):
            talk.append(answer)

    for source in desk.since:
        if source.kind == "question":
            close(Answer())
            zone = source.created.utcoffset()
            offset = int(zone.total_seconds()) if zone else 0
            asked = desk.clips.own(source)
            came = tuple(span for span in loose if came_with.get(span.entry) == source.entry)
            rows = tuple(span for span in loose if span not in came)
            turn = Turn(rows=rows, material=came, question=asked, day=asked.day, offset=offset)
            talk.append(turn)
            loose = []
        elif source.kind == "answer" and talk and _answers(source, talk[-1]):
            span = desk.clips.own(source) if source.text.strip() else None
            close(Answer(span=span, status=source.status))
        elif source.entry in came_with:
            loose.append(_brought(desk, source))  # whole, as it would stand had it been sent
        elif source.text.strip() and source.status is Status.COMPLETE:
            limit = max(HIGH, desk.limits.replay // 4)
            loose.append(desk.with_image(desk.row(source, Reason.RECENT, limit), source))
    close(Answer())
    return tuple(talk), loose


def _brought(desk: Desk, source: Source) -> Span:
    """Material of a turn before that was never sent."""
    desk.clips.put(Place(event=source.revision, slot="source"), source.source or "")
    span = desk.clips.own(source, Reason.GIVEN)
    tokens = desk.clips.count(material(1, span, desk.clips.words))
    return desk.with_image(replace(span, tokens=tokens), source)


def _summary(desk: Desk, free: int) -> Summary | None:
    """What stands in place of the older talk; a long one as its best excerpt.

    It takes three quarters of the half of what is *free* that is not for pins, so that all fits
    into the budget.
    """
    if desk.summary is None:
        return None
    row = desk.row(desk.summary, Reason.SUMMARY, limit=max(HIGH, free * 3 // 8))
    return Summary(rows=(row,))


def _check(desk: Desk, draft: Draft) -> None:
    """Raises DoesNotFit, with the numbers, if even the bare question is too large."""
    bare = desk.tokens(draft.head, replace(draft.turn, rows=()))
    if bare <= desk.limits.budget:
        return
    head = (("the system text", draft.head.system), ("the project's brief", draft.head.brief))
    sizes = [(name, desk.clips.count(_text(desk, at))) for name, at in head if at]
    sizes += [(f"material {n}", s.tokens + s.seen) for n, s in enumerate(draft.turn.material, 1)]
    parts = [f"{name} has {desk.limits.told(size, bare)}" for name, size in sizes]
    raise DoesNotFit(
        "; ".join((f"the question needs {_of(desk.limits, bare)}", *parts)),
        f"Give it room with --budget {min(bare * 5 // 4, desk.limits.most)}, or give less of it.",
        needs=bare,
    )


def _of(limits: Limits, needs: int) -> str:
    return f"{limits.told(needs, needs)} tokens of {limits.told(limits.budget, needs)}"


def _given(desk: Desk) -> tuple[Span, ...]:
    """The material of this turn, whole; what may not be sent is left out and named."""
    spans: list[Span] = []
    new = 0
    asked = [(each, Reason.GIVEN) for each in desk.ask.material]
    for source, reason in asked + [(each, Reason.USED) for each in desk.ask.used]:
        if not source.handle:
            new += 1
            source = replace(source, entry=EntryId(unkept(new)), revision=unkept(new))  # noqa: PLW2901
        if not desk.cleared([source]):
            desk.left_out[source.entry] = (source.handle, desk.why_not(source))
            continue
        desk.known.setdefault(source.entry, source)
        desk.clips.put(Place(event=source.revision, slot="source"), source.source or "")
        span = replace(desk.clips.own(source, reason), marked=bool(source.handle))
        shown = material(len(spans) + 1, span, desk.clips.words)
        span = replace(span, tokens=desk.clips.count(shown))
        spans.append(desk.with_image(span, source))
    return tuple(spans)


# What no longer fits


def outgrown(desk: Desk, draft: Draft, owed: Sequence[Span]) -> bool:
    """Whether the thread leaves too little of the budget for what is recalled now."""
    if not draft.talk and not draft.turn.rows:
        return False
    free = desk.limits.budget - desk.tokens(*draft.blocks) - desk.clips.cost(owed)
    share = (1 - _REPLAN_TO) * desk.limits.budget
    wanted = min(desk.limits.replay, share) / 2 if desk.ranked else 0
    return free < wanted


def cut(desk: Desk, draft: Draft) -> Draft:
    """The draft cut to 70 % of the budget: old recalled parts first, then old turns."""
    head = _head(desk, draft.head)
    pins = Pins(rows=pinned.rows(desk, desk.pins, pinned.half(desk, head, draft.turn)))
    draft = replace(draft, head=head, pins=pins, stable=0, cut=bool(desk.past.base))
    _check(desk, draft)
    target = int(_REPLAN_TO * desk.limits.budget)
    while (excess := desk.tokens(*draft.blocks) - target) > 0:
        if not draft.talk and not draft.turn.rows:
            break
        draft = _shorter(desk, draft, excess)
    stays = {span.entry for block in (*draft.talk, draft.turn) for span in spans_of(block)}
    rows = tuple(span for span in pins.rows if span.entry not in stays)
    return replace(draft, pins=Pins(rows=rows))


def _shorter(desk: Desk, draft: Draft, excess: int) -> Draft:
    """The draft without about *excess* tokens of its oldest parts (one part at least)."""
    talk, loose = list(draft.talk), list(draft.turn.rows)
    for place, block in enumerate(talk):
        if excess > 0 and isinstance(block, Turn):
            gone = tuple(each for each in block.rows if each.reason is not Reason.RECENT)
            if gone:
                rows = tuple(each for each in block.rows if each.reason is Reason.RECENT)
                talk[place] = replace(block, rows=rows)
                excess -= desk.clips.cost(gone)
                desk.outgrew(gone)
    while excess > 0 and talk:
        pair = talk[:2]
        excess -= sum(span.tokens + 8 for block in pair for span in spans_of(block))
        desk.outgrew(span for block in pair for span in spans_of(block))
        del talk[:2]
    while excess > 0 and loose:
        excess -= desk.clips.cost(loose[:1])
        desk.outgrew(loose[:1])
        del loose[:1]
    turn = replace(draft.turn, rows=tuple(loose))
    return replace(draft, talk=tuple(talk), turn=turn)


def _answers(source: Source, block: Block) -> bool:
    """Whether an answer belongs to the turn: two hands may be talking in one thread."""
    if not isinstance(block, Turn):
        return False
    asked = block.question.entry if block.question else None
    return source.reply_to is None or source.reply_to == asked
