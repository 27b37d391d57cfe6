"""Where words stand in a text, in any ending."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from functools import lru_cache

from ledgernote.domain.accents import without
from ledgernote.domain.grams import pieces
from ledgernote.domain.text import folded, without_accents

_ENDINGS = ("ings", "ing", "ied", "ies", "ers", "er", "ed", "es", "ly", "s", "d", "y", "e")


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """A lower-cased word without its ending: `planned`, `plans`, `planning` → `plan`.

    What is left has its e again where it lost one: `hopes`, `hoping` → `hope`, which is no form of
    *hop*. A word in upper case is a ticker and has none.
    """
    if word.isupper():
        return word
    word = word.removesuffix("'s").removesuffix("’s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            if ending[0] in "ei" and ending not in _OF_Y and _HAD_E.fullmatch(word):
                return word + "e"
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1].isalpha() and word[-1] not in "aeioulsz":
        word = word[:-1]
    return word


_OF_Y = ("ied", "ies")
_HAD_E = re.compile(r"[^\W\d_aeiouy]+[aeiouy][^\W\d_aeiouyswx]")
"""One short syllable: of *hop* itself an ending doubles the p. Not of *gas*, *few* and *tax*."""


def places(
    roots: Iterable[str], names: Container[str] = frozenset()
) -> Callable[[str, str], list[str]]:
    """A function that lists the *roots* in a text, in any ending, as they stand there.

    *names* have none: Marlow is not Marlowe.

    It is given the text and the same in lower case. Each root is looked for by itself, and what
    follows it only then: one pattern for all is ten times as slow on long texts. Pieces of a run
    stand within it.
    """
    known = tuple(
        (
            each,
            each.isupper(),
            bool(pieces(each)),
            *((each, _END) if each in names else _looked_for(each)),
        )
        for each in roots
    )

    def find(text: str, lower: str) -> list[str]:
        found: list[tuple[int, str]] = []
        for each, as_it_stands, within, stem, ending in known:
            looked = text if as_it_stands else lower
            at = looked.find(stem)
            while at >= 0:
                end = at + len(stem)
                begins = within or not (at and looked[at - 1].isalnum())
                if begins and (within or ending.match(looked, end)):
                    found.append((at, each))
                at = looked.find(stem, end)
        found.sort()
        return [each for _, each in found]

    return find


_END = re.compile(r"(?![^\W_])")
"""The end of a word."""


@lru_cache(maxsize=256)
def _looked_for(root: str) -> tuple[str, re.Pattern[str]]:
    """How all forms of a root begin, and what may follow that.

    An ending, and before it a letter (*planned*, *grown*, *delays*); after two letters that is the
    last of them doubled, or an n: *gold* is no form of *go*. Of one with an e that or *ing*.
    """
    if root.isupper():
        return root, _END
    if root.endswith("e") and _HAD_E.fullmatch(root[:-1]):
        return root[:-1], _OF_E
    doubled = f"(?:{re.escape(root[-1:])}|n)?" if root[-1:] not in "aeiou" else "n?"
    letter = "[a-z]?" if len(root) > _SHORTEST else doubled
    return root, re.compile(rf"{letter}(?:{'|'.join(_ENDINGS)})?(?![^\W_])")


_OF_E = re.compile(rf"(?:e(?:r|rs|n|{'|'.join(_ENDINGS)})?|ings?)(?![^\W_])")
_SHORTEST = 2


@lru_cache(maxsize=256)
def finder(words: tuple[str, ...]) -> Callable[[str], list[str]]:
    """A function that lists the roots of *words* in a text; of a run its pieces."""
    find = places(dict.fromkeys(each for word in words for each in pieces(word) or [root(word)]))
    return lambda text: find(text, text.lower())


@lru_cache(maxsize=1024)  # what stands in a thread is looked at in each of its turns
def matched(words: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Those of *words* that stand in *text*, in its endings, accents aside; of a run what does."""
    both, shown = (_plain(text), without_accents(text)), list[str]()
    for word, bare, upper in _bare(words):
        stem, ending = _looked_for(bare)
        if not bare:
            shown += _shared(word, text)
        elif stem in both[upper]:  # most do not: a pattern for each takes ten times as long
            shown += _standing(word, stem, ending, both[upper])
    return tuple(dict.fromkeys(shown))


@lru_cache(maxsize=16)
def _bare(words: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """Each with its root, none of a run, and whether that is a ticker."""
    roots = ["" if pieces(word) else root(word) for word in words]
    bare = (without_accents(each) if each.isupper() else _plain(each) for each in roots)
    return [(word, one, one.isupper()) for word, one in zip(words, bare, strict=True)]


def _plain(text: str) -> str:
    """In lower case, without the accents of any script."""
    lower = folded(text)
    return lower if lower.isascii() else without(lower)


def _standing(word: str, stem: str, ending: re.Pattern[str], text: str) -> list[str]:
    """A word as it stands in a text: itself, else in the first other ending."""
    found = [
        text[match.start() : end.end()]
        for match in re.finditer(rf"(?<![^\W_]){re.escape(stem)}", text)
        if (end := ending.match(text, match.end()))
    ]
    return [word] if _plain(word) in found else found[:1]


def _shared(run: str, text: str) -> list[str]:
    """The parts of a run that stand in a text, the longest first."""
    parts = [""]
    for piece in pieces(run):
        longer = parts[-1] + piece[1:]
        if parts[-1].endswith(piece[0]) and longer in text:
            parts[-1] = longer
        else:
            parts.append(piece if piece in text else "")
    return sorted(filter(None, parts), key=len, reverse=True)
