"""What replaces a match matters as much as the match, and what it has replaced stands beside it.

The newest statement seldom repeats the words of the one that it replaces ("up again, 4.25"), so a
question finds the old one. Its score goes to the newest; what that has replaced directly follows.
Where the newest of all is asked for, that stands first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen, replace
from ledgernote.replay.asked import Asked
from ledgernote.replay.features import NAMES
from ledgernote.replay.recipe import MODEL, Source
from ledgernote.replay.roots import places

_SUPERSEDED = NAMES.index("superseded")


@frozen
class Scored:
    """A candidate with its place in the ranking made explicit."""

    source: Source
    score: float
    features: tuple[float, ...] = ()
    """As rank.FEATURES names them."""
    corrected_by: EntryId | None = None
    """The entry that seems to correct it, or has other figures than a model, and comes with it."""
    leads: bool = False
    """It is the best for a part of what is asked, and has room before all others."""


_SURE = 10  # times a score is the logarithm of a chance: benchmarks/learn.py divides by it
_LONGEST, _MARKS = 640, 44  # characters of an excerpt, about, and what its marks cost


def worth(row: Scored, longest: int = _LONGEST) -> float:
    """How likely it is to matter for its length: the room of a long text holds two short ones.

    At most *longest* characters of it are shown.
    """
    return round(_SURE * row.score - log(_size(row, longest)), 4)


def _size(row: Scored, longest: int = _LONGEST) -> int:
    return min(len(row.source.text), longest, _LONGEST) + _MARKS


def above(row: Scored, other: Scored) -> float:
    """By how much a row has to sink to stand below another, also where it is shorter."""
    shorter = log(_size(other) / _size(row)) / _SURE
    return row.score - other.score + max(shorter, 0.0) + 0.01


def with_kin(rows: Sequence[Scored], weights: Mapping[str, float], asked: Asked) -> list[Scored]:
    """The rows, the newest of each chain lifted to the best of it, and then what it replaced.

    What was written after the day of which it is *asked* how things stood replaces nothing yet.
    """
    heirs = _heirs(rows, asked)
    best: dict[EntryId, int] = {}
    for at, row in enumerate(rows if heirs else ()):
        known = best.setdefault(row.source.entry, at)
        best[row.source.entry] = max(known, at, key=lambda one: (rows[one].score, -one))
    sinks = -weights["superseded"]
    found = list(rows)
    for old in heirs:
        if old in best:
            bare = rows[best[old]].score + sinks * rows[best[old]].features[_SUPERSEDED]
            lift(found, best[_newest(old, heirs)], bare, "replaces")
    for old, heir in heirs.items():
        if old in best and heir not in heirs:
            score = found[best[heir]].score - sinks
            lift(found, best[old], score, "replaced")
    return found


def with_newest(rows: Sequence[Scored], asked: Asked) -> list[Scored]:
    """The rows, given best first; where the newest is *asked* for, the newest few of those that
    hold all that the best one holds of the question stand first, in that order.

    None that is superseded, and what a model said only where that is asked for.
    """
    found = list(rows)
    if not asked.newest or not rows:
        return found
    find = places(asked.roots, asked.names)
    held = [set(find(row.source.text, row.source.text.lower())) for row in rows]
    alike = [
        at
        for at, row in enumerate(rows)
        if (held[0] or not asked.roots)
        and held[0] <= held[at]
        and not row.features[_SUPERSEDED]
        and (row.source.who != MODEL or MODEL in asked.about)
    ]
    alike.sort(key=lambda at: rows[at].source.order, reverse=True)
    for place, at in enumerate(alike[:_NEWEST]):
        lift(found, at, rows[0].score + (_NEWEST - place) / 100, "newest")
    return found


_NEWEST = 3


def _heirs(rows: Sequence[Scored], asked: Asked) -> dict[EntryId, EntryId]:
    """What directly replaces what; of several the newest."""
    newer = [row.source for row in rows if row.source.supersedes]
    newer.sort(key=lambda source: source.order)
    return {
        source.supersedes: source.entry
        for source in newer
        if source.supersedes and (asked.until is None or asked.day(source) <= asked.until)
    }


def _newest(entry: EntryId, heirs: Mapping[EntryId, EntryId]) -> EntryId:
    seen = {entry}
    while (heir := heirs.get(entry)) and heir not in seen:
        seen.add(heir)
        entry = heir
    return entry


def lift(rows: list[Scored], at: int, score: float, feature: str, *, sign: int = 1) -> None:
    """Move a row up to a score (with *sign* -1: down), and say by how much, as the feature."""
    row = rows[at]
    more = round(min(1.0, sign * (score - row.score)), 4)
    if more <= 0:
        return
    numbers, place = list(row.features), NAMES.index(feature)
    numbers[place] = round(numbers[place] + more, 4)
    rows[at] = replace(row, score=round(row.score + sign * more, 4), features=tuple(numbers))
