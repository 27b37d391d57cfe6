"""What was typed, looked for in the text itself: `--exact` takes no other form of a word."""

from __future__ import annotations

import re
from collections.abc import Callable

from ledgernote.domain import grams
from ledgernote.domain.entries import Term
from ledgernote.domain.literal import edges
from ledgernote.domain.text import folded
from ledgernote.ledger.search import bare_text, has_token


def as_typed(term: Term) -> Callable[[str], bool] | None:
    """Whether a text holds a term just so, but for case and accents; None where the index says."""
    text = folded(bare_text(term))
    if not has_token(text) or grams.runs(text):
        return None
    before = r"(?<![^\W_])" if text[0].isalnum() else ""
    after = r"(?![^\W_])" if text[-1].isalnum() and not term.prefix else ""
    beyond = edges(text)
    before, after = beyond[0] + before, beyond[1] + after
    pattern = re.compile(before + r"\s+".join(map(re.escape, text.split())) + after)

    def looked(text: str) -> bool:
        # Most texts hold it in one case or another; to take accents off costs ten times as much.
        return bool(pattern.search(text.lower()) or pattern.search(folded(text)))

    return looked
