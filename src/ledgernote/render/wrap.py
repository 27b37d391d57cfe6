"""Lines that end at words, where a terminal would break them in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledgernote.render.escape import cells

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def wrapped(painted: str, width: int | None, indent: str = "", *, breaks: bool = False) -> str:
    """One line of ours as lines of at most *width* columns; those below begin with *indent*.

    None wraps nothing. A word that is wider than a line is left for the terminal to break, so
    that it can be copied; or it *breaks* here, as text without spaces must to keep its indent.
    """
    if width is None or cells(_COLOUR.sub("", painted)) <= width:
        return painted
    return "\n".join(_lines(painted, width, indent, breaks=breaks))


def _lines(painted: str, width: int, indent: str, *, breaks: bool) -> Iterator[str]:
    line, used = "", 0
    for space, word in re.findall(r"( *)([^ ]+)", painted):
        room = cells(_COLOUR.sub("", word))
        if breaks and room > width - len(indent):
            *full, line = _broken(line + space + word, width, indent)
            yield from full
            used = cells(_COLOUR.sub("", line))
        elif line.strip() and used + len(space) + room > width:
            yield line
            line, used = indent + word, len(indent) + room
        else:
            line, used = line + space + word, used + len(space) + room
    yield line


def _broken(line: str, width: int, indent: str) -> Iterator[str]:
    """A line cut wherever it is full, never within a colour."""
    begun, used = "", 0
    for piece in re.findall(r"\x1b\[[0-9;]*m|.", line):
        room = 0 if len(piece) > 1 else cells(piece)
        if used + room > width and begun.strip():
            yield begun
            begun, used = indent, len(indent)
        begun, used = begun + piece, used + room
    yield begun
