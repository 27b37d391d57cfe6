"""Bytes and text: what came in as bytes goes out as the same bytes."""

from __future__ import annotations

import unicodedata
from math import floor, log10


def to_bytes(text: str) -> bytes:
    """*text* as kept. Lone bytes come back as they were; other lone surrogates are encoded."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that no byte stands for, e.g. from JSON
        return text.encode("utf-8", "surrogatepass")


def to_text(raw: bytes) -> str:
    """*raw* as text; a byte that is no UTF-8 becomes a lone surrogate."""
    return raw.decode("utf-8", "surrogateescape")


def clean_name(name: str) -> str:
    """A name as it is kept: NFC, without control characters, trimmed."""
    plain = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", plain).strip()


def folded(word: str) -> str:
    """A word as the index compares it: lower case, without accents."""
    lower = word.lower()
    if lower.isascii():
        return lower
    split = unicodedata.normalize("NFKD", lower)
    return "".join(char for char in split if not unicodedata.combining(char))


def dollars(amount: float) -> str:
    """`$1.50`; of less than ten cents the first two figures that tell, as in `$0.00023`."""
    places = 1 - floor(log10(amount)) if 0 < amount < 0.1 else 2
    whole, _, part = f"{amount:.{places}f}".partition(".")
    return f"${whole}.{part.rstrip('0').ljust(2, '0')}"
