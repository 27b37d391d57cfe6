"""Text that sets no spaces between words, and symbols: what of it goes into an index of its own.

The index of words takes a run of Chinese for one word. Here two letters beside each other are one,
so that any two or more of a run are found; a Korean word is found within a longer one as well.
They are written in hexadecimal, so that no version of SQLite can see anything else in them.
"""

from __future__ import annotations

import re
from functools import cache

RUN = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    r"\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]+"
    r"|[\u2190-\u21ff\u2600-\u27bf\U0001f000-\U0001faff]"
)
"""A run of Thai, Lao, Burmese, Khmer, Chinese, Japanese or Korean; or an arrow, an emoji.

A step of the format was made with it: what is a run can never change.
"""


@cache
def _pattern() -> re.Pattern[str]:
    """Compiled when the first such text is met: most notebooks have none."""
    return re.compile(RUN)


def runs(text: str) -> list[str]:
    """The runs of a text, as they are compared."""
    if text.isascii():
        return []
    from unicodedata import normalize

    return _pattern().findall(normalize("NFKC", text))


def grams(raw: bytes | None) -> str | None:
    """What the index holds of a text; None when there is no run in it. For use in SQL."""
    if raw is None or raw.isascii():
        return None
    found = runs(raw.decode("utf-8", "ignore"))
    return " ".join(" ".join([*_pairs(run), _hex(run[-1])]) for run in found) or None


def phrase(text: str) -> str:
    """What to ask the index for to find all runs of a text; nothing when it has none."""
    return " AND ".join(
        f'"{_hex(run)}"*' if len(run) == 1 else f'"{" ".join(_pairs(run))}"' for run in runs(text)
    )


def pieces(text: str) -> list[str]:
    """The pairs of letters in the runs of a text, which stand for its words; none in other text."""
    return [run[at : at + 2] for run in runs(text) for at in range(max(1, len(run) - 1))]


def parts(word: str) -> list[str]:
    """A word with its runs apart: `CPI是多少` is two."""
    return [word] if word.isascii() else list(filter(None, re.split(f"({RUN})", word)))


def _pairs(run: str) -> list[str]:
    return [_hex(run[at : at + 2]) for at in range(len(run) - 1)]


def _hex(letters: str) -> str:
    return "".join(f"{ord(letter):05x}" for letter in letters)
