"""What a word or phrase is made of, for when the whole of it is nowhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ledgernote.domain import grams
from ledgernote.replay.query import STOP_WORDS


def parts(text: str) -> list[str]:
    """The pairs of letters of a run, the parts of `TSLA-2027`, `NVDA.O`; itself, where it has none.

    A letter alone, as in `d/patches`, is no part: it stands everywhere.
    """
    split = re.split(r"(?<=\w)[-/_^+=](?=\w)|(?<=[A-Z])\.(?=[A-Z]{1,2}\Z)", text)
    found = _telling(part for part in split if sum(map(str.isalnum, part)) > 1)
    return grams.pieces(text) or found or split


def words_of(text: str) -> list[str]:
    """The words of a phrase, and of what a mark glues: `copper,zinc`, `l'inflation`, `Powell's`.

    Figures and tickers are one word, whatever marks they hold.
    """
    words = [one for word in text.split() for one in _apart(owner_of(word) or word)]
    return _telling(words) or [text]


def _telling(words: Iterable[str]) -> list[str]:
    """Those that are no stop words; a ticker is none."""
    return [word for word in words if word.lower() not in STOP_WORDS or word.isupper()]


def owner_of(word: str) -> str:
    """Powell, of `Powell's`; nothing of other words."""
    found = re.fullmatch(r"(\w{2,})['’](?:s|m|re|ve|ll|d)", word, re.IGNORECASE)
    return found[1] if found else ""


def otherwise(word: str) -> str:
    """How others write it: Powell's as Powell, 60bp as `60 bp`, 5.250 as 5.25, v1.2.3 as 1.2.3.

    Also in a phrase, as far as figures go. Nothing of other words.
    """
    if any(map(str.isdigit, word)):
        words = word.split()
        if len(words) > 1:
            others = [words, joined(words), [otherwise(one) or one for one in words]]
            return next((" ".join(one) for one in others if one != words), "")
        if version := re.fullmatch(r"([vV])?(\d+(?:\.\d+){1,3})", word):
            if version[1]:
                return version[2]
            if version[2].count(".") > 1:  # else it is mostly no version
                return f"v{word}"
        unit = re.fullmatch(rf"({_FIGURE})({_UNIT})", word)
        long = re.fullmatch(r"(.*\d\.\d*[1-9])0+(%?)", word)
        return f"{unit[1]} {unit[2]}" if unit else f"{long[1]}{long[2]}" if long else ""
    return owner_of(word)


def longer(figure: str) -> list[str]:
    """A figure with zeros at its end, as others write it: 5.10% and 5.100% of 5.1%."""
    found = re.fullmatch(rf"({_SIGN}\d[\d,]*\.\d+)(%?)", figure)
    return [f"{found[1]}{zeros}{found[2]}" for zeros in ("0", "00")] if found else []


def units(words: Sequence[str]) -> tuple[str, ...]:
    """How others write figures with their units: `60 bp` of 60bp, `25bp` of 25 and bp.

    *words* are as often there as they are said: 25 bp or 50 bp.
    """
    there = set(words)
    apart = (re.fullmatch(rf"({_FIGURE})(?!(?:st|nd|rd|th)\Z)({_UNIT})", word) for word in words)
    together = (one for one in joined(words) if one not in there)
    spaced = (f"{unit[1]} {unit[2]}" for unit in apart if unit)
    return tuple(dict.fromkeys((*spaced, *together)))


def is_figure(word: str) -> bool:
    """Whether a unit may stand against it."""
    return re.fullmatch(_FIGURE, word) is not None


def joined(words: Sequence[str]) -> list[str]:
    """Words with each figure and the unit behind it as one: `25bp` of 25 and bp."""
    found: list[str] = []
    for word in words:
        unit = found and re.fullmatch(_UNIT, word)
        if unit and is_figure(found[-1]):
            found[-1] += word
        else:
            found.append(word)
    return found


def _apart(word: str) -> list[str]:
    if word.isupper():
        return [word]
    word = re.sub(r"^\w{1,2}['’](?=\w{3})", "", word)
    return re.split(r"(?<=[^\W\d_]{2})[^\w\s]+(?=[^\W\d_]{2})", word)


_SIGN = r"[-+−]?[$€£¥]?"
_FIGURE = rf"{_SIGN}\d[\d.,]*"
_UNIT = r"[^\W\d_]{1,4}"
