"""What is said now: what changed of what stands already, and what is recalled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ledgernote.domain.entries import EntryId, EventId
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Reason
from ledgernote.replay import pins as pinned
from ledgernote.replay.desk import Desk
from ledgernote.replay.excerpt import HIGH, LOW
from ledgernote.replay.frame import recalled
from ledgernote.replay.grow import Draft
from ledgernote.replay.kin import Scored, worth
from ledgernote.replay.recipe import Source, Span, spans_of
from ledgernote.replay.statements import same_words

_MISFITS = 40  # so many in a row that do not fit, and what is left of the room stays empty
_PARTS = 4  # excerpts of one entry, or that share of what there is room for, before all others
_LETTERS = 4  # of a token, about
_LEAST = 8  # tokens of an excerpt that is cut to the room there is: less says nothing
_FENCES = 8  # tokens of the lines around a block of rows


def owed(desk: Desk, draft: Draft) -> list[Span]:
    """What has to be said now of what stands already: new pins, edits, successors."""
    spans = [span for block in draft.blocks for span in spans_of(block)]
    there = {span.entry for span in spans} | set(desk.left_out)
    stand = sum(span.tokens for span in spans if span.reason is Reason.PIN)
    room = max(pinned.half(desk, draft.head, draft.turn) - stand, 0)
    said = list(pinned.rows(desk, [p for p in desk.pins if p.entry not in there], room))
    said += _revised(desk, spans, said, max(HIGH, room - desk.clips.cost(said)))
    return said + _succeeded(desk, [*spans, *said])


def _revised(desk: Desk, spans: Sequence[Span], said: Sequence[Span], of_pin: int) -> list[Span]:
    """What stands there, as it reads now: edited since, or replaced by what is not shown.

    A pin takes at most *of_pin* tokens.
    """
    versions = {span.place.event for span in (*spans, *said)}
    outdated = {span.entry for span in (*spans, *said) if span.outdated}
    rows = []
    for span in {span.entry: span for span in reversed(spans)}.values():
        now = desk.known.get(span.entry)
        edited = now is not None and now.revision not in versions
        if (
            now
            and desk.sayable(now)
            and (edited or (desk.outdated(now) and now.entry not in outdated))
        ):
            limit = of_pin if span.reason is Reason.PIN else HIGH
            rows.append(replace(desk.row(now, span.reason, limit), edited=edited))
    return rows[::-1]


def _succeeded(desk: Desk, spans: Sequence[Span]) -> list[Span]:
    """What replaces *spans* and does not stand as that yet, the latest of them first.

    Where A was said to be replaced by B, and B is by C, nothing more is to be said of A.
    """
    newer: dict[str | None, set[str | None]] = {}
    for span in spans:
        newer.setdefault(span.replaces, set()).add(span.handle)
        newer.setdefault(span.handle, set()).add(span.replaced_by)
    rows = []
    for entry in dict.fromkeys(span.entry for span in reversed(spans)):
        now = desk.known.get(entry)
        heir = desk.heir(now) if now else None
        if now and heir and heir.handle not in _followed(newer, now.handle):
            rows.append(replace(desk.row(heir, Reason.NEAR), replaces=now.handle))
            newer.setdefault(now.handle, set()).add(heir.handle)
    return rows


def _followed(newer: Mapping[str | None, set[str | None]], handle: str) -> set[str | None]:
    """All that stands as replacing an entry, or as replacing what does."""
    found: set[str | None] = set()
    fresh = newer.get(handle, set())
    while fresh:
        found |= fresh
        fresh = set().union(*(newer.get(each, set()) for each in fresh if each)) - found
    return found


def recall(desk: Desk, draft: Draft, owed: Sequence[Span]) -> list[tuple[Span, ...]]:
    """The rows for this turn, in units that come or stay together, most wanted first."""
    taken = [span for block in draft.blocks for span in spans_of(block)]
    days = {span.day for span in draft.turn.rows}
    frame = 0 if days else desk.clips.count(recalled((), desk.clips.words)) + _FENCES
    whole = desk.limits.budget - desk.tokens(*draft.blocks) - frame
    room = _Room(whole, desk.limits.replay - frame)
    units: list[tuple[Span, ...]] = []
    for unit in chain(((span,) for span in owed), _matches(desk, taken, room)):
        ranked = unit[0].score is not None
        cost = desk.clips.cost(unit, days)
        if cost > (room.recalled if ranked else room.whole):
            desk.left_out.setdefault(unit[0].entry, (unit[0].handle, "no room"))
            room.misfits += ranked
            continue
        room.take(cost)
        days |= {span.day for span in unit}
        taken += unit
        units.append(tuple(map(desk.clips.counted, unit)) if ranked else unit)
    return units


@dataclass(slots=True)
class _Room:
    """Tokens that are left, and how many units in a row did not fit."""

    whole: int
    replay: int
    misfits: int = 0
    bare: bool = True
    """Nothing stands in it yet."""

    @property
    def recalled(self) -> int:
        """What a ranked unit may take."""
        return min(self.whole, self.replay)

    def take(self, cost: int) -> None:
        self.whole, self.replay, self.misfits = self.whole - cost, self.replay - cost, 0
        self.bare = False


def _spread(ranked: Sequence[Scored], most: int) -> Iterator[Scored]:
    """The best first; what is more than *most* of one long entry comes after all others."""
    seen: Counter[EntryId] = Counter()
    late = []
    for each in ranked:
        seen[each.source.entry] += 1
        if seen[each.source.entry] > most:
            late.append(each)
        else:
            yield each
    yield from late


def _matches(desk: Desk, taken: Sequence[Span], room: _Room) -> Iterator[tuple[Span, ...]]:
    """Ranked units that do not stand in *taken* yet; it grows as they are taken.

    They end when many in a row have found no *room*.
    """
    heard: set[str] = set()
    beside: dict[EventId, list[Span]] = {}
    fresh = 0
    longest = max(room.recalled, 0) * _LETTERS
    ranked = sorted(desk.ranked, key=lambda row: (row.leads, worth(row, longest)), reverse=True)
    for each in _spread(ranked, max(_PARTS, desk.limits.replay // HIGH // _PARTS)):
        if room.misfits >= _MISFITS:
            return
        for span in taken[fresh:]:
            heard.add(same_words(desk.clips.words(span.place)))
            beside.setdefault(span.place.event, []).append(span)
        fresh = len(taken)
        source = each.source
        others = beside.get(source.revision, ())
        if any(_covers(other, source) for other in others):
            continue
        if not _may_fit(desk, source, room):
            desk.left_out.setdefault(source.entry, (source.handle, "no room"))
            room.misfits += 1
            continue
        span = _cut(desk, source, _reason(each), room)
        if any(_overlaps(span, other) for other in others):
            continue
        if (said := same_words(desk.clips.words(span.place))) and said in heard:
            desk.left_out[span.entry] = (span.handle, "the same words stand there already")
            continue
        span = replace(span, score=each.score, features=each.features)
        yield from _together(desk, each, span, taken)


def _reason(each: Scored) -> Reason:
    found = not each.features or each.features[0] > 0
    return Reason.MATCH if found else Reason.NEAR


def _together(
    desk: Desk, each: Scored, span: Span, taken: Sequence[Span]
) -> Iterator[tuple[Span, ...]]:
    """The span with what replaces its entry and what seems to correct it; nothing without them."""
    unit = _with_heir(desk, span, each.source, taken)
    if unit and (unit := _with_correction(desk, each, unit, taken)):
        yield unit


def _with_heir(
    desk: Desk, span: Span, source: Source, taken: Sequence[Span]
) -> tuple[Span, ...] | None:
    """The span, together with what supersedes its entry unless that stands already."""
    if source.superseded_by is None:
        return (span,)
    heir = desk.heir(source)
    if heir is None:
        desk.left_out[span.entry] = (span.handle, "what replaces it may not be sent")
        return None
    span = replace(span, replaced_by=heir.handle)
    if any(other.entry == heir.entry for other in taken):
        return (span,)
    return (span, desk.clips.row(heir, Reason.NEAR))


def _with_correction(
    desk: Desk, corrected: Scored, unit: tuple[Span, ...], taken: Sequence[Span]
) -> tuple[Span, ...] | None:
    """The unit, together with what seems to correct it unless that stands already."""
    entry = corrected.corrected_by
    if entry is None or any(other.entry == entry for other in (*taken, *unit)):
        return unit
    found = next((each for each in desk.ranked if each.source.entry == entry), None)
    if found is None:
        desk.left_out[unit[0].entry] = (unit[0].handle, "what corrects it may not be sent")
        return None
    span = desk.clips.row(found.source, _reason(found))
    return (*unit, replace(span, score=found.score, features=found.features))


def _cut(desk: Desk, source: Source, reason: Reason, room: _Room) -> Span:
    """All of it or its best excerpt; of the best one as much as there is room for."""
    span = desk.clips.cut(source, reason)
    over = desk.clips.cost([span]) - room.recalled
    if over <= 0 or not room.bare:
        return span
    limit = desk.clips.count(desk.clips.words(span.place)) - over
    return desk.clips.cut(source, reason, limit) if limit >= _LEAST else span


def _may_fit(desk: Desk, source: Source, room: _Room) -> bool:
    """Whether a row of it may take so few tokens; words are counted sooner, and each takes one."""
    least = _LEAST if room.bare else LOW
    if min(len(source.text.split()), least) > room.recalled:
        return False
    return min(desk.clips.count(source.text), least) <= room.recalled


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
