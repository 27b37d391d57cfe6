"""What stands in standard input: whether to read it at all, and reading it without hanging."""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Callable, Iterator

STDIN = 0
PATIENCE = 1.0
"""Seconds after which a person is told what is waited for."""
CHUNK = 1 << 20


def is_given() -> bool:
    """Whether someone sends text: a pipe or a file. A terminal and /dev/null send none."""
    mode = os.fstat(STDIN).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def is_terminal() -> bool:
    """Whether a person sits there."""
    return os.isatty(STDIN)


def read(say: Callable[[str], None] | None = None) -> bytes:
    """All of standard input. *say* is told once when its end is long in coming."""
    pieces: list[bytes] = []
    begun = time.monotonic()
    while True:
        if say:
            left = begun + PATIENCE - time.monotonic()
            if left <= 0 or not select.select([STDIN], [], [], left)[0]:
                say("reading piped text; </dev/null to skip")
                say = None
        else:
            # Someone may have left the pipe in its non-blocking mode.
            select.select([STDIN], [], [])
        piece = os.read(STDIN, CHUNK)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def lines() -> Iterator[bytes]:
    """The lines of standard input as they come, without their ends."""
    with open(STDIN, "rb", closefd=False) as file:
        for line in file:
            yield line.rstrip(b"\r\n")


def rest(first: bytes) -> bytes:
    """A line and what follows it, for saving all of it."""
    return first + b"\n" + read()
