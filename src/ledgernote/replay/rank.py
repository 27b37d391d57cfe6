"""Which of the candidates matter for a question, and why.

Every feature lies between 0 and 1 and is kept in the receipt, so that a rank can be
explained later. The weights were set by hand on the benchmark halves (2026-11-21; 200
candidates and the neighbours of the best 100). R@10 / evidence in 2,000 tokens of cl100k:
LoCoMo 77 / 87 %, BEAM 55 / 67 %; by full text score alone 59 / 73 and 41 / 46 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from math import log1p

from ledgernote.domain.entries import EntryId, ThreadId
from ledgernote.domain.frozen import frozen
from ledgernote.replay.recipe import MODEL, YOU, Source

# Behind each weight: what R@10 / evidence lose without it, LoCoMo and BEAM, in points.
WEIGHTS = {
    "words": 1.0,  # its own full text score, as a share of the best: 10/5 and 9/1
    "thread": 0.5,  # the best `words` of its thread: 3/1 and 1/1
    "before": 0.3,  # `words` of the entry before it: with `after` 3/1 and 0/2
    "after": 0.3,
    "who": 0.6,  # by whom the question asks about: 5/2 and 1/1
    "date": 0.5,  # from when the question asks about: 2/1 and 0/0
    "long": -0.8,  # a model's long answer repeats every word: 0/0 and 4/6
    "superseded": -0.3,
}
FEATURES = tuple(WEIGHTS)
"""The names of a row's feature numbers, in order. Append only: receipts refer to places."""


@frozen
class Candidate:
    """An entry that full text search found, or (score 0) one that stands next to such."""

    source: Source
    bm25: float = 0.0
    """Larger is better."""


@frozen
class Scored:
    """A candidate with its place in the ranking made explicit."""

    source: Source
    score: float
    features: tuple[float, ...] = ()
    """As FEATURES names them."""


def rank(question: str, candidates: Sequence[Candidate]) -> tuple[Scored, ...]:
    """The candidates, best first; ties fall by the one order, newest first.

    Give it some 200 by full text and, with score 0, the thread neighbours of the best
    100: evidence in 2,000 tokens of LoCoMo rises from 79 to 87 % by those alone.
    """
    best = max((each.bm25 for each in candidates), default=0.0) or 1.0
    words = {(c.source.entry, c.source.start): _share(c.bm25, best) for c in candidates}
    context = _Surroundings.of(candidates, words)
    asked = _asks_about(question, {each.source.who for each in candidates})
    when = _dates(question)

    def scored(source: Source) -> Scored:
        features = (
            words[source.entry, source.start],
            context.of_thread(source),
            context.before(source),
            context.after(source),
            float(asked(source.who)),
            max((_closeness(source.created, each) for each in when), default=0.0),
            min(1.0, log1p(len(source.text) / 6) / 6) if source.who == MODEL else 0.0,
            float(source.superseded_by is not None),
        )
        score = sum(w * f for w, f in zip(WEIGHTS.values(), features, strict=True))
        rounded = tuple(round(each, 4) for each in features)
        return Scored(source=source, score=round(score, 4), features=rounded)

    rows = [scored(each.source) for each in candidates]
    rows.sort(key=lambda row: (row.source.order, row.source.start), reverse=True)
    rows.sort(key=lambda row: -row.score)
    return tuple(rows)


def _share(bm25: float, best: float) -> float:
    """Of the best score; what matched at all keeps a trace of it behind the comma."""
    return max(bm25 / best, 0.0001) if bm25 > 0 else 0.0


def why(features: Sequence[float], matched: Sequence[str]) -> str:
    """A ranking in words: `match: "rate" "cut" · its thread is about it`.

    *matched* are the question's words that stand in the text.
    """
    value = dict(zip(FEATURES, features, strict=False))
    quoted = " ".join(f'"{word}"' for word in matched[:4])
    reasons = (
        (f"match: {quoted}" if quoted else "match", value.get("words", 0.0) > 0),
        ("its thread is about it", value.get("thread", 0.0) >= 0.7),
        ("next to a match", max(value.get("before", 0.0), value.get("after", 0.0)) >= 0.3),
        ("by whom you ask about", value.get("who", 0.0) > 0),
        ("from then", value.get("date", 0.0) > 0),
        ("superseded", value.get("superseded", 0.0) > 0),
    )
    return " · ".join(text for text, holds in reasons if holds) or "match"


@frozen(kw_only=False)
class _Surroundings:
    """What stands around each candidate, among the candidates only."""

    threads: dict[ThreadId, float]
    own: dict[EntryId, float]
    followers: dict[EntryId, float]

    @classmethod
    def of(
        cls, candidates: Sequence[Candidate], words: dict[tuple[EntryId, int], float]
    ) -> _Surroundings:
        threads: dict[ThreadId, float] = {}
        own: dict[EntryId, float] = {}
        followers: dict[EntryId, float] = {}
        for source in (each.source for each in candidates):
            score = words[source.entry, source.start]
            own[source.entry] = max(score, own.get(source.entry, 0.0))
            if source.thread is not None:
                threads[source.thread] = max(score, threads.get(source.thread, 0.0))
            if source.previous is not None:
                followers[source.previous] = max(score, followers.get(source.previous, 0.0))
        return cls(threads, own, followers)

    def of_thread(self, source: Source) -> float:
        return 0.0 if source.thread is None else self.threads[source.thread]

    def before(self, source: Source) -> float:
        return 0.0 if source.previous is None else self.own.get(source.previous, 0.0)

    def after(self, source: Source) -> float:
        return self.followers.get(source.entry, 0.0)


_SAID = "suggest|recommend|advise|g[ai]ve|sa(?:id|y)|mention|propose|provide|explain|tell|told"
_ASKS_MODEL = re.compile(
    rf"\bdid you\b|\byou (?:{_SAID})\w*|"
    r"\byour (?:suggestion|advice|recommendation|answer|response|explanation)s?\b",
    re.IGNORECASE,
)
_ASKS_ME = re.compile(r"\b(?:i|my|me|mine|we|our)\b", re.IGNORECASE)


def _asks_about(question: str, labels: set[str]) -> Callable[[str], bool]:
    """Tells by its label whether an entry's writer is whom the question asks about."""
    spoken = set(re.findall(r"\w+", question.lower()))
    named = {who for who in labels - {YOU, MODEL} if set(who.lower().split()) & spoken}
    if _ASKS_MODEL.search(question):
        named.add(MODEL)
    elif _ASKS_ME.search(question):
        named.add(YOU)
    return lambda who: who in named


_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTHS = _MONTH.split("|")
_DATE = re.compile(
    r"(?:\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?|\b(?:in|on|since|until|by|during|of)\s+)?"
    rf"\b({_MONTH})\b(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?\b)?(?:,?\s+(\d{{4}}))?"
)
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")

_When = tuple[int | None, int | None, int | None]


def _dates(question: str) -> list[_When]:
    """(year, month, day) that the question names, None where it does not say."""
    text = question.lower()
    found: list[_When] = [(int(y), int(m), int(d) if d else None) for y, m, d in _ISO.findall(text)]
    for match in _DATE.finditer(text):
        before, month, after, year = match.groups()
        if match[0] == "may":
            continue  # the verb
        day = before or after
        found.append((_int(year), _MONTHS.index(month) + 1, _int(day)))
    return found or [(int(year), None, None) for year in re.findall(r"\b(20\d\d)\b", text)]


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _closeness(created: datetime, when: _When) -> float:
    """1 for said at that time, less for soon after it: people tell of what was."""
    year, month, day = when
    if year is not None and year != created.year:
        return 0.0
    if month is None:
        return 0.3
    if day is None:
        later = (created.month - month) % 12
        return 1.0 if later == 0 else 0.5 if later == 1 and created.day <= 15 else 0.0
    try:
        days = (created.date() - date(year or created.year, month, day)).days
    except ValueError:  # 31 February
        return 0.0
    return 1.0 if 0 <= days <= 3 else 0.6 if -1 <= days <= 14 else 0.0
