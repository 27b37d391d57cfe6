"""Which of the candidates matter for a question, and why.

Every feature lies between 0 and 1 and is kept in the receipt, so that a rank can be
explained later. The weights are learned, by `benchmarks/learn.py`: one table for talk with
a model, one for what people write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import mul

from ledgernote.replay.asked import ANYWHERE, Setting, asked
from ledgernote.replay.dates import NEAR
from ledgernote.replay.features import NAMES as FEATURES
from ledgernote.replay.features import Candidate, features
from ledgernote.replay.kin import Scored, with_kin, with_newest
from ledgernote.replay.parts import with_leads
from ledgernote.replay.recipe import MODEL, Source
from ledgernote.replay.statements import with_alike
from ledgernote.replay.weights import PEOPLE, PEOPLE_MEANT, TALK, TALK_MEANT

__all__ = ["FEATURES", "Candidate", "Scored", "Setting", "rank", "why"]


ALIKE = 0.45
"""Cosine from which on a text is said to mean the same;"""
LIKE = 0.25
"""and from where on the words of one that holds none of the question's say it in others: so near
come a quarter of those that matter, and hardly any other."""


def rank(
    question: str, candidates: Sequence[Candidate], setting: Setting = ANYWHERE
) -> tuple[Scored, ...]:
    """The candidates, best first; ties fall by the one order, newest first.

    Give it some 200 by full text and, with score 0, the thread neighbours of the best
    100: evidence in 2,000 tokens of LoCoMo rises from 79 to 87 % by those alone.
    """
    in_case = [
        Scored(source=each.source, score=0.0, features=_NOTHING)
        for each in candidates
        if each.in_case
    ]
    candidates = [each for each in candidates if not each.in_case]
    sources = [each.source for each in candidates]
    weights = _table(
        [source.who for source in sources], meant=any(each.meaning for each in candidates)
    )
    wanted = asked(question, sources, setting)
    weighing = tuple(weights.values())
    rows = [
        _scored(source, numbers, weighing)
        for source, numbers in zip(sources, features(wanted, candidates), strict=True)
    ]
    rows = _best_first(with_kin(rows, weights, wanted))
    rows = _best_first(with_newest(rows, wanted))
    return with_leads(question, _best_first(with_alike(rows, _best_first(in_case))))


_NOTHING = (0.0,) * len(FEATURES)


def _best_first(rows: Iterable[Scored]) -> list[Scored]:
    newest = sorted(rows, key=lambda row: (row.source.order, row.source.start), reverse=True)
    return sorted(newest, key=lambda row: -row.score)


def _table(writers: Sequence[str], *, meant: bool) -> Mapping[str, float]:
    """The weights for a talk where a model said a quarter at least, else those for people.

    With meaning the other features weigh otherwise.
    """
    if writers.count(MODEL) * 4 >= len(writers):
        return TALK_MEANT if meant else TALK
    return PEOPLE_MEANT if meant else PEOPLE


def _scored(source: Source, numbers: tuple[float, ...], weights: Sequence[float]) -> Scored:
    return Scored(source=source, score=round(sum(map(mul, weights, numbers)), 4), features=numbers)


def why(features: Sequence[float], matched: Sequence[str], talk: Sequence[str] = ()) -> str:
    """A ranking in words: `match: "rate" "cut" · of that time`.

    *matched* are the question's words that stand in the text, *talk* those of the talk before.
    """
    value = dict(zip(FEATURES, features, strict=False))
    quoted, before = (" ".join(f'"{word}"' for word in each[:4]) for each in (matched, talk))
    words, thread, date = (value.get(name, 0.0) for name in ("words", "thread", "date"))
    beside = max(value.get("before", 0.0), value.get("after", 0.0)) >= 0.3
    answers = value.get("replies", 0.0) >= 0.3
    holds_some = words > 0 or value.get("covers", 0.0) > 0
    reasons = (
        (f"match: {quoted}" if quoted else "match", words > 0 and bool(quoted or not before)),
        (f"the talk before: {before}", words > 0 and bool(before)),
        ("near in meaning", value.get("meaning", 0.0) >= ALIKE),
        ("has words near those asked", not holds_some and value.get("sense", 0.0) >= LIKE),
        ("answers a match", answers),
        ("next to a match", beside and not answers),
        (
            "a better match is in its thread or note",
            thread >= 0.7 and thread > words and not beside,
        ),
        ("by one the question names", value.get("who", 0.0) > 0),
        ("of that time", date == 1),
        ("near that time", NEAR <= date < 1),
        ("from before that time", 0 < date < NEAR),
        ("names a time", value.get("time", 0.0) > 0),
        ("holds a number", value.get("number", 0.0) > 0),
        ("you say how it is to be done", value.get("rule", 0.0) > 0),
        ("says what is preferred", value.get("prefers", 0.0) > 0),
        ("tagged with what you name", value.get("tagged", 0.0) > 0),
        ("the newest is asked for", value.get("newest", 0.0) > 0),
        ("replaces a match", value.get("replaces", 0.0) > 0),
        ("replaced by a match", value.get("replaced", 0.0) > 0),
        (_GONE, value.get("superseded", 0.0) > 0),
        ("seems to correct a match", value.get("corrects", 0.0) > 0),
        ("others say it with other figures", value.get("alike", 0.0) > 0),
        ("a note has other figures", value.get("disputed", 0.0) > 0),
    )
    held = [text for text, holds in reasons if holds]
    if held not in ([], [_GONE]) or not features:
        return " · ".join(held) or "match"
    return " · ".join((_around(value), *held))


_GONE = "superseded"
"""No reason to come along."""


def _around(value: Mapping[str, float]) -> str:
    """Why a text comes of which nothing else tells."""
    if value.get("seven", 0.0) > 0 or value.get("talk", 0.0) > 0:
        return "stands around a match"
    if value.get("meaning", 0.0) > 0:
        return "near in meaning"
    wishes = value.get("wish", 0.0) > 0
    return "seems to say how it is to be done" if wishes else "stands around a match"
