"""What the offline model says of itself, around what it quotes: no words of a talk."""

from __future__ import annotations

import re

FOUND = "From the notebook (the offline model only quotes):"
QUOTES_ONLY = "I am the offline model: I only quote what you have kept."
NOTHING = "The notebook holds nothing on this yet."
GREETING = (
    "Hello. " + QUOTES_ONLY + " Ask about something in your notes, "
    "or keep a key for a model that can think: ledgernote keys set, in a talk /key"
)
# What stands behind a quote: what a reader must know of it, and its handle.
_BEHIND = re.compile(r"(?: \([^()\n]*\))? \[@\w+\]$", re.MULTILINE)


def quotes_in(answer: str) -> list[str]:
    """What an answer says of the matter: of one of the offline model a quote a line, best first."""
    if answer.startswith((NOTHING, GREETING)):
        return []
    if not answer.startswith(FOUND):
        return [answer]
    return _BEHIND.sub("", answer).splitlines()[1:]
