"""Words that the index of words takes for others: it cuts off endings, and *Ines* becomes *in*."""

from __future__ import annotations

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
