"""Whether a text holds what was typed to the letter: names, figures, tickers."""

from __future__ import annotations

import re
from functools import cache

from ledgernote.domain.text import folded, without_accents

FEW = 3
"""Letters that stand in every text."""


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
    if _stands(text, typed):
        return True
    if text.isascii() or not typed.isascii() or not _accents().search(text):
        return False
    return _stands(without_accents(text), typed)


def is_typed(text: str, typed: str, *, prefix: bool) -> bool:
    """Whether a text holds words just so, but for case and accents: no other form of them."""
    pattern = _as_typed(typed, prefix=prefix)
    # Most texts hold it in one case or another.
    return bool(pattern.search(text.lower()) or pattern.search(folded(text)))


@cache
def _as_typed(typed: str, *, prefix: bool) -> re.Pattern[str]:
    text = folded(typed)
    before, after = edges(text)
    before += r"(?<![^\W_])" if text[0].isalnum() else ""
    after += r"(?![^\W_])" if text[-1].isalnum() and not prefix else ""
    return re.compile(before + r"\s+".join(map(re.escape, text.split())) + after)


def _stands(text: str, typed: str) -> bool:
    """The pattern is tried only where its letters stand: to search for it takes ten times as long.

    The first letter may be a sign, of which there are two.
    """
    literal, inner, lower = literal_of(typed), typed[1:].lower(), text.lower()
    if len(inner) < FEW or len(lower) != len(text):
        return literal.search(text) is not None
    at = lower.find(inner, 1)
    while at > 0:
        if literal.match(text, at - 1):
            return True
        at = lower.find(inner, at + 1)
    return False


def held(typed: str, title: bytes | None, body: bytes | None) -> bool:
    """Whether one of the two does. For use in SQL, of thousands: most are not even decoded."""
    inner = _inner(typed)
    for raw in (title, body):
        may = raw and (inner in raw.lower() or not typed.isascii() or _has_accents(raw))
        if raw and may and holds(raw.decode("utf-8", "surrogateescape"), typed):
            return True
    return False


@cache
def _inner(typed: str) -> bytes:
    return typed[1:].lower().encode("utf-8", "surrogateescape")


def _has_accents(raw: bytes) -> bool:
    return not raw.isascii() and _accented().search(raw) is not None


@cache
def _accented() -> re.Pattern[bytes]:
    """The first bytes of what `_accents` finds, in UTF-8."""
    return re.compile(rb"[\xc3-\xc9\xcc\xcd]|\xe1[\xb8-\xbb]")


@cache
def _accents() -> re.Pattern[str]:
    return re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
