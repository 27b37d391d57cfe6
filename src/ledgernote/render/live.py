"""The part of the screen that may still change: the open block at the bottom.

Lines once settled are never written again. Only what differs from what stands there is
written, in one go and without clearing first, so that nothing flickers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rich.cells import cell_len

_SGR = re.compile(r"\x1b\[[0-9;]*m")
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"


class Live:
    """Repaints a few lines in place. *write* takes text for the terminal, *size* gives its
    columns and lines at the moment."""

    def __init__(self, write: Callable[[str], None], size: Callable[[], tuple[int, int]]) -> None:
        self._write = write
        self._size = size
        self._shown: list[str] = []
        self._width = 0

    def show(self, lines: Sequence[str]) -> None:
        """Put *lines* in place of what was shown last; of too many only the tail.

        What has scrolled off cannot be repainted, it would stand in the history twice.
        """
        width, height = self._size()
        # A line that turns out wider than we think must not wrap, or the count is off.
        self._replace(list(lines[-max(height - 1, 1) :]), width, _NO_WRAP, _WRAP)

    def settle(self, lines: Sequence[str]) -> None:
        """Put *lines*, all of them, in place of what was shown last, for good."""
        self._replace(list(lines), self._size()[0], "", "")
        self._shown = []

    def _replace(self, new: list[str], width: int, before: str, after: str) -> None:
        old = self._shown
        same = 0
        if width == self._width:
            for was, now in zip(old, new, strict=False):
                if was != now:
                    break
                same += 1
        if same == len(old) == len(new):
            return
        up = len(old) - same if width == self._width else _rows(old, width)
        parts = [f"\x1b[{up}A" if up else "", "\r" if old else ""]
        # Clearing after a full line would eat its last column, so each is cleared first.
        parts += [f"\x1b[2K{line}\n" if old else f"{line}\n" for line in new[same:]]
        # After a change of width old rows may stand anywhere below.
        if len(new) < len(old) or width != self._width:
            parts.append("\x1b[J" if old else "")
        self._write(before + "".join(parts) + after)
        self._shown, self._width = new, width


def _rows(lines: Sequence[str], width: int) -> int:
    """How many rows *lines* take on a screen that breaks them at *width*."""
    return sum(max(1, -(-cell_len(_SGR.sub("", line)) // width)) for line in lines)
