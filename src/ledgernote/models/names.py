"""Short names of models: `sonnet` for the newest of its family. Pure: names in, one name out.

A name is a family and a version: `claude-sonnet-4-6` is of the family {claude, sonnet}, and
`claude-sonnet-5-5` is newer. What is typed means the smallest family that has all of its words;
where several families are as small, nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from ledgernote.domain.frozen import frozen

_DATE = re.compile(
    r"(?<![0-9a-z])(?:20\d{6}|20\d\d-\d\d-\d\d|\d\d-20\d\d|[01]\d[0-3]\d|2\d[01]\d)\b"
)
_VERSION = re.compile(r"(?:(?<![0-9a-z])v|(?<![0-9]))\d+(?:\.\d+)?(?![0-9a-z])")
_NUMBERED = re.compile(r"(?<![0-9a-z])([a-z]{3,})(\d+)(?![0-9a-z])")
_SUFFIXES = frozenset({"latest", "preview", "exp", "experimental", "beta"})
"""Words of a name that say how old it is, or how ripe, and no family."""
_LATEST = (float("inf"),)

LETTERS = 3
"""From so many on they may stand for a word that they begin,"""
INSIDE = 4
"""and from so many on for one that they are a part of."""
MOST = 8
"""Candidates that are named at once."""


@frozen
class Name:
    """One model's name, read."""

    full: str
    words: frozenset[str]
    """All of it, in lower case; `llama3` is also a llama and a 3."""
    family: frozenset[str]
    version: tuple[float, ...]
    """The newer one is larger; a name without a number that says `latest` is the largest."""
    plain: bool
    """Neither a dated snapshot nor unripe: what people mean."""


@lru_cache(maxsize=8_192)
def read(full: str) -> Name:
    """`anthropic/claude-sonnet-4-5-20250929` as its family, its version and its age."""
    model = full.casefold().partition("/")[2] or full.casefold()
    undated = _DATE.sub(" ", model)
    numbers = tuple(float(found.lstrip("v")) for found in _VERSION.findall(undated))
    family = frozenset(_words(_VERSION.sub(" ", undated)))
    latest = "latest" in family
    unripe = family & _SUFFIXES - {"latest"}
    return Name(
        full=full,
        words=frozenset((*_words(full.casefold()), *_words(_NUMBERED.sub(r"\1 \2", model)))),
        family=family - _SUFFIXES,
        version=numbers or (_LATEST if latest else ()),
        plain=undated == model and not unripe,
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def newest(names: Iterable[Name]) -> list[Name]:
    """The newest of each family, in the order in which the families come."""
    families: dict[tuple[str, frozenset[str]], Name] = {}
    for one in names:
        key = (one.full.partition("/")[0], one.family)
        if key not in families or _age(families[key]) < _age(one):
            families[key] = one
    return list(families.values())


def _age(one: Name) -> tuple[bool, tuple[float, ...], int]:
    return one.plain, one.version, -len(one.full)


Fits = Callable[[list[str], Name], bool]
"""How what is typed may stand in a name."""


def whole(words: list[str], one: Name) -> bool:
    """Whether a name has all *words*, or holds them run together (`gpt5mini`)."""
    if one.words.issuperset(words):
        return True
    return len(words) == 1 and _run(words[0]) and words[0] in _together(one.full)


def begun(words: list[str], one: Name) -> bool:
    """Whether each of *words* is one of a name, or the first letters of one: `sonn`, `llama`."""
    return all(word in one.words or _begins(word, one.words) for word in words)


def inside(words: list[str], one: Name) -> bool:
    """Whether each of *words* stands in one of a name: `llama` in `tinyllama`, not in Ollama's."""
    return all(word in one.words or _is_inside(word, one.family) for word in words)


def apart(words: list[str], one: Name) -> bool:
    """Whether a name has the letters and figures of *words*, with other marks between or none."""
    parts = re.findall(r"[^\W\d_]+|\d+", " ".join(words))
    if sum(map(len, parts)) < INSIDE or not any(part.isalpha() for part in parts):
        return False
    # The figures are whole ones: `3` is not to mean 32.
    pattern = r"(?<!\d)" * parts[0].isdigit() + r"[\W_]*".join(parts) + r"(?!\d)"
    return re.search(pattern, one.full.casefold()) is not None


WIDER: tuple[Fits, ...] = (begun, inside, apart)
"""The ways that are tried where no name has the words themselves, the closest first."""


def meant(typed: str, names: Iterable[str], fits: Fits = whole) -> list[str]:
    """The names that *typed* may mean: one is the answer, none is no such name.

    *names* stand in order of preference: of two equal ones the first counts.
    """
    families = newest(_fitting(typed, names, fits))
    least = [
        one
        for one in families
        if not any(other.family < one.family for other in families)
        and not any(other.family == one.family for other in families[: families.index(one)])
    ]
    return [one.full for one in least]


def all_meant(typed: str, names: Iterable[str], fits: Fits = whole) -> list[str]:
    """The newest of every family that *typed* fits, of whatever size, once for each provider.

    The smallest family comes first; whose whole name it is goes before all others.
    """
    found = _fitting(typed, names, fits)
    called = [
        one.full for one in found if one.full.casefold().partition("/")[2] == typed.casefold()
    ]
    families: dict[tuple[str, frozenset[str]], Name] = {}
    for one in newest(found):
        key = one.full.partition("/")[0], frozenset(filter(str.isalpha, one.family))
        families[key] = max(families.get(key, one), one, key=_age)
    return called or [families[key].full for key in sorted(families, key=lambda key: len(key[1]))]


def _fitting(typed: str, names: Iterable[str], fits: Fits) -> list[Name]:
    words = _words(typed.casefold())
    return [one for one in map(read, names) if fits(words, one)] if words else []


def _begins(word: str, words: Iterable[str]) -> bool:
    # A figure is a version or a day: `2` is not to mean 2025.
    return len(word) >= LETTERS and word.isalpha() and any(one.startswith(word) for one in words)


def _is_inside(word: str, words: Iterable[str]) -> bool:
    if len(word) < INSIDE:
        return _begins(word, words)
    return word.isalpha() and any(word in one for one in words)


def _run(word: str) -> bool:
    """Letters and figures: no single word of a name, which has them apart."""
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def _together(full: str) -> str:
    return "".join(_words(full.casefold().rpartition("/")[2]))
