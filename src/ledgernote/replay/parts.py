"""The parts of a question: a list (*(a) … (b) …*, *1. … 2. …*, lines with dashes), or several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledgernote.domain.frozen import replace
from ledgernote.replay.kin import Scored
from ledgernote.replay.query import marks, telling_words
from ledgernote.replay.roots import places, root

LOOKED_AT = 100
"""Best rows among which the best of each part is looked for."""
_NEXT = re.compile(
    r"(?<=[?？])\s+|,? and (?=(?:who|whom|whose|what|when|where|which|why|how)\b)", re.IGNORECASE
)
"""Where another question begins."""


def parts(question: str) -> list[str]:
    """The items of a list in it, else its questions; one where there is but one."""
    found = marks(question)
    ends = [*(mark.start() for mark in found[1:]), len(question)]
    items = [question[mark.end() : end] for mark, end in zip(found, ends, strict=False)]
    return items or _NEXT.split(question)


def with_leads(question: str, rows: Sequence[Scored]) -> tuple[Scored, ...]:
    """The rows, given best first; of each part of a question the best one has room before others.

    Else a part that many match takes all the room.
    """
    asked = parts(question)
    leads = set(_leads(asked, rows[:LOOKED_AT])) if len(asked) > 1 else set()
    return tuple(replace(row, leads=True) if at in leads else row for at, row in enumerate(rows))


def _leads(asked: Sequence[str], rows: Sequence[Scored]) -> Iterator[int]:
    """Of each part the row that holds most of its words and matters most beside."""
    texts = [(row.source.text, row.source.text.lower()) for row in rows]
    for part in asked:
        words = dict.fromkeys(map(root, telling_words(part)))
        find = places(words)
        held = [len(set(find(*text))) / (len(words) or 1) for text in texts]
        best = max(range(len(rows)), key=lambda at: (held[at] + rows[at].score, -at), default=None)
        if best is not None and held[best]:
            yield best
