"""Numbers of tokens, as people write them."""

from __future__ import annotations

import re

from ledgernote.domain.errors import UsageError

_SIZES = {"": 1, "k": 1_000, "m": 1_000_000}


def tokens(text: str, what: str, least: int = 1) -> int:
    """`16000`, `16,000`, `16k`, `1.5M` as a number. Raises `UsageError`, which names *what*."""
    found = re.fullmatch(r"([0-9][0-9_,]*(?:\.[0-9]+)?)([kKmM]?)", text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no number of tokens", "Try 8000, 16k or 200k.")
    number = int(float(re.sub("[_,]", "", found[1])) * _SIZES[found[2].lower()])
    if number < least:
        raise UsageError(f"{what} is {least} or more tokens, not {text}", "Try 8000, 16k or 200k.")
    return number
