"""What a question asks about: which words, whose, from when, and for what kind of answer."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from ledgernote.domain.frozen import frozen
from ledgernote.domain.grams import pieces
from ledgernote.domain.times import DAY_STARTS, day_of
from ledgernote.replay.dates import Time, as_of, coming, has_no_year, settled
from ledgernote.replay.lean import ALONE, EMPTY, NUMBER, Lean
from ledgernote.replay.naming import days_named
from ledgernote.replay.pieces import units
from ledgernote.replay.query import (
    asks_what_was_said,
    content_words,
    telling_words,
    unlisted,
    words_told,
)
from ledgernote.replay.recipe import MODEL, YOU, Source
from ledgernote.replay.roots import places, root
from ledgernote.replay.when import CALENDAR, asks_newest, named, says_when, undated
from ledgernote.replay.writers import nameless, names_in, writers_named

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
    """and how much each counts; and those by which it says when, which no text is searched for."""
    names: frozenset[str]
    """Of the roots those that are names, and have no other ending."""
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
    newest: bool
    """It asks for the newest of what it is about."""
    day_starts: int = DAY_STARTS

    def day(self, source: Source) -> date:
        """The day that it was written on."""
        return day_of(source.created, self.day_starts)


@frozen
class Setting:
    """Where and when a question is asked."""

    leans: Lean = ALONE
    moment: datetime | None = None
    day_starts: int = DAY_STARTS
    """Minutes after midnight."""

    @property
    def today(self) -> date | None:
        return day_of(self.moment, self.day_starts) if self.moment else None

    def named(self, question: str) -> tuple[Time, ...]:
        """The times that a question names."""
        return named(question, self.moment, self.day_starts)


ANYWHERE = Setting()


def asked(question: str, sources: Sequence[Source], setting: Setting) -> Asked:
    """The question, asked of *sources*: who wrote them, and when.

    What it does not say of when, whose and how many, the questions say that it leans on.
    """
    question = unlisted(question)
    leans, writers = setting.leans, {source.who for source in sources}
    called = _called(question)
    strictly = leans.words or asks_what_was_said(question) or asks_newest(question)
    said = telling_words(question) if strictly else content_words(question)
    words, sought = (list(_parts(each, called)) for each in (said, own_words(question, leans)))
    only_when = set(words) - set(sought)
    texts = (question, *leans.on)
    named = {name for text in texts for name in names_in(text, writers - {YOU, MODEL})}
    names = named | set(map(root, named))
    bare = (nameless(text, writers - {YOU, MODEL}) for text in texts)
    times = _first(map(setting.named, bare))
    dates = settled(times, _days(sources, times, setting), setting.today)
    about = [word for word in words if word not in names] or words
    weights = _weights(about, leans, names) | _held(units(words_told(question)), sources)
    return Asked(
        roots=tuple(word for word in weights if word not in only_when),
        weights=weights,
        names=called,
        pairs=frozenset(pairwise(words)),
        about=_first(_about(text, writers) for text in texts),
        dates=(*dates, *coming(times, setting.today)),
        until=as_of(question, dates, setting.today),
        kinds=_first(_kinds(text.lower()) for text in texts),
        newest=asks_newest(question),
        looks_back=bool(_LOOKS_BACK.search(question.lower())),
        day_starts=setting.day_starts,
    )


def _held(others: Sequence[str], sources: Iterable[Source]) -> dict[str, float]:
    """The *others* that stand in a text, each with the weight of the words that it is made of.

    What nobody writes so would only make all texts hold less of the question.
    """
    find = places(others)
    texts = (source.text for source in sources) if others else ()
    held = {each for text in texts for each in find(text, text.lower())}
    return {each: 1.0 if " " in each else 2.0 for each in others if each in held}


def _days(sources: Iterable[Source], times: Iterable[Time], setting: Setting) -> Iterator[date]:
    """The days on which they were written, and those within times without a year that they name."""
    told = days_named(filter(has_no_year, times))
    for source in sources:
        written = day_of(source.created, setting.day_starts)
        yield written
        yield from (each.first for each in told(source.text, written))


def own_words(question: str, leans: Lean = ALONE) -> tuple[str, ...]:
    """The words of a question that say what it is about; none where it only says when.

    They are for what it finds: of the words of the time that it asks of, the texts of that time
    seldom hold one, and others do (*memo 7* is not of 7 May). Figures with units as others write
    them come last.
    """
    bare = NUMBER.sub(" ", question) if leans.words else question
    told = words_told(undated(bare))
    tells = says_when(question) or asks_what_was_said(question) or asks_newest(question)
    found = told if told or leans.words or tells else content_words(question)
    return (*dict.fromkeys(found), *units(found))


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


def _called(question: str) -> frozenset[str]:
    """What it calls by a name: with a capital letter, but not where a sentence begins."""
    found = {name.lower() for name in _NAME.findall(question)}
    return frozenset(found - CALENDAR)


_NAME = re.compile(r"(?<=[^\W_] |[,;:] )[A-Z][^\W\d_]*[^\WA-Z\d_][^\W\d_]*")


def words_beside(question: str, writers: Iterable[str]) -> list[str]:
    """The words that say what a question is about, but for names of *writers* and that they say."""
    said = {*names_in(question, writers), *_SAY}
    return [word for word in own_words(question) if word not in said]


_SAY = EMPTY | {"say", "said", "says", "tell", "told", "up"}


def weighed(question: str, leans: Lean) -> dict[str, float]:
    """The words of a question, and with less weight those that it takes from the talk.

    A letter in upper case is a ticker, as it stands: *is F a buy*.
    """
    tickers = set(_LETTER.findall(question))
    own = (word.upper() if word.upper() in tickers else word for word in own_words(question, leans))
    return {**leans.words, **dict.fromkeys(own, 1.0)}


_LETTER = re.compile(r"(?<!\S)[A-Z](?=[\s,.;:?!]|$)")
_MARKS = ".,;:!?()\"'“”‘’"


def _kinds(text: str) -> frozenset[str]:
    return frozenset(kind for shows, kind in _KINDS if shows.search(text))


def _parts(words: Iterable[str], names: Container[str] = ()) -> Iterable[str]:
    """Roots, *names* as they are; `self-care` is two words, as it is to the index, and so is each
    pair of a run."""
    for word in words:
        split = word.split("-") if word.replace("-", "").isalpha() else [word]
        yield from pieces(word) or (part if part in names else root(part) for part in split if part)


_LOOKS_BACK = re.compile(
    r"\b(?:did|have|had|was|were) (?:i|you|we|my|our)\b|"
    r"\b(?:i|we) (?:said|told|planned|decided|chose)\b|"
    r"\b(?:mentioned|summar\w+|how (?:many|much|long)|so far)\b"
)

_SAID = "suggest|recommend|advise|g[ai]ve|sa(?:id|y)|mention|propose|provide|explain|tell|told"
_MODELS = r"the (?:model|assistant|ai)|(?:chat)?gpt[\w.-]*|claude|gemini"
_ASKS_MODEL = re.compile(
    rf"\bdid you\b|\b(?:you|{_MODELS}) (?:{_SAID})\w*|"
    r"\byour (?:suggestion|advice|recommendation|answer|response|explanation)s?\b",
    re.IGNORECASE,
)
_ASKS_ME = re.compile(r"\b(?:i|my|(?<!tell )(?<!told )(?<!to )me|mine|we|our)\b", re.IGNORECASE)


def _about(question: str, writers: Set[str]) -> frozenset[str]:
    named = writers_named(question, writers - {YOU, MODEL})
    if _ASKS_MODEL.search(question):
        named.add(MODEL)
    elif _ASKS_ME.search(question):
        named.add(YOU)
    return frozenset(named)
