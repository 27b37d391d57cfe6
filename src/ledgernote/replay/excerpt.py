"""Where a question's words stand in a text, and the best run of sentences around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_ENDINGS = ("ings", "ing", "ied", "ies", "ers", "er", "ed", "es", "ly", "s", "d", "y", "e")


def root(word: str) -> str:
    """A lower-cased word without its ending: `planned`, `plans`, `planning` → `plan`."""
    word = word.removesuffix("'s").removesuffix("’s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeioulsz":
        word = word[:-1]
    return word


def finder(words: Iterable[str]) -> Callable[[str], list[str]]:
    """A function that lists the roots of *words* in a text, in the order they stand there.

    One compiled pattern instead of splitting every text into stems: about ten times
    faster on long answers.
    """
    roots = sorted({root(word) for word in words}, key=lambda each: (-len(each), each))
    if not roots:
        return lambda _text: []
    either = "|".join(f"{re.escape(each)}" for each in roots)
    endings = "|".join(_ENDINGS)
    pattern = re.compile(rf"(?<![^\W_])({either})[a-z]?(?:{endings})?(?![^\W_])")
    return lambda text: pattern.findall(text.lower())
