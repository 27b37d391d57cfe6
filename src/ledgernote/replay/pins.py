"""How much of each pin is shown: all of them take half of what the question leaves.

Where half is too little for one, they come before all that is recalled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import PINS_FULL, Reason
from ledgernote.replay.desk import Desk
from ledgernote.replay.excerpt import HIGH
from ledgernote.replay.recipe import Head, Source, Span, Turn

_AROUND = 24  # tokens of a row's mark, its date and a fence of its own
_LEAST = HIGH + _AROUND
_SMALLEST = 100 + _AROUND  # of a part; less is no sentence
_MOST = 2_000  # of a part; the rest of the half is for what is recalled


def half(desk: Desk, head: Head, turn: Turn) -> int:
    """Tokens that pins may take beside a question and what came with it.

    A task reads more of a thread than a turn sends, and no more of its pins.
    """
    bare = desk.tokens(head, replace(turn, rows=()))
    free = min(desk.limits.budget, desk.limits.usual) - bare
    least = 0 if desk.past.summaries else min(free - _AROUND, _LEAST)
    return max(free // 2, least)


def rows(desk: Desk, pins: Iterable[Source], room: int) -> tuple[Span, ...]:
    """Rows of at most *room* tokens: the oldest pins whole while each other one has a part.

    The parts share what is left; what finds no room at all is left out.
    """
    oldest = sorted(pins, key=lambda each: each.order)
    costs = [_whole(desk, each, room) for each in oldest]
    owed = sum(min(cost, _LEAST) for cost in costs)
    found: list[Span] = []
    partly: list[Source] = []
    for each, cost in zip(oldest, costs, strict=True):
        least = min(cost, _LEAST)
        if cost <= room and cost - least <= max(room - owed, 0):
            found.append(_row(desk, each, room))
            room, owed = room - cost, owed - least
        else:
            partly.append(each)
    found += _parts(desk, partly, room)
    return tuple(sorted(found, key=lambda row: desk.known[row.entry].order))


def _row(desk: Desk, source: Source, most: int) -> Span:
    return desk.row(source, Reason.PIN, most)


def _whole(desk: Desk, source: Source, room: int) -> int:
    """Tokens of all of it; of what exceeds the room by itself, no row is made."""
    size = desk.clips.count(source.text)
    return size if size > room else desk.clips.cost((_row(desk, source, room),))


def _parts(desk: Desk, pins: Sequence[Source], room: int) -> Iterator[Span]:
    for place, source in enumerate(pins):
        share = min(max(room // (len(pins) - place), _LEAST), _MOST, room)
        row = _row(desk, source, share - _AROUND) if share >= _SMALLEST else None
        if row and (cost := desk.clips.cost((row,))) <= room:
            room -= cost
            yield row
        else:
            desk.left_out[source.entry] = (source.handle, PINS_FULL)
