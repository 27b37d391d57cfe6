"""The name that was meant by one that nothing has."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.domain.text import folded


def nearest(typed: str, names: Iterable[str]) -> str | None:
    """The name that differs in case and accents alone, else in a letter or two."""
    from difflib import get_close_matches  # seldom is anything mistyped

    known = {folded(name): name for name in names}
    close = get_close_matches(folded(typed), known, n=1)
    return known[close[0]] if close else None
