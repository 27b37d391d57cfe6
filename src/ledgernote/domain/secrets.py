"""What a key looks like, and how a text is freed of keys before anybody reads it.

Every key that this process reads is held here, so that a text which repeats one, from wherever
it came, can be blanked without knowing whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BLANK = "[key]"

SHORTEST = 8
"""Characters from which a key is blanked within words too: some local servers take `x` for one,
and x stands in many words."""

_LOOKS = re.compile(
    r"\b(?:sk|pk|rk|gsk|csk|xai|pplx|nvapi|ghp|key)[-_][\w*.-]{6,}"
    r"|\bAIza[\w*-]{20,}|(?i:(?<=bearer )|(?<=bearer\t))\S+"
)
_STARTS = ("sk-", "gsk_", "xai-", "pplx-", "nvapi-", "ghp_", "AIza")
_SURELY = re.compile(
    r"\b(?:sk-|gsk_|xai-|pplx-|nvapi-|ghp_)(?=[\w-]*\d)[\w-]{16,}|\bAIza[\w-]{30,}"
)
_BEGINNINGS = (*_STARTS, "csk-", "fw_", "hf_", "tgp_v1_", "AQ.")
_RANDOM = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{12,}")
"""What no name has: letters and figures that are no words."""
_PASSWORD = re.compile(r"(?<=://)[^/?#\s]*@")
_ASKED = re.compile(r"(://[^?\s]*\?)[^\s\"']+")
_LOOKED_AT = 100_000
"""Characters of a text in which a key is looked for."""
_HELD: set[str] = set()


def hold(key: str) -> str:
    """Remember *key* until the process ends, so that `blanked` knows it; gives it back."""
    if key:
        _HELD.add(key)
    return key


def blanked(text: str, more: Iterable[str] = ()) -> str:
    """*text* without any key that was held, without *more*, and without what looks like a key."""
    # The longest first: a key may begin as another one does.
    for key in sorted({*_HELD, *more} - {""}, key=len, reverse=True):
        whole = re.escape(key) if len(key) >= SHORTEST else rf"(?<!\w){re.escape(key)}(?!\w)"
        text = re.sub(whole, BLANK, text)
    return _LOOKS.sub(BLANK, text)


def hidden(text: str) -> str:
    """*text* without what looks like a key, wherever a word of it does."""
    return re.sub(
        r"""[^\s,"'=|;]+""", lambda word: BLANK if is_key(word[0]) else word[0], blanked(text)
    )


def shown(address: str) -> str:
    """*address* without the name and password, or the ?query, that may stand in it."""
    return _ASKED.sub(r"\1…", _PASSWORD.sub("", address))


def holds_key(text: str) -> bool:
    """Whether a key stands in it, as far as that can be told by how keys begin."""
    said = text[:_LOOKED_AT]
    return any(start in said for start in _STARTS) and _SURELY.search(said) is not None


def is_key(word: str) -> bool:
    """Whether *word*, or what follows a provider in it, looks like a key and like no name.

    It is not to be repeated then.
    """
    name = word.partition("/")[2] or word
    return name.startswith(_BEGINNINGS) and "/" not in name and _RANDOM.search(name) is not None


def tail(key: str) -> str:
    """The last four characters, by which its owner knows a key; none of a short one."""
    return f"…{key[-4:]}" if len(key) >= 16 else "…"
