"""What a question takes from the talk before it: "and the second one?" has no words of its own.

How much it leans is told by its words alone: few that say what it is about, one that points back,
an *and* at its start. What it leans on counts less than what it says itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledgernote.domain.frozen import field, frozen
from ledgernote.domain.grams import pieces
from ledgernote.domain.quoted import quotes_in
from ledgernote.replay.query import gist, telling_words
from ledgernote.replay.recipe import Answer, Block, Turn, Words
from ledgernote.replay.when import CALENDAR, says_when, undated

Exchange = tuple[str, str]
"""A question and its answer, either may be empty."""

LOOKED_BACK = 3
"""Exchanges of a thread that a question may lean on."""

_ASKED, _ITEM, _ANSWERED = 0.6, 0.9, 0.4
_FURTHER = 0.7  # an exchange further back, where the one between leans too
_LONGEST = 40  # words of an answer that are taken: it begins with what it is about


@frozen
class Lean:
    """What a question leans on."""

    words: Mapping[str, float] = field(default_factory=dict)
    """Words of the talk before, with their weights; a word of the question itself has 1."""
    on: tuple[str, ...] = ()
    """The questions that it leans on, the last first: they say when and whose it asks about."""


ALONE = Lean()


def said_in(blocks: Iterable[Block], words: Words) -> Iterator[tuple[str, str]]:
    """What was asked and answered in a context, oldest first: the kind, and the words."""
    for block in blocks:
        if isinstance(block, Turn) and block.question:
            yield "question", words(block.question.place)
        elif isinstance(block, Answer) and block.span:
            yield "answer", words(block.span.place)


def exchanges(talk: Iterable[tuple[str, str]]) -> list[Exchange]:
    """The last exchanges of a talk, oldest first; notes between are none."""
    found: list[Exchange] = []
    for kind, text in talk:
        if kind == "question":
            found.append((gist(text), ""))
        elif kind == "answer" and found:
            found[-1] = (found[-1][0], text)
    return found[-LOOKED_BACK:]


def lean(question: str, before: Sequence[Exchange]) -> Lean:
    """What *question* takes from the exchanges *before* it, oldest first."""
    strength = _strength(question)
    if not strength or not before:
        return ALONE
    asked, answered = before[-1]
    found: dict[str, float] = {}
    further = lean(asked, before[:-1])
    _take(found, further.words, strength * _FURTHER)
    own = set(telling_words(question))
    dated = says_when(question) or not own.isdisjoint(CALENDAR)
    words = telling_words(undated(asked) if dated else asked)
    _take(found, dict.fromkeys(words, _ASKED), strength)
    told = quotes_in(answered)
    if item := _item(question, "\n".join(told)):
        _take(found, dict.fromkeys(telling_words(item), _ITEM), strength)
    else:
        words = telling_words(_EVERYWHERE.sub(" ", "".join(told[:1])))[:_LONGEST]
        _take(found, dict.fromkeys(words, _ANSWERED), strength)
    return Lean(
        words={
            word: weight
            for word, weight in found.items()
            if word not in own and not (dated and word in CALENDAR)
        },
        on=(asked, *further.on),
    )


_EVERYWHERE = re.compile(
    r"(?<=\d )(?:[A-Z]{3}|[a-z]{1,2})(?!\w)|"
    r"(?<![\w$€£¥+−.,:/-])\d{1,2}(?:st|nd|rd|th)?(?!\w|%|[.,:/-]\w)"
)
"""Units behind figures, and figures of one or two digits: many texts hold them."""


def _take(found: dict[str, float], words: Mapping[str, float], strength: float) -> None:
    for word, weight in words.items():
        found[word] = max(found.get(word, 0.0), round(weight * strength, 3))


def _strength(question: str) -> float:
    """How much a question leans on what was said before, from 0 to 1."""
    words = [word for word in telling_words(question) if word not in EMPTY]
    telling = sum(max(1, len(pieces(word)) // 2) for word in words)
    if telling == 0:
        return 1.0
    if _GOES_ON.match(question):
        return 1.0 if telling <= 4 else 0.5
    if _points_back(question):
        return 1.0 if telling <= 4 else 0.5
    bare = len(question.split()) <= 3 and not _NAME.search(question)
    return 0.5 if telling == 1 and bare else 0.0


EMPTY = frozenset(("long", "far", "old", "soon", "sooner", "happen", "happened"))
"""Words that ask how much of something: of what, another word has to say."""

_GOES_ON = re.compile(
    r"\W*(?:and|but|or|so|then|also|(?:what|how) about|same for)\b", re.IGNORECASE
)
_POINTER = re.compile(
    r"\bit\b(?! (?:takes?|took|likely|possible)\b)|\bits\b|"
    r"\b(?:he|him|his|she|her|they|them|their|these|those)\b|"
    r"\b(?:this|that)(?=\W*$| (?:is|was|too|matter|mean|happen|change|work|true|so|again|much)\b)|"
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!were )\bthere\b|"
    r"\b(?:then|former|latter|the others?)(?=\W|$)|"
    r"\b(?:the|that|this|which|last|next|other) ones?\b(?! of)|"
    r"\b(?:first|second|third|fourth|fifth|the last|number (?:one|two|three|four|five|[1-5]))"
    r"(?=\W*$| \w+\W*$| (?:one|ever|do|does|did|get|have|had|in|at|on|of|and|is|was)\b)",
    re.IGNORECASE,
)
"""Words that point at what was said; not `it took`, `one of`, `the first sprint`."""

_NAME = re.compile(r"(?<=\S )[A-Z]\w")


def _points_back(question: str) -> bool:
    """Whether something in it points at what stands before it, not within it.

    In *what did Ines make and where is it* the pointer has found what it points at, and so it
    has behind a name.
    """
    pointer = _POINTER.search(question)
    if pointer is None:
        return False
    sooner = question[: pointer.start()]
    return not _NAME.search(sooner) and len(telling_words(sooner)) < 2


_PLACES = (
    ("first", "1st", "number (?:one|1)", "former"),
    ("second", "2nd", "number (?:two|2)"),
    ("third", "3rd", "number (?:three|3)"),
    ("fourth", "4th", "number (?:four|4)"),
    ("fifth", "5th", "number (?:five|5)"),
)
_LAST = ("last", "latter")
NUMBER = re.compile(r"\bnumber (?:one|two|three|four|five|[1-5])\b", re.IGNORECASE)
"""A place in a list; what holds the number itself is another thing."""
_LINE = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+(.+)$", re.MULTILINE)
_INLINE = re.compile(
    r"(?:^|\s)\(?(\d{1,2})[.)]\s+(.+?)[;,.]?(?=\s+\(?\d{1,2}[.)]\s|$)", re.MULTILINE
)
_SPELLED = re.compile(
    r"\b(?:first|second|third|fourth|fifth|then|one|two|three|four|five)(?:ly)?[,:]? ([^.;]+)",
    re.IGNORECASE,
)


def _item(question: str, answer: str) -> str:
    """What a question's ordinal names in the answer: of its list, else of what it counts up."""
    lower = question.lower()
    named = [
        place
        for place, names in enumerate(_PLACES)
        if any(re.search(rf"\b{name}\b", lower) for name in names)
    ]
    last = any(re.search(rf"\b{name}\b(?! \w+ (?:ago|year|month))", lower) for name in _LAST)
    if not named and not last:
        return ""
    items = _items(answer)
    place = named[0] if named else len(items) - 1
    return items[place] if 0 <= place < len(items) else ""


def _items(answer: str) -> list[str]:
    """What an answer lists; nothing where it lists nothing."""
    inline = _INLINE.findall(answer)
    counted = [item for at, (number, item) in enumerate(inline, start=1) if int(number) == at]
    for found in (_LINE.findall(answer), counted, _SPELLED.findall(answer)):
        if len(found) > 1:
            return [str(each) for each in found]
    for sentence in re.split(r"(?<=[.!?:])\s+", answer):
        parts = re.split(r",\s*(?:and|or)?\s*|\s+(?:and|or)\s+", sentence.strip(" .:!?"))
        if len(parts) > 1:
            return [part for part in parts if part]
    return []
