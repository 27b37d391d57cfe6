"""Where a question's words stand in a text, and the best run of sentences around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

LOW, HIGH = 176, 220
"""Tokens of an excerpt. LOW leaves 160 by cl100k when the counter counts a tenth more."""

_PIECE = 40  # tokens; LOW and one piece more stay within HIGH

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

    One compiled pattern, because splitting every text into stems takes ten times as long.
    """
    roots = sorted({root(word) for word in words}, key=lambda each: (-len(each), each))
    if not roots:
        return lambda _text: []
    either = "|".join(map(re.escape, roots))
    endings = "|".join(_ENDINGS)
    pattern = re.compile(rf"(?<![^\W_])({either})[a-z]?(?:{endings})?(?![^\W_])")
    return lambda text: pattern.findall(text.lower())


def matched(words: Iterable[str], text: str) -> tuple[str, ...]:
    """Those of *words* that stand in *text*, in any ending."""
    words = tuple(words)
    found = set(finder(words)(text))
    return tuple(word for word in words if root(word) in found)


def excerpt(text: str, words: Sequence[str], count: Callable[[str], int]) -> tuple[int, int]:
    """Start and end of the best run of whole sentences of LOW to about HIGH tokens.

    The best run holds the most of *words*, those that are rare in *text* counting more;
    then the earliest. A sentence of more than 40 tokens may be cut between words, and a
    word of more than 40 (base64, text without spaces) within.
    """
    pieces = _pieces(text, count)
    sizes = [count(text[start:end]) for start, end in pieces]
    find = finder(words)
    hits = [find(text[start:end]) for start, end in pieces]
    spread = Counter(each for found in hits for each in set(found))
    best, best_value = (0, len(pieces)), -1.0
    for first, last in _runs(sizes):
        inside = [each for found in hits[first:last] for each in found]
        value = sum(1 / spread[each] for each in set(inside)) + 0.01 * len(inside)
        if value > best_value + 1e-9:
            best, best_value = (first, last), value
    start, end = pieces[best[0]][0], pieces[best[1] - 1][1]
    shown = text[start:end]
    return start + len(shown) - len(shown.lstrip()), start + len(shown.rstrip())


def _runs(sizes: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The shortest run of LOW tokens from each piece on; the last ones reach back."""
    last, total = 0, 0
    for first, size in enumerate(sizes):
        while last < len(sizes) and total < LOW:
            total += sizes[last]
            last += 1
        if total < LOW:
            while first and total < LOW:
                first -= 1  # noqa: PLW2901
                total += sizes[first]
            yield first, last
            return
        yield first, last
        total -= size


_BREAK = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+|(?<=[。！？])|\n\s*")


def _pieces(text: str, count: Callable[[str], int]) -> list[tuple[int, int]]:
    """Sentences with the space behind them; none of more than 40 tokens."""
    edges = sorted({0, *(match.end() for match in _BREAK.finditer(text)), len(text)})
    sentences = zip(edges, edges[1:], strict=False)
    return [piece for start, end in sentences for piece in _halved(text, start, end, count)]


def _halved(text: str, start: int, end: int, count: Callable[[str], int]) -> list[tuple[int, int]]:
    if end - start < 2 or count(text[start:end]) <= _PIECE:
        return [(start, end)]
    middle = (start + end) // 2
    gaps = [gap.end() for gap in re.finditer(r"\s+", text[start:end])]
    inner = [start + gap for gap in gaps if start < start + gap < end]
    cut = min(inner, key=lambda at: abs(at - middle), default=middle)
    return _halved(text, start, cut, count) + _halved(text, cut, end, count)
