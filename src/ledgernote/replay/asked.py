"""What a question asks about: which words, whose, from when, and for what kind of answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from ledgernote.domain.frozen import frozen
from ledgernote.domain.grams import pieces
from ledgernote.replay.lean import ALONE, Lean
from ledgernote.replay.query import content_words, telling_words
from ledgernote.replay.recipe import MODEL, YOU, Source
from ledgernote.replay.roots import root
from ledgernote.replay.when import Time, as_of, named, settled

_KINDS = (
    (re.compile(r"\bwhen\b|what (?:date|day|month|year|time)|how long"), "time"),
    (re.compile(r"how (?:many|much|often|old)|number of"), "number"),
    (re.compile(r"\b(?:where|who|which|name|called)\b"), "name"),
)
"""By what a question shows that it asks for a time, a number, a name."""


@frozen
class Asked:
    """A question, taken apart."""

    roots: tuple[str, ...]
    """Of its words, in order, without the names of those who write; tickers as they are. Then
    those of the talk that it leans on;"""
    weights: Mapping[str, float]
    """and how much each counts."""
    pairs: frozenset[tuple[str, str]]
    """The roots that follow one another."""
    about: frozenset[str]
    """Labels of the writers it asks about."""
    dates: tuple[Time, ...]
    """From when;"""
    until: date | None
    """or as of which day."""
    kinds: frozenset[str]
    """What it asks for: `time`, `number`, `name`."""
    looks_back: bool
    """It asks for what was said or done, not for something new."""


@frozen
class Setting:
    """Where and when a question is asked."""

    leans: Lean = ALONE
    moment: datetime | None = None


ANYWHERE = Setting()


def asked(question: str, sources: Sequence[Source], setting: Setting) -> Asked:
    """The question, asked of *sources*: who wrote them, and when.

    What it does not say of when, whose and how many, the questions say that it leans on.
    """
    leans, writers = setting.leans, {source.who for source in sources}
    own = telling_words(question) if leans.words else content_words(question)
    words = list(_parts(own))
    names = {root(part) for who in writers - {YOU, MODEL} for part in who.lower().split()}
    texts = (question, *leans.on)
    dates = _first(named(text, setting.moment) for text in texts)
    dates = settled(dates, (source.created for source in sources), setting.moment)
    about = [word for word in words if word not in names] or words
    weights = _weights(about, leans, names)
    return Asked(
        roots=tuple(weights),
        weights=weights,
        pairs=frozenset(pairwise(words)),
        about=_first(_about(text, writers) for text in texts),
        dates=dates,
        until=as_of(question, dates, setting.moment),
        kinds=_first(_kinds(text.lower()) for text in texts),
        looks_back=bool(_LOOKS_BACK.search(question.lower())),
    )


def _weights(words: Iterable[str], leans: Lean, names: Set[str]) -> dict[str, float]:
    """Of each root: 1 for the question's own, less for those of the talk."""
    weights = dict.fromkeys(words, 1.0)
    for word, weight in leans.words.items():
        for part in _parts([word]):
            if part not in names:
                weights[part] = max(weight, weights.get(part, 0.0))
    return weights


_Said = TypeVar("_Said", frozenset[str], tuple[Time, ...])


def _first(said: Iterable[_Said]) -> _Said:
    """The first that says something; the last, where none does."""
    found = None
    for found in said:
        if found:
            break
    assert found is not None
    return found


def nameless(text: str, writers: Iterable[str]) -> str:
    """A question without the names of those who write, unless it is nothing else.

    They say whose texts are asked for; in the texts they stand where others speak of them.
    """
    names = {root(part) for who in writers for part in who.lower().split()}
    kept = [word for word in text.split() if root(word.strip(_MARKS).lower()) not in names]
    return " ".join(kept) or text


def weighed(question: str, leans: Lean) -> dict[str, float]:
    """The words of a question, and with less weight those that it takes from the talk.

    A letter in upper case is a ticker, as it stands: *is F a buy*.
    """
    own = telling_words(question) if leans.words else content_words(question)
    tickers = set(_LETTER.findall(question))
    words = (word.upper() if word.upper() in tickers else word for word in own)
    return {**leans.words, **dict.fromkeys(words, 1.0)}


_LETTER = re.compile(r"(?<!\S)[A-Z](?=[\s,.;:?!]|$)")
_MARKS = ".,;:!?()\"'“”‘’"


def _kinds(text: str) -> frozenset[str]:
    return frozenset(kind for shows, kind in _KINDS if shows.search(text))


def _parts(words: Iterable[str]) -> Iterable[str]:
    """Roots; `self-care` is two words, as it is to the index, and so is each pair of a run."""
    for word in words:
        split = word.split("-") if word.replace("-", "").isalpha() else [word]
        yield from pieces(word) or (root(part) for part in split if part)


_LOOKS_BACK = re.compile(
    r"\b(?:did|have|had|was|were) (?:i|you|we|my|our)\b|"
    r"\b(?:i|we) (?:said|told|planned|decided|chose)\b|"
    r"\b(?:mentioned|summar\w+|how (?:many|much|long)|so far)\b"
)

_SAID = "suggest|recommend|advise|g[ai]ve|sa(?:id|y)|mention|propose|provide|explain|tell|told"
_ASKS_MODEL = re.compile(
    rf"\bdid you\b|\byou (?:{_SAID})\w*|"
    r"\byour (?:suggestion|advice|recommendation|answer|response|explanation)s?\b",
    re.IGNORECASE,
)
_ASKS_ME = re.compile(r"\b(?:i|my|(?<!tell )(?<!told )(?<!to )me|mine|we|our)\b", re.IGNORECASE)


def _about(question: str, writers: Set[str]) -> frozenset[str]:
    spoken = set(re.findall(r"\w+", question.lower()))
    named = {who for who in writers - {YOU, MODEL} if set(who.lower().split()) & spoken}
    if _ASKS_MODEL.search(question):
        named.add(MODEL)
    elif _ASKS_ME.search(question):
        named.add(YOU)
    return frozenset(named)
