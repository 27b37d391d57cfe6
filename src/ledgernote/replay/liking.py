"""The order of hits for a person: what the words say, and what kind of thing it is.

Pure. A note that someone wrote says in a line what an answer says in a page; what was pinned or
tagged, someone has looked for before.
"""

from __future__ import annotations

from collections.abc import Collection

from ledgernote.domain.entries import Kind, Trait

KINDS = {Kind.NOTE: 1.2, Kind.QUESTION: 1.0, Kind.ANSWER: 0.9, Kind.SUMMARY: 0.9}
PINNED, TAGGED, SUPERSEDED = 1.3, 1.3, 0.7


def liked(score: float, trait: Trait, words: Collection[str]) -> float:
    """The score of a hit, two digits of it: of what is as good as alike the newer comes first."""
    score *= KINDS[trait.kind]
    score *= PINNED if trait.pinned else 1.0
    score *= TAGGED if any(tag.lower() in words for tag in trait.tags) else 1.0
    score *= SUPERSEDED if trait.superseded else 1.0
    return float(f"{score:.2g}")
