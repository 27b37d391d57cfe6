"""Whether a text holds what was typed to the letter: names, figures, tickers."""

from __future__ import annotations

import re
from functools import cache


@cache
def literal_of(text: str) -> re.Pattern[str]:
    """*text* as it was typed, not in the middle of a longer word or figure."""
    before, after = edges(text)
    before += r"(?<!\w)" if text[0].isalnum() else ""
    after += r"(?!\w)" if text[-1].isalnum() else ""
    flags = 0 if text.isupper() else re.IGNORECASE
    typed = f"[-−]{re.escape(text[1:])}" if text[0] in "-−" else re.escape(text)
    return re.compile(before + typed + after, flags)


def edges(text: str) -> tuple[str, str]:
    """What may not stand beside a figure: more of it, and a sign where none was typed."""
    begins = re.match(r"[$€£¥]?\.?\d", text)
    before = r"(?<!\d)(?<!\d[.,])(?<!\A[-+−])(?<![\s(][-+−])" if begins else ""
    return before, r"(?![.,]\d)" if text[-1].isdigit() else ""


def is_signed(text: str) -> bool:
    """Whether it is a figure that was typed with its sign."""
    return re.match(r"[-+−][$€£¥]?\.?\d", text) is not None


def holds(text: str, typed: str) -> bool:
    """Whether a text holds a word to the letter, case and accents that were not typed aside."""
    literal, inner = literal_of(typed), typed[1:].lower()  # after a sign, of which there are two
    if inner in text.lower() and literal.search(text):
        return True
    if text.isascii() or not typed.isascii() or not _accents().search(text):
        return False
    from unicodedata import normalize

    plain = re.sub("[\u0300-\u036f]+", "", normalize("NFKD", text))
    return inner in plain.lower() and literal.search(plain) is not None


def held(typed: str, *texts: bytes | None) -> bool:
    """Whether one of some texts does. For use in SQL."""
    return any(raw and holds(raw.decode("utf-8", "surrogateescape"), typed) for raw in texts)


@cache
def _accents() -> re.Pattern[str]:
    return re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
