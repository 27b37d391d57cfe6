"""Accents, points and letters that the index of words takes for others than people type.

To it ό, ё and أ are letters of their own, and so are ł and ø; a word with Hebrew points or Arabic
vowels is many.
What people leave away when they type is put back: a word is asked for in each of its forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from unicodedata import normalize

ACCENTED = {
    **{"α": "ά", "ε": "έ", "η": "ή", "ι": "ίΐ", "ο": "ό", "υ": "ύΰ", "ω": "ώ"},
    **{"е": "ё", "ا": "أإآ"},
}
"""Letters, each with what it may be written as; one of a word is."""
PARTED = {"ι": "ϊ", "υ": "ϋ"}
"""The same after a vowel, also in a word that has another accent: Ευρωπαϊκή."""
LETTERS = {
    **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i"},
    **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"},
}
"""Letters of Latin that are no others with an accent, each with what is typed for it."""
LONGEST = 24
"""Letters of a word that is asked for in other forms than its barest."""


def forms(text: str) -> list[str]:
    """A word with and without its accents, in lower case; of several words only without.

    Nothing where no letter has any: what is asked for as it was typed is enough.
    """
    if text.isascii():
        return []
    lower = normalize("NFC", text).lower()
    plain = lower.translate(_bare())
    if plain == lower and not any(letter in plain for letter in ACCENTED):
        return []
    several = len(plain) > LONGEST or any(map(str.isspace, plain))
    return [plain] if several else list(dict.fromkeys((plain, lower, *_accented(plain))))


def without(text: str) -> str:
    """A text in lower case, and without what `forms` puts on a word."""
    return normalize("NFC", text).lower().translate(_bare())


def lettered(word: str) -> set[str]:
    """A word, in lower case, as it is written with one or two of `LETTERS`: łodz, of lodz."""
    once = _once_lettered({word})
    return once | _once_lettered(once)


def _once_lettered(words: set[str]) -> set[str]:
    return {
        _with(word, at, letter, len(plain))
        for word in words
        for letter, plain in LETTERS.items()
        for at in range(len(word))
        if word.startswith(plain, at)
    }


def _accented(plain: str) -> Iterator[str]:
    """Each form with one accent, and those in which a vowel is parted from the one before it."""
    parted = [_with(plain, at, PARTED[plain[at]]) for at in _after_vowels(plain)]
    for word in (plain, *parted):
        yield word
        for at, letter in enumerate(word):
            yield from (_with(word, at, other) for other in ACCENTED.get(letter, ""))


def _after_vowels(word: str) -> Iterator[int]:
    return (at for at in range(1, len(word)) if word[at] in PARTED and word[at - 1] in "αεηουω")


def _with(word: str, at: int, letter: str, length: int = 1) -> str:
    return f"{word[:at]}{letter}{word[at + length :]}"


@cache
def _bare() -> Mapping[int, str | None]:
    """Made when the first such text is met: most have none."""
    points = (*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C7)
    vowels = (0x640, *range(0x64B, 0x660), 0x670)
    letters = {ord(one): bare for bare, others in ACCENTED.items() for one in others}
    parted = {ord(one): bare for bare, one in PARTED.items()}
    latin = {ord(letter): plain for letter, plain in LETTERS.items()}
    return {**dict.fromkeys((*points, *vowels)), **letters, **parted, **latin, ord("ς"): "σ"}
