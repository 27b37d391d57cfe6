"""Statements in the same words: a series of figures, a later figure, a model's and a person's.

What can be told without a model: which words two short texts share, whether their figures differ,
who said which and when. Nothing here says that a statement is wrong: what looks like a correction
is lifted to what it seems to correct, and a model's figure stays below the note that has another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, filterfalse, product

from ledgernote.domain.frozen import replace
from ledgernote.replay.corrections import owns_up_loosely, taken_back
from ledgernote.replay.dates import When, may_be
from ledgernote.replay.features import NAMES
from ledgernote.replay.kin import Scored, above, lift
from ledgernote.replay.manner import BRACKETS
from ledgernote.replay.recipe import MODEL
from ledgernote.replay.spans import MONTH
from ledgernote.replay.stated import SHARE, SHORT, TELLING, Statement, statement
from ledgernote.replay.when import days_told

LOOKED_AT = 100
"""Best rows that are compared: what stands below is hardly replayed."""
MODELS = 40
"""Best rows among which what a model said is read for figures: its texts are long."""
_SERIES = 3
"""Rows of which the third and each further one sink by a step."""
_STEP = 0.1
_TRACE = 0.0001
"""By which what seems to correct a match and is as good a one says so."""
_SHARED = 4
"""Words at least by which two texts of the same are of the same."""


@lru_cache(maxsize=1024)  # what stands in a thread is looked at in each of its turns
def same_words(text: str) -> str:
    """What two texts share that say the same: all words, but for case, marks and fillers.

    Nothing more is passed over: one word makes another statement (*not*, *sell*, *July*), and so
    does a question mark.
    """
    found = _SAID.findall(text.lower())
    return " ".join(filterfalse(_FILLERS.__contains__, found))


_SAID = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\?")
_FILLERS = frozenset(("a", "an", "the", "so", "just", "really", "well", "oh", "ok", "okay", "also"))


def with_alike(rows: Sequence[Scored], in_case: Sequence[Scored] = ()) -> list[Scored]:
    """The rows, given best first, those in the same words set against each other; in that order.

    Of what is there *in case* what takes back one of them follows, and nothing else.
    """
    found = [*rows, *in_case]
    short = [at for at, row in enumerate(rows[:LOOKED_AT]) if len(row.source.text) <= SHORT]
    others = range(min(len(rows), LOOKED_AT), len(found))
    backs = [at for at in others if owns_up_loosely(found[at].source)]
    stated = {
        at: statement(rows[at].source.text) for at in short if _FIGURE.search(rows[at].source.text)
    }
    groups = _groups(stated)
    series = [each for each in groups if len(each) >= _SERIES]
    back = sorted(taken_back(found, [*short, *backs]), key=lambda pair: found[pair[1]].source.order)
    for old, new in (*back, *_later(rows, stated, series)):
        lift(found, new, max(found[old].score - 0.01, found[new].score + _TRACE), "corrects")
        found[old] = replace(found[old], corrected_by=found[new].source.entry)
    for each in groups:
        _newest_first(found, each, stated)
    for each in series:
        best_first = sorted(each, key=lambda at: -found[at].score)
        for place, at in enumerate(best_first[_SERIES - 1 :], start=1):
            _sink(found, at, _STEP * place, "alike")
    lifted = [at for at in backs if found[at].score > 0]
    for model, note in _disputed(found, [*short, *lifted]):
        _sink(found, model, above(found[model], found[note]), "disputed")
        if found[model].corrected_by is None:
            found[model] = replace(found[model], corrected_by=found[note].source.entry)
    return [*found[: len(rows)], *_needed(found[: len(rows)], found[len(rows) :])]


def _needed(rows: Iterable[Scored], in_case: Sequence[Scored]) -> list[Scored]:
    """What takes back one of the rows, or what does so."""
    wanted = {row.corrected_by for row in rows}
    for row in sorted(in_case, key=lambda row: row.source.order):  # what takes back is the later
        if row.source.entry in wanted:
            wanted.add(row.corrected_by)
    return [row for row in in_case if row.source.entry in wanted]


def _newest_first(
    rows: list[Scored], group: Sequence[int], stated: Mapping[int, Statement]
) -> None:
    """Put other figures of a *group* behind the newest that holds as much of what is asked."""
    said = [at for at in group if rows[at].source.who != MODEL]
    said.sort(key=lambda at: rows[at].source.order, reverse=True)
    newest: dict[tuple[float, ...], int] = {}
    for at in said:
        alike = tuple(rows[at].features[each] for each in _AS_MUCH)
        if alike in newest and stated[at].figures.isdisjoint(stated[newest[alike]].figures):
            _sink(rows, at, above(rows[at], rows[newest[alike]]), "alike")
        newest[alike] = at


_AS_MUCH = tuple(map(NAMES.index, ("covers", "date", "superseded", "tagged")))


def _sink(rows: list[Scored], at: int, less: float, feature: str) -> None:
    """Lower a row, and say by how much."""
    lift(rows, at, rows[at].score - max(0.0, min(1.0, less)), feature, sign=-1)


def _groups(stated: Mapping[int, Statement]) -> list[list[int]]:
    """Rows that say the same, most often of other days with other figures: best first."""
    groups: dict[frozenset[str], list[int]] = {}
    for at, each in stated.items():
        groups.setdefault(each.words, []).append(at)
    return [group for group in groups.values() if len(group) > 1]


def _later(
    rows: Sequence[Scored], stated: Mapping[int, Statement], series: Sequence[Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Pairs of what people said: (an older figure, a later one in the same words)."""
    many = {at for each in series for at in each}
    said = [at for at in stated if rows[at].source.who != MODEL and at not in many]
    for one, other in combinations(said, 2):
        if _same(stated[one], stated[other]):
            yield _by_age(rows, one, other)


def _by_age(rows: Sequence[Scored], one: int, other: int) -> tuple[int, int]:
    return (one, other) if rows[one].source.order < rows[other].source.order else (other, one)


def _same(one: Statement, other: Statement) -> bool:
    """Whether two statements give different figures for the same, at the same time.

    Where each has a word that the other lacks, they are about two things.
    """
    if not (one.words <= other.words or other.words <= one.words):
        return False
    if len(one.words & other.words) < max(_SHARED, SHARE * max(len(one.words), len(other.words))):
        return False
    return one.times == other.times and one.figures.isdisjoint(other.figures)


_FIGURE = re.compile(r"\d")


def _disputed(rows: Sequence[Scored], short: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of (what a model said, a person's note that gives other figures for it)."""
    sources = [(at, rows[at].source) for at in short]
    notes = [
        (at, statement(source.text))
        for at, source in sources
        if source.kind == "note" and source.who != MODEL and _TOLD.search(source.text)
    ]
    for at in range(min(len(rows), MODELS) if notes else 0):
        if rows[at].source.who != MODEL:
            continue
        said = [statement(each) for each in _sentences(rows[at].source.text)]
        for note, noted in notes:
            if any(_other(each, noted) for each in said):
                yield at, note


def _sentences(text: str) -> list[str]:
    """The sentences of a text that hold a figure or a month."""
    cut = re.split(r"(?<=[.!?])\s+|\n+", BRACKETS.sub("", text[:4_000]))
    return [each[:SHORT] for each in cut if _TOLD.search(each)]


_TOLD = re.compile(rf"\d|\b(?:{MONTH})\b", re.IGNORECASE)


def _other(said: Statement, noted: Statement) -> bool:
    """Whether a model gives other figures for what a note says, or another day.

    Two days with a figure each, which differ as well, are of two times.
    """
    shared = len(said.words & noted.words)
    if shared < TELLING or shared < SHARE * min(len(said.words), len(noted.words)):
        return False
    (days, one), (known, other) = _dated(said.text), _dated(noted.text)
    differ = bool(one and other) and one.isdisjoint(other)
    if days and known and not any(may_be(*pair) for pair in product(days, known)):
        return not differ
    return differ and (not said.times or said.times == noted.times)


@lru_cache(maxsize=1024)  # each sentence of a model is compared with many notes
def _dated(text: str) -> tuple[list[When], frozenset[str]]:
    """The days that a text names, and its other figures."""
    days, rest = days_told(text)
    return days, statement(rest).figures
