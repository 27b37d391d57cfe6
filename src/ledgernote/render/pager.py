"""A pager for what outgrows the screen, with the manners of git's.

What is shown is held until it is longer than the screen; only then a program is started. Knows
nothing of what is shown: text comes safe and painted, and goes on as bytes.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import IO, TYPE_CHECKING

from ledgernote.render.escape import cells

if TYPE_CHECKING:
    from subprocess import Popen

MANNERS = {"LESS": "FRX", "LV": "-c"}
"""What less and lv are told where nobody told them anything: colours stay, the text stays."""
_PAINT = re.compile("\x1b\\[[0-9;]*[A-Za-z]")

_Handler = Callable[[int, FrameType | None], object] | int | None


class Left(BaseException):
    """The reader has left the pager: the rest need not be shown."""


class Page:
    """What one command shows at a terminal of some *size* (columns, lines)."""

    def __init__(self, command: str, size: tuple[int, int]) -> None:
        self._command = command
        self._columns, self._rows = size
        self._held: list[bytes] = []
        self._into: IO[bytes] | None = None
        self._program: Popen[bytes] | None = None
        self._interrupts: _Handler = None

    def put(self, text: str, body: bytes) -> None:
        """Take a piece, as text and as its bytes. Raises `Left`, and OSError of a failing pipe."""
        if self._into is None:
            self._held.append(body)
            # The prompt, which comes next, takes a line too.
            self._rows -= rows_of(text, self._columns, self._rows)
            if self._rows > 0 or not self._start():
                return
            body = b"".join(self._held)
            self._held = []
        assert self._into
        try:
            self._into.write(body)
        except BrokenPipeError:
            raise Left from None

    def _start(self) -> bool:
        """Start the pager; without one, all that comes is held and printed at the end."""
        if not is_there(self._command):
            self._rows = 1 << 62
            return False
        from subprocess import PIPE, Popen  # what fits the screen need not load it

        environ = {**MANNERS, **os.environ}
        self._program = Popen(self._command, shell=True, stdin=PIPE, env=environ)
        self._into = self._program.stdin
        # Ctrl-C is the pager's now: it stops a search in it, and must not leave it without us.
        self._interrupts = signal.signal(signal.SIGINT, signal.SIG_IGN)
        return True

    def end(self) -> bytes:
        """Wait until the reader has seen enough; gives what was never handed to a pager."""
        if self._program is None:
            return b"".join(self._held)
        try:
            with suppress(BrokenPipeError):
                assert self._into
                self._into.close()
            self._program.wait()
        finally:
            signal.signal(signal.SIGINT, self._interrupts)
        return b""


def is_there(command: str) -> bool:
    """Whether the program that a command names can be run."""
    import shlex
    from shutil import which

    try:
        words = shlex.split(command)
    except ValueError:
        return False
    named = [word for word in words if "=" not in word]
    return bool(named) and which(named[0]) is not None


def rows_of(text: str, columns: int, enough: int) -> int:
    """Lines that *text* takes on a screen of so many *columns*; not counted much past *enough*."""
    if (lines := text.count("\n")) >= enough:
        return lines
    shown = _PAINT.sub("", text)
    return sum(max(1, -(-cells(line) // columns)) for line in shown.split("\n")[:-1])
