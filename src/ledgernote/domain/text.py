"""Bytes and text: what came in as bytes goes out as the same bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from math import floor, log10
from operator import methodcaller


def to_bytes(text: str) -> bytes:
    """*text* as kept. Lone bytes come back as they were; other lone surrogates are encoded."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that no byte stands for, e.g. from JSON
        return text.encode("utf-8", "surrogatepass")


to_text: Callable[[bytes], str] = methodcaller("decode", "utf-8", "surrogateescape")
"""Bytes as text; a byte that is no UTF-8 becomes a lone surrogate.

Not a function of Python: it is called for each text of each row that is read.
"""


def clean_name(name: str) -> str:
    """A name as it is kept: NFC, without control characters, trimmed."""
    plain = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", plain).strip()


def folded(text: str) -> str:
    """*text* as the index of words compares it: lower case, without accents."""
    return without_accents(text.lower())


def as_matched(text: str) -> str:
    """*text* in lower case as `re.IGNORECASE` compares it, to which ſ is an s and ı an i."""
    return text.lower().translate(_MATCHED)


_MATCHED = {ord("ſ"): "s", ord("ı"): "i", 0x307: ""}
"""Beside K, which has its k: İ is an i with a point in lower case."""


def without_accents(text: str) -> str:
    """*text* without the marks that the index of words takes off.

    Those are the accents of Latin letters, and what stands as a mark of its own. й, ά and آ are
    letters to it, and at the signs of Arabic, Hebrew and the scripts of India it parts words.
    """
    return text if text.isascii() else accents().sub(_bare, text)


@cache
def accents() -> re.Pattern[str]:
    """What `without_accents` looks at; compiled when the first such text is met: most have none."""
    return re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")


def _bare(found: re.Match[str]) -> str:
    first = unicodedata.normalize("NFD", found[0])[0]
    return "" if "\u0300" <= first <= "\u036f" else first


def dollars(amount: float) -> str:
    """`$1.50`; of less than ten cents the first two figures that tell, as in `$0.00023`."""
    places = 1 - floor(log10(amount)) if 0 < amount < 0.1 else 2
    whole, _, part = f"{amount:.{places}f}".partition(".")
    return f"${whole}.{part.rstrip('0').ljust(2, '0')}"
