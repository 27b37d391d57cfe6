"""Words that are not what the index of words takes them for, and figures that it does not know.

It cuts off endings, so that *Ines* becomes *in*; and 1,250.50 is three words to it.
"""

from __future__ import annotations

import re
from unicodedata import combining, normalize

ENDINGS = ("s", "es", "e", "ed", "ing")
SHORT = frozenset(
    # One long line of words reads better than sixty quoted ones.
    """
    all am an and any are as at be but by can did do few for get got had has he her him his how
    if in is it its let me my new no nor not now of off on one or our out own she so the to too
    up us was we who why you
    """.split()  # noqa: SIM905
)
"""Words that stand in most texts: what becomes one of them would be lost among them."""


def is_folded(word: str) -> bool:
    """Whether it may be another word than the index takes it for.

    Those are names, which come with a capital letter (*Marks*, no form of *mark*), and what
    becomes one of the shortest words (*Andes*, *news*). *cuts* and *rated* are none.
    """
    lower = word.lower()
    ended = [lower.removesuffix(ending) for ending in ENDINGS if lower.endswith(ending)]
    if not ended or lower in SHORT or not lower.isalpha():
        return False
    return word[0].isupper() or not SHORT.isdisjoint(ended)


def is_lost(word: str) -> bool:
    """Whether the index takes a word in lower case for one of the shortest: *Inés* is *in* to it.

    *used* is not: what it takes it for are its other forms, and hardly *us*.
    """
    bare = "".join(char for char in normalize("NFKD", word) if not combining(char))
    return is_folded(bare) and bare not in {"use", "used", "uses"}


def other_figure(text: str) -> str | None:
    """A figure with its thousands set apart, or no more so: 1250.50 as 1,250.50; None of others."""
    found = re.fullmatch(_FIGURE, text) if any(map(str.isdigit, text)) else None
    if found is None:
        return None
    plain = found[1].replace(",", "")
    apart = f"{int(plain):,}"
    other = {plain: apart, apart: plain}.get(found[1]) if len(plain) > 3 else None
    return other and f"{text[: found.start(1)]}{other}{text[found.end(1) :]}"


_FIGURE = r"[-+]?[$€£¥]?([1-9][0-9,]{3,20})(?:\.[0-9]+)?%?"
"""Not compiled while this is imported: most queries have no figure."""
