"""Statements in the same words: a series of figures, a later figure, a model's and a person's.

What can be told without a model: which words two short texts share, whether their figures differ,
who said which and when. Nothing here says that a statement is wrong: what looks like a correction
is lifted to what it seems to correct, and a model's figure stays below the note that has another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from ledgernote.domain.frozen import frozen
from ledgernote.replay.kin import Scored, lift
from ledgernote.replay.query import STOP_WORDS
from ledgernote.replay.recipe import MODEL
from ledgernote.replay.roots import root
from ledgernote.replay.when import CALENDAR

LOOKED_AT = 100
"""Best rows that are compared: what stands below is hardly replayed."""
MODELS = 40
"""Best rows among which what a model said is read for figures: its texts are long."""
SHORT = 400
"""Characters of a text, or a sentence, that states one thing."""
_SERIES = 3
_STEP = 0.1
_SHARED, _SHARE = 4, 0.6
"""Words at least, and of the shorter one's, by which two texts speak of the same."""


@frozen(kw_only=False)
class Statement:
    """A short text, taken apart."""

    words: frozenset[str]
    """Roots of what it is about;"""
    figures: frozenset[str]
    times: frozenset[str]
    """months and weekdays that it names."""


def statement(text: str) -> Statement:
    """The words, figures and times of a text."""
    found = _WORD.findall(text.lower().replace("'s", ""))
    figures = {each.replace(",", "").rstrip(".") for each in found if each[0].isdigit()}
    words = {each for each in found if not each[0].isdigit()}
    times = words & CALENDAR
    about = {root(each) for each in words - times if each not in STOP_WORDS}
    return Statement(frozenset(about), frozenset(figures), frozenset(times))


_WORD = re.compile(r"\d[\d.,]*|[^\W\d_]+")


def same_words(text: str) -> tuple[str, ...]:
    """What two texts share that say the same: all words, but for case, marks and fillers.

    Nothing more is passed over: one word makes another statement (*not*, *sell*, *July*), and so
    does a question mark.
    """
    found = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\?", text.lower())
    return tuple(word for word in found if word not in _FILLERS)


_FILLERS = frozenset(("a", "an", "the", "so", "just", "really", "well", "oh", "ok", "okay", "also"))


def with_alike(rows: Sequence[Scored]) -> list[Scored]:
    """The rows, given best first, those in the same words set against each other; in that order."""
    found = list(rows)
    short = [at for at, row in enumerate(rows[:LOOKED_AT]) if len(row.source.text) <= SHORT]
    stated = {
        at: statement(rows[at].source.text) for at in short if _FIGURE.search(rows[at].source.text)
    }
    series = _series(stated)
    for old, new in (*_taken_back(rows, short), *_later(rows, stated, series)):
        lift(found, new, found[old].score - 0.01, "corrects")
    for each in series:
        for place, at in enumerate(each[_SERIES - 1 :], start=1):
            _sink(found, at, _STEP * place, "alike")
    for model, note in _disputed(found, stated):
        _sink(found, model, found[model].score - found[note].score + 0.01, "disputed")
    return found


def _sink(rows: list[Scored], at: int, less: float, feature: str) -> None:
    """Lower a row, and say by how much."""
    lift(rows, at, rows[at].score - max(0.0, min(1.0, less)), feature, sign=-1)


def _series(stated: Mapping[int, Statement]) -> list[list[int]]:
    """Rows that say the same of other days with other figures: best first, three at least."""
    groups: dict[frozenset[str], list[int]] = {}
    for at, each in stated.items():
        groups.setdefault(each.words, []).append(at)
    return [group for group in groups.values() if len(group) >= _SERIES]


def _later(
    rows: Sequence[Scored], stated: Mapping[int, Statement], series: Sequence[Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Pairs of what people said: (an older figure, a later one in the same words)."""
    many = {at for each in series for at in each}
    said = [at for at in stated if rows[at].source.who != MODEL and at not in many]
    for one, other in combinations(said, 2):
        if _same(stated[one], stated[other]):
            yield _by_age(rows, one, other)


def _taken_back(rows: Sequence[Scored], short: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of (what somebody said in a talk, what takes it back later in it)."""
    for new in short:
        source = rows[new].source
        if source.thread is None or source.who == MODEL or not _OWNS_UP.search(source.text):
            continue
        about = statement(source.text).words
        for old in short:
            other = rows[old].source
            if (other.thread, other.who) == (source.thread, source.who) and (
                other.order < source.order and len(about & statement(other.text).words) >= 2
            ):
                yield old, new


def _by_age(rows: Sequence[Scored], one: int, other: int) -> tuple[int, int]:
    return (one, other) if rows[one].source.order < rows[other].source.order else (other, one)


def _same(one: Statement, other: Statement) -> bool:
    """Whether two statements give different figures for the same, at the same time."""
    if len(one.words & other.words) < max(_SHARED, _SHARE * max(len(one.words), len(other.words))):
        return False
    return one.times == other.times and one.figures.isdisjoint(other.figures)


_FIGURE = re.compile(r"\d")
_OWNS_UP = re.compile(
    r"\b(?:scratch that|correction|i misread|i was wrong|i was mistaken|misprint|i meant|"
    r"had (?:it|that|the \w+) wrong|not \S+, but)\b",
    re.IGNORECASE,
)


def _disputed(rows: Sequence[Scored], stated: Mapping[int, Statement]) -> Iterator[tuple[int, int]]:
    """Pairs of (what a model said, a person's note that gives other figures for it)."""
    notes = [
        (at, each)
        for at, each in stated.items()
        if rows[at].source.kind == "note" and rows[at].source.who != MODEL
    ]
    lowest = max((at for at, _ in notes), default=0)
    for at in range(min(lowest, MODELS)):
        if rows[at].source.who != MODEL:
            continue
        said = [statement(each) for each in _sentences(rows[at].source.text)]
        for note, noted in notes:
            if rows[at].score > rows[note].score and any(_other(each, noted) for each in said):
                yield at, note


def _sentences(text: str) -> list[str]:
    """The sentences of a text that hold a figure."""
    cut = re.split(r"(?<=[.!?])\s+|\n+", text[:4_000])
    return [each[:SHORT] for each in cut if _FIGURE.search(each)]


def _other(said: Statement, noted: Statement) -> bool:
    shared = len(said.words & noted.words)
    same = shared >= _SHARED and shared >= _SHARE * min(len(said.words), len(noted.words))
    return same and said.times == noted.times and said.figures.isdisjoint(noted.figures)
