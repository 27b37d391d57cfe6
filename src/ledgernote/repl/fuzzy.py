"""How well a few typed letters fit a name. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 200
"""Characters of a text that are looked at."""


SCATTERED = 3
"""The rank of letters that stand apart."""


def fits(wanted: str, text: str) -> tuple[int, int] | None:
    """Where *wanted* stands in *text*, the smaller the better; None when it does not fit.

    At the beginning, at the beginning of a word, anywhere, and at last three letters or more
    in their order, close together.
    """
    wanted, text = wanted.casefold(), text[:LONGEST].casefold()
    at = text.find(wanted)
    if at == 0:
        return 0, 0
    if at > 0:
        return (2 if text[at - 1].isalnum() else 1), at
    if len(wanted) < 3:
        return None
    spans = [len(found[1]) for found in _spread(wanted).finditer(text)]
    return (SCATTERED, min(spans)) if spans and min(spans) <= 3 * len(wanted) else None


@lru_cache(maxsize=8)
def _spread(wanted: str) -> re.Pattern[str]:
    """The letters in their order; looking ahead finds the spans that overlap too."""
    return re.compile(f"(?=({'.*?'.join(map(re.escape, wanted))}))", re.DOTALL)
