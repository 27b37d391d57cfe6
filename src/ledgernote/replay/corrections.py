"""What takes something back, and what that is: in a talk, or among loose notes.

Told by words, figures and who wrote when; nothing is understood. A note that says that it corrects
something, and is not about what was asked, has to name what it takes back, or to follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from datetime import timedelta
from itertools import chain, islice

from ledgernote.domain.entries import EntryId
from ledgernote.replay.features import NAMES
from ledgernote.replay.kin import Scored
from ledgernote.replay.recipe import MODEL, Source
from ledgernote.replay.stated import SHARE, SHORT, TELLING, Statement, statement

_SOON = timedelta(days=1)
"""Within which a loose note may take back the writer's last without a word of it."""
_COVERS = NAMES.index("covers")


def owns_up_loosely(source: Source) -> bool:
    """Whether it is a loose note that takes something back."""
    loose = source.thread is None and source.kind == "note"
    return loose and len(source.text) <= SHORT and bool(_OWNS_UP.search(source.text))


def taken_back(rows: Sequence[Scored], short: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of (what was said, what takes it back later): in a talk, or among loose notes."""
    for new in short:
        source = rows[new].source
        if source.who == MODEL or not _OWNS_UP.search(source.text):
            continue
        said = [old for old in short if _said_before(rows[old].source, source)]
        text = _OWNS_UP.sub(" ", source.text)
        told = statement(text)
        last = _last_before(rows, source)
        best = _best_of(rows, said, _claimed(text) if told.words else [frozenset()], new, last)
        if best is None and (not told.words or (told.figures and len(told.words) < TELLING)):
            # "scratch that, it is on 7 June"
            best = [old for old in said if rows[old].source.entry in last]
            if source.thread is None:
                best = [old for old in best if _instead(rows[old].source.text, source.text)]
        yield from ((old, new) for old in best or ())


def _said_before(old: Source, new: Source) -> bool:
    """Whether a person said it earlier in the same talk, or as loosely."""
    return old.thread == new.thread and old.who != MODEL and old.order < new.order


def _last_before(rows: Sequence[Scored], new: Source) -> set[EntryId]:
    """What the same person said last before it: an answer between aside, a loose note soon before.

    Of loose notes that take something back the one before each was brought along.
    """
    if new.thread is None:
        loose = [row.source for row in rows if _said_before(row.source, new)]
        notes = [each for each in loose if (each.who, each.kind) == (new.who, "note")]
        last = max(notes, key=lambda each: each.order, default=None)
        return {last.entry} if last and new.created - last.created <= _SOON else set()
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
    rows: Sequence[Scored],
    said: Sequence[int],
    claimed: Sequence[Set[str]],
    new: int,
    last: Set[EntryId],
) -> list[int] | None:
    """What of that shares most words with it, the last said; None where nothing shares any.

    What another person said, or what no talk joins to it, has to be about the same, or to hold
    what it takes back. Nothing that answers far more of what is asked than it does itself: then it
    takes back something else, unless it names what stands there or follows it as a loose note.
    """
    about, source = claimed[0], rows[new].source
    loose, gone = source.thread is None, _gone(source.text)
    told = {old: statement(rows[old].source.text) for old in said}
    named = {old for old in said if loose and _holds(told[old], gone)}
    shared: dict[int, int] = {}
    for old in said:
        words = _about(told[old])
        values = old in named and _holds_value(told[old], gone) and about & told[old].words
        if (
            values
            or _joined(rows[old].source, source)
            or any(_same_subject(words, each) for each in claimed)
        ):
            shared[old] = len(about & words) + bool(values)
    most = max(shared.values(), default=0)
    if not most:
        return None
    if most < min(TELLING, len(about)):
        return []
    best = max(
        (old for old, number in shared.items() if number == most),
        key=lambda old: rows[old].source.order,
    )
    held = rows[best].features[_COVERS]
    follows = loose and rows[best].source.entry in last
    meant = best in named or follows or held < 0.5 or rows[new].features[_COVERS] * 2 >= held
    return [best] if meant else []


def _gone(text: str) -> Statement:
    """What a text names as not so any more: *not 29*, *instead of Laine*, *from 4 to 6 May*."""
    return statement(" ".join(chain.from_iterable(_NOT_SO.findall(text))))


_NOT_SO = re.compile(
    r"\b(?:not|no longer|instead of|rather than)\s+([^\s;:]+(?:[^\S\n]+[^\s;:]+){0,2})|"
    r"\bfrom\s+(\S+(?:\s+\S+)?)\s+to\b",
    re.IGNORECASE,
)


def _holds(old: Statement, gone: Statement) -> bool:
    return _holds_value(old, gone) or not old.words.isdisjoint(gone.words)


def _holds_value(old: Statement, gone: Statement) -> bool:
    """Whether a figure or a time stands there that is taken back."""
    return not (old.figures.isdisjoint(gone.figures) and old.times.isdisjoint(gone.times))


def _instead(old: str, text: str) -> bool:
    """Whether a loose note that has no word of its own may stand in place of the one before it.

    It takes back what stands there; or names nothing that it takes back, but has a figure or a
    time as that has.
    """
    known, told, gone = statement(old), statement(_OWNS_UP.sub(" ", text)), _gone(text)
    if told.words - gone.words - known.words:
        return False
    if gone.figures or gone.times:
        return _holds_value(known, gone)
    return bool(known.times if told.times else known.figures and told.figures)


def _joined(old: Source, new: Source) -> bool:
    """Whether the same person said both in one talk."""
    return new.thread is not None and (old.thread, old.who) == (new.thread, new.who)


def _about(told: Statement) -> frozenset[str]:
    return told.words | told.times


def _same_subject(one: Set[str], other: Set[str]) -> bool:
    """Whether two notes that no talk joins are about the same."""
    shared = len(one & other)
    return one == other or shared >= max(TELLING, SHARE * min(len(one), len(other)))


_OWNS_UP = re.compile(
    r"\b(?:scratch that|correction|i misread|i was wrong|i was mistaken|misprint|i meant|"
    r"had (?:it|that|the \w+) wrong|my mistake|not \S+(?: \S+)?,? but)\b|"
    r"\A\W*(?:update|updated|revised)\b(?=\W*[:–—])|\bchanged(?:\s+to\b|:)|, not \W?\d[\w.,%]*|"
    r"\A\W*(?:no,? (?:it|that)(?:['’]s| is| was)|actually,? (?:it|that|the)|wait, (?:it|that|the)|"
    r"it (?:was |is |has been )?moved to)\b",
    re.IGNORECASE,
)
