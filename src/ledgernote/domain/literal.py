"""Whether a text holds what was typed to the letter: names, figures, tickers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ledgernote.domain.accents import without
from ledgernote.domain.text import accents, folded, to_bytes, to_text, without_accents


@lru_cache  # bounded: whoever serves many queries would keep them all
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
    return _stands(text, typed) or (typed.isascii() and _stands(_plain(text), typed))


def holds_one(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text holds one of several words, in lower case, likewise."""
    both = (one.lower() for one in (text, _plain(text)))
    # A pattern takes ten times as long to say no.
    return any(_one_of(words).search(one) for one in both if any(word in one for word in words))


@lru_cache
def _one_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


def _plain(text: str) -> str:
    """A text without its accents; nothing where it has none."""
    return without_accents(text) if not text.isascii() and accents().search(text) else ""


def is_typed(text: str, typed: str, *, prefix: bool) -> bool:
    """Whether a text holds words just so, but for case and accents: no other form of them."""
    pattern = _as_typed(folded(typed), prefix=prefix)
    # Most texts hold it in one case or another.
    if pattern.search(text.lower()) or pattern.search(folded(text)):
        return True
    bare = "" if typed.isascii() else without(folded(typed))
    return bool(bare) and _as_typed(bare, prefix=prefix).search(without(folded(text))) is not None


def typed(words: str, prefix: int, title: bytes | None, body: bytes | None) -> bool:
    """Whether a title or a text does. For use in SQL."""
    texts = (raw.decode("utf-8", "surrogateescape") for raw in (title, body) if raw)
    return any(is_typed(text, words, prefix=bool(prefix)) for text in texts)


@lru_cache
def _as_typed(text: str, *, prefix: bool) -> re.Pattern[str]:
    before, after = edges(text)
    before += r"(?<![^\W_])" if text[0].isalnum() else ""
    after += r"(?![^\W_])" if text[-1].isalnum() and not prefix else ""
    return re.compile(before + r"\s+".join(map(re.escape, text.split())) + after)


def _stands(text: str, typed: str) -> bool:
    """The pattern is tried only where its letters stand: to search for it takes ten times as long.

    A sign before them is left to the pattern, for there are two.
    """
    literal, sign, upper = literal_of(typed), typed[0] in "-−", typed.isupper()
    letters, among = (typed[sign:], text) if upper else (typed[sign:].lower(), text.lower())
    if len(among) != len(text):
        return literal.search(text) is not None
    at = among.find(letters)
    while at >= 0:
        if at >= sign and literal.match(text, at - sign):
            return True
        at = among.find(letters, at + 1)
    return False


def held(title: bytes | None, body: bytes | None, *typed: bytes) -> bool:
    """Whether one of the two holds each word. For use in SQL, of thousands: ASCII is not decoded.

    It is bytes as well, for SQLite hands over no text that is not UTF-8.
    """
    for word in typed:
        look = _looker(word)
        if not (body and look(body)) and not (title and look(title)):
            return False
    return True


@lru_cache
def _looker(typed: bytes) -> Callable[[bytes], bool]:
    text, upper = to_text(typed), typed.isupper()
    if text.startswith("−"):  # one of two signs for the same
        return _looker(to_bytes(f"-{text[1:]}"))
    if not typed.isascii():
        return lambda raw: not raw.isascii() and holds(to_text(raw), text)
    letters = typed.removeprefix(b"-")
    if not upper:
        letters = letters.lower()
    # The letters come first: what begins with a condition takes three times as long to look for.
    before = rb"(?<!\w%b)" % re.escape(letters) if letters[:1].isalnum() else b""
    after = rb"(?!\w)" if letters[-1:].isalnum() else b""
    alone = re.compile(re.escape(letters) + before + after)

    def look(raw: bytes) -> bool:
        if alone.search(raw if upper else raw.lower()):
            return holds(to_text(raw), text)
        return not raw.isascii() and _stands(_plain(to_text(raw)), text)

    return look
