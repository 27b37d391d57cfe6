"""Who of those that write here a question names: *what did Jon say?*

A name that is a word as well (Will, May, Rose) is one where it is written as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ledgernote.domain.text import folded
from ledgernote.replay.query import STOP_WORDS
from ledgernote.replay.spans import MONTH


def writers_named(question: str, writers: Iterable[str]) -> set[str]:
    """Those of *writers* whom a question names, by any part of their names."""
    known = {who: _parts(who) for who in writers}
    said = {folded(name) for name in names_in(question, writers)}
    return {who for who, parts in known.items() if not said.isdisjoint(parts)}


def names_in(text: str, writers: Iterable[str]) -> set[str]:
    """The words of a text, in lower case, that name one of *writers*."""
    return {_bare(name[0]) for name in _names_in(text, writers)}


def nameless(text: str, writers: Iterable[str]) -> str:
    """A question without the names of those who write, unless it is nothing else.

    They say whose texts are asked for; in the texts they stand where others speak of them.
    """
    kept, end = [], 0
    for name in _names_in(text, writers):
        kept.append(text[end : name.start()])
        end = name.end()
    rest = " ".join("".join((*kept, text[end:])).split())
    return rest if re.search(r"\w", rest) else text


def _parts(name: str) -> set[str]:
    """What somebody may be called by: of *Bank of Estonia* nobody is called *of*."""
    parts = set(folded(name).split())
    return parts - (STOP_WORDS - _WORDS) or parts


def _bare(word: str) -> str:
    return re.sub(r"['’]s$", "", word.lower())


def _names_in(text: str, writers: Iterable[str]) -> Iterator[re.Match[str]]:
    parts = {part for who in writers for part in _parts(who)}
    for word in re.finditer(r"[^\W_]+(?:-[^\W_]+)*(?:['’]s\b)?", text):
        name = folded(_bare(word[0]))
        if name in parts and (name not in _WORDS or _as_a_name(text, word)):
            yield word


def _as_a_name(text: str, word: re.Match[str]) -> bool:
    """Whether a word that may be none is written as a name, and no month is meant."""
    start = word.start()
    before, after = (
        text[max(0, start - _LOOKED_BACK) : start],
        text[word.end() : word.end() + _LOOKED_BACK],
    )
    if not word[0][0].isupper() or _MONTH_BEFORE.search(before) or _DAY_AFTER.match(after):
        return False
    begins = _BEGINS.search(before) or (start == len(before) and not re.search(r"\w", before))
    return not begins or bool(_SAYS.match(after)) or word[0][-2:] in {"'s", "’s"}


_LOOKED_BACK = 20
"""Letters before and after a word that are looked at."""
_BEGINS = re.compile(r"[.?!:\n]\W*\Z")
_MONTH_BEFORE = re.compile(
    r"\b(?:in|on|by|during|from|to|since|after|before|until|till|through|the|last|this|next|early|"
    rf"mid|late|end of|between|(?:{MONTH}) (?:and|or)|\d+(?:st|nd|rd|th)?|"
    r"\d+(?:st|nd|rd|th)? of)[ -]\Z",
    re.IGNORECASE,
)
_DAY_AFTER = re.compile(r",? \d")
_SAYS = re.compile(r" (?:says?|said|wrote|writes|told|thinks|thought|and [A-Z])\b")
_WORDS = frozenset(
    """
    amber angel april ash august autumn basil bill bob brook carol chance chase chip clay cliff
    crystal dale dawn dean drew eve faith flora frank gene grace grant guy hazel heather holly hope
    iris ivy jack jasmine jay jean jewel joy june lance lily mark max may mercy miles nick olive
    page pat patience pearl penny pierce poppy price ray reed rich rob robin rose ruby rusty sage
    sandy sky stew sue summer van victor violet wade ward will wren
    """.split()  # noqa: SIM905
)
"""Names that are words too."""
