"""A short text taken apart: its words, its figures, the times that it names."""

from __future__ import annotations

import re
from functools import lru_cache

from ledgernote.domain.frozen import frozen
from ledgernote.replay.query import STOP_WORDS
from ledgernote.replay.roots import root
from ledgernote.replay.when import CALENDAR

SHORT = 400
"""Characters of a text, or a sentence, that states one thing."""
TELLING, SHARE = 2, 0.6
"""Words at least, and of the shorter one's, by which two texts are about the same."""


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


@lru_cache(maxsize=1024)  # what takes something back is compared with many
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
