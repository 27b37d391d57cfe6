"""The pieces of an answer, by number: its paragraphs and code blocks, from the top."""

from __future__ import annotations

import re

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_PARAGRAPH = re.compile(r" {0,3}(#{1,6}(\s|$)|([-*_]\s*){3,}$)")
"""A heading or a rule on a line of its own: nobody counts those."""


@frozen(kw_only=False)
class Piece:
    """A paragraph, a list or a code block."""

    text: str
    """As it stands, with its fences."""
    bare: str
    """What one pastes elsewhere: code without its fences."""


def pieces(text: str) -> list[Piece]:
    """What `/note 2` and `/copy 2` count: parted by empty lines, code blocks whole."""
    found: list[Piece] = []
    lines: list[str] = []
    fence = ""

    def close() -> None:
        if lines and not (len(lines) == 1 and _NO_PARAGRAPH.match(lines[0])):
            whole = "\n".join(lines)
            found.append(Piece(whole, whole))
        lines.clear()

    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            lines.append(line)
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                found.append(_code(lines))
                lines.clear()
                fence = ""
        elif mark:
            close()
            fence = mark[1]
            lines.append(line)
        elif line.strip():
            lines.append(line)
        else:
            close()
    if fence:  # cut off within it
        found.append(Piece("\n".join(lines), "\n".join(lines[1:])))
    else:
        close()
    return found


def _code(lines: list[str]) -> Piece:
    return Piece("\n".join(lines), "\n".join(lines[1:-1]))


def piece(text: str, number: int) -> Piece:
    """The piece of that number, from 1. Raises `UsageError`."""
    found = pieces(text)
    if not 1 <= number <= len(found):
        many = f"{len(found)} pieces" if len(found) != 1 else "one piece"
        raise UsageError(
            f"the last answer has {many}, no {number}",
            "A paragraph, a list and a code block are one each; headings are not counted.",
        )
    return found[number - 1]
