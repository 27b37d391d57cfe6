"""Statements in the same words: a series of figures, a later figure, a model's and a person's.

What can be told without a model: which words two short texts share, whether their figures differ,
who said which and when. Nothing here says that a statement is wrong: what looks like a correction
is lifted to what it seems to correct, and a model's figure stays below the note that has another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import combinations, filterfalse, islice, product

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen, replace
from ledgernote.replay.dates import When, may_be
from ledgernote.replay.features import NAMES
from ledgernote.replay.kin import Scored, above, lift
from ledgernote.replay.manner import BRACKETS
from ledgernote.replay.query import STOP_WORDS
from ledgernote.replay.recipe import MODEL, Source
from ledgernote.replay.roots import root
from ledgernote.replay.spans import MONTH
from ledgernote.replay.when import CALENDAR, days_told

LOOKED_AT = 100
"""Best rows that are compared: what stands below is hardly replayed."""
MODELS = 40
"""Best rows among which what a model said is read for figures: its texts are long."""
SHORT = 400
"""Characters of a text, or a sentence, that states one thing."""
_SERIES = 3
"""Rows of which the third and each further one sink by a step."""
_STEP = 0.1
_TRACE = 0.0001
"""By which what seems to correct a match and is as good a one says so."""
_SHARED, _SHARE = 4, 0.6
"""Words at least, and of the shorter one's, by which two texts speak of the same."""


@frozen(kw_only=False)
class Statement:
    """A short text, taken apart."""

    words: frozenset[str]
    """Roots of what it is about;"""
    figures: frozenset[str]
    times: frozenset[str]
    """months, quarters and weekdays that it names."""
    text: str
    """As it stands."""


def statement(text: str) -> Statement:
    """The words, figures and times of a text."""
    low = text.lower()
    quarters = set(_QUARTER.findall(low))
    found = _WORD.findall(re.sub("['’]s\\b", "", _QUARTER.sub(" ", low)))
    figures = {each.replace(",", "").rstrip(".") for each in found if each[0].isdigit()}
    words = {each for each in found if not each[0].isdigit()}
    times = words & CALENDAR | quarters
    about = {root(each) for each in words - times if each not in STOP_WORDS}
    return Statement(frozenset(about), frozenset(figures), frozenset(times), text)


_WORD = re.compile(r"\d[\d.,]*|[^\W\d_]+")
_QUARTER = re.compile(r"\b[qh][1-4]\b")


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


def with_alike(rows: Sequence[Scored]) -> list[Scored]:
    """The rows, given best first, those in the same words set against each other; in that order."""
    found = list(rows)
    short = [at for at, row in enumerate(rows[:LOOKED_AT]) if len(row.source.text) <= SHORT]
    stated = {
        at: statement(rows[at].source.text) for at in short if _FIGURE.search(rows[at].source.text)
    }
    groups = _groups(stated)
    series = [each for each in groups if len(each) >= _SERIES]
    for old, new in (*_taken_back(rows, short), *_later(rows, stated, series)):
        lift(found, new, max(found[old].score - 0.01, found[new].score + _TRACE), "corrects")
        found[old] = replace(found[old], corrected_by=rows[new].source.entry)
    for each in groups:
        _newest_first(found, each, stated)
    for each in series:
        best_first = sorted(each, key=lambda at: -found[at].score)
        for place, at in enumerate(best_first[_SERIES - 1 :], start=1):
            _sink(found, at, _STEP * place, "alike")
    for model, note in _disputed(found, short):
        _sink(found, model, above(found[model], found[note]), "disputed")
        if found[model].corrected_by is None:
            found[model] = replace(found[model], corrected_by=rows[note].source.entry)
    return found


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


def _taken_back(rows: Sequence[Scored], short: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of (what was said, what takes it back later): in a talk, or among loose notes."""
    for new in short:
        source = rows[new].source
        if source.who == MODEL or not _OWNS_UP.search(source.text):
            continue
        said = [old for old in short if _said_before(rows[old].source, source)]
        text = _OWNS_UP.sub(" ", source.text)
        told = statement(text)
        best = _best_of(rows, said, _claimed(text) if told.words else [frozenset()], new)
        if best is None and (not told.words or (told.figures and len(told.words) < _TELLING)):
            last = _last_before(rows, source)  # "scratch that, it is on 7 June"
            best = [old for old in said if rows[old].source.entry in last]
        yield from ((old, new) for old in best or ())


_TELLING = 2
"""Words by which what takes something back tells what that is."""


def _said_before(old: Source, new: Source) -> bool:
    """Whether a person said it earlier in the same talk, or as loosely."""
    return old.thread == new.thread and old.who != MODEL and old.order < new.order


def _last_before(rows: Sequence[Scored], new: Source) -> set[EntryId]:
    """What the same person said last before it, an answer between aside."""
    known = {row.source.entry: row.source for row in rows}
    source = known.get(new.previous) if new.previous else None
    if source and source.who == MODEL and source.previous:
        source = known.get(source.previous)
    return {source.entry} if source and source.who == new.who else set()


def _claimed(text: str) -> list[frozenset[str]]:
    """What a text is about, and what its first clause is: the rest may tell how one knows."""
    clauses = (_about(statement(each)) for each in _CLAUSE.split(text))
    return [_about(statement(text)), *islice(filter(None, clauses), 1)]


_CLAUSE = re.compile(r"[,;:!?\n–—]|\.(?!\S)")


def _best_of(
    rows: Sequence[Scored], said: Sequence[int], claimed: Sequence[Set[str]], new: int
) -> list[int] | None:
    """What of that shares most words with it, the last said; None where nothing shares any.

    What another person said, or what no talk joins to it, has to be about the same. Nothing that
    answers far more of what is asked than it does itself: then it takes back something else.
    """
    about = claimed[0]
    words = {old: _about(statement(rows[old].source.text)) for old in said}
    shared = {
        old: len(about & words[old])
        for old in said
        if _joined(rows[old].source, rows[new].source)
        or any(_same_subject(words[old], each) for each in claimed)
    }
    most = max(shared.values(), default=0)
    if not most:
        return None
    if most < min(_TELLING, len(about)):
        return []
    best = [old for old, number in shared.items() if number == most]
    best.sort(key=lambda old: rows[old].source.order)
    held = _covers(rows[best[-1]])
    return best[-1:] if held < 0.5 or _covers(rows[new]) * 2 >= held else []


def _joined(old: Source, new: Source) -> bool:
    """Whether the same person said both in one talk."""
    return new.thread is not None and (old.thread, old.who) == (new.thread, new.who)


def _about(told: Statement) -> frozenset[str]:
    return told.words | told.times


def _same_subject(one: Set[str], other: Set[str]) -> bool:
    """Whether two notes that no talk joins are about the same."""
    shared = len(one & other)
    return one == other or shared >= max(_TELLING, _SHARE * min(len(one), len(other)))


def _covers(row: Scored) -> float:
    return row.features[NAMES.index("covers")]


def _by_age(rows: Sequence[Scored], one: int, other: int) -> tuple[int, int]:
    return (one, other) if rows[one].source.order < rows[other].source.order else (other, one)


def _same(one: Statement, other: Statement) -> bool:
    """Whether two statements give different figures for the same, at the same time.

    Where each has a word that the other lacks, they are about two things.
    """
    if not (one.words <= other.words or other.words <= one.words):
        return False
    if len(one.words & other.words) < max(_SHARED, _SHARE * max(len(one.words), len(other.words))):
        return False
    return one.times == other.times and one.figures.isdisjoint(other.figures)


_FIGURE = re.compile(r"\d")
_OWNS_UP = re.compile(
    r"\b(?:scratch that|correction|i misread|i was wrong|i was mistaken|misprint|i meant|"
    r"had (?:it|that|the \w+) wrong|my mistake|not \S+(?: \S+)?,? but)\b|"
    r"\A\W*(?:update|updated|revised)\b(?=\W*[:–—])|\bchanged(?:\s+to\b|:)|, not \W?\d[\w.,%]*|"
    r"\A\W*(?:no,? (?:it|that)(?:['’]s| is| was)|actually,? (?:it|that|the)|wait, (?:it|that|the)|"
    r"it (?:was |is |has been )?moved to)\b",
    re.IGNORECASE,
)


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
    if shared < _TELLING or shared < _SHARE * min(len(said.words), len(noted.words)):
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
