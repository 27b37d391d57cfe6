"""Lines that end at words, where a terminal would break them in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledgernote.render.escape import cells

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def wrapped(painted: str, width: int | None, indent: str = "") -> str:
    """One line of ours as lines of at most *width* columns; those below begin with *indent*.

    None wraps nothing. Only words that are wider than a line are left for the terminal to break.
    """
    if width is None or cells(_COLOUR.sub("", painted)) <= width:
        return painted
    return "\n".join(_lines(painted, width, indent))


def _lines(painted: str, width: int, indent: str) -> Iterator[str]:
    line, used = "", 0
    for space, word in re.findall(r"( *)([^ ]+)", painted):
        room = cells(_COLOUR.sub("", word))
        if line.strip() and used + len(space) + room > width:
            yield line
            line, used = indent + word, len(indent) + room
        else:
            line, used = line + space + word, used + len(space) + room
    yield line
