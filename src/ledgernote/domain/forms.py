"""Words that are not what the index of words takes them for, and figures that it does not know.

It cuts off endings, so that *Ines* becomes *in*; and 1,250.50 is three words to it.
"""

from __future__ import annotations

import re

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

    Those are names, which come with a capital letter (*Marlow*, no form of *Marlowe*), and what
    becomes one of the shortest words (*Andes*, *news*, *one*). *cuts* and *rated* are none.
    """
    capital = word[0].isupper() and not word.isupper()
    named = capital and word.isalpha() and word.lower() not in SHORT
    return named or bool(short_forms(word))


def short_forms(word: str) -> tuple[str, ...]:
    """The other forms, and itself, of a word that becomes one of the shortest: *use*, *used*.

    What holds one of these is meant, not what holds *us*. Nothing for other words.
    """
    lower = word.lower()
    if not lower.isalpha():
        return ()
    ended = {lower.removesuffix(ending) for ending in ENDINGS if lower.endswith(ending)} & SHORT
    forms = {stem + ending for stem in ended for ending in (*ENDINGS, "ings", "er", "ers")}
    return tuple(sorted(forms - {min(ended, key=len, default="")}))


def other_figure(text: str) -> str | None:
    """A figure with its thousands set apart, or no more so: 1250.50 as 1,250.50; None of others."""
    found = re.fullmatch(_FIGURE, text) if any(map(str.isdigit, text)) else None
    if found is None:
        return None
    plain = found[1].replace(",", "")
    apart = f"{int(plain):,}"
    other = {plain: apart, apart: plain}.get(found[1]) if len(plain) > 3 else None
    return other and f"{text[: found.start(1)]}{other}{text[found.end(1) :]}"


_FIGURE = r"[-+]?[$€£¥]?([1-9][0-9,]{3,20})(?:\.[0-9]+)?(?:%|[A-Za-z]{1,4})?"
"""Not compiled while this is imported: most queries have no figure."""
