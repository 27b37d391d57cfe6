"""Manners of speech: what a text shows besides what it is about. English.

Words are looked for one by one: a pattern of many is tried at each letter, which takes ten times
as long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

BEGINNING = 2_000
"""Characters of a text in which manners of speech are looked for."""

BRACKETS = re.compile(r"\[\s*@[^\[\]\n]*\]")
"""In which an answer cites."""

FIRST = ("I", "my", "me", "we", "our", "My", "We", "Our")
WISHES = (
    *("always", "never", "prefer", "whenever", "when i ask", "from now on", "make sure"),
    *("instead of", "rather than", "i'd like", "i'd rather", "i would like", "i would rather"),
    "please",
)
PREFERENCES = (
    *("prefer", "rather than", "i'd rather", "would rather", "i chose", "i've chosen", "i like "),
    *("i love ", "i enjoy ", "i decided to", "i've decided", "i dislike ", "i hate "),
)
_TIMES = (
    *("today", "week", "year", "month", "yesterday", "tomorrow", "tonight", "ago", "since", "soon"),
    *("recently", "just", "morning", "evening", "night", "weekend", "birthday", "summer", "winter"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january"),
    *("february", "march", "april", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    *("dozen", "hundred", "thousand", "million", "billion", "once", "twice", "a couple"),
    *("dozens", "hundreds", "thousands", "millions", "billions"),
)
_EACH_TIME = ("when i ask", "whenever i ask", "from now on")
_RULE = re.compile(r"\W*(?:please )?(?:always|never) +\w")
_YEAR = re.compile(
    r"(?:1[5-9]|20)\d\d(?!\w)(?<!\w\d{4})(?:(?<![a-z]-\d{4})|(?<=mid-\d{4}))(?<!\d{3}-\d{4})"
)
"""No part of a telephone number, of a name (tsla-2027), and no other figure of four digits."""
_FIGURE = re.compile(r"\d+(?!\w)")
_NAME = re.compile(r"[A-Z][a-z](?<=[a-z,] ..)")


def holds_any(text: str, phrases: Sequence[str]) -> bool:
    """Whether any of *phrases* stands there, be it in the middle of a word."""
    for phrase in phrases:  # noqa: SIM110 - a third of the time that any() takes
        if phrase in text:
            return True
    return False


def holds_word(text: str, words: Sequence[str]) -> bool:
    """Whether any of *words* stands there by itself."""
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not (_is_of_word(text[at - 1 : at]) or _is_of_word(text[end : end + 1])):
                return True
            at = text.find(word, end)
    return False


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def names_time(lower: str) -> bool:
    """Whether a text in lower case names a time."""
    return holds_word(lower, _TIMES) or _YEAR.search(lower) is not None


def holds_number(lower: str) -> bool:
    """Whether a text in lower case holds a number, in figures or in words."""
    if holds_word(lower, _NUMBERS):
        return True
    starts = (match.start() for match in _FIGURE.finditer(lower))
    return not all(_is_of_word(lower[at - 1 : at]) for at in starts)


def holds_name(text: str) -> bool:
    """Whether a word with a capital stands in the middle of a sentence."""
    return _NAME.search(text) is not None


def gives_rule(lower: str) -> bool:
    """Whether a text in lower case says how a thing is to be done each time."""
    return _RULE.match(lower) is not None or holds_word(lower, _EACH_TIME)
