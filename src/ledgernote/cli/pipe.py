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
MOST = 1 << 28
"""Bytes that are saved of a pipe which nobody has read; one without end would fill the memory."""


def is_given() -> bool:
    """Whether someone sends text: a pipe or a file. A terminal and /dev/null send none."""
    mode = os.fstat(STDIN).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def is_terminal() -> bool:
    """Whether a person sits there."""
    return os.isatty(STDIN)


def read(say: Callable[[str], None] | None = None, held: bytearray | None = None) -> bytes:
    """All of standard input. *say* is told once when its end is long in coming.

    What has come stands in *held* already, also when Ctrl-C ends the reading.
    """
    held = bytearray() if held is None else held
    begun = time.monotonic()
    try:
        while True:
            if say:
                left = begun + PATIENCE - time.monotonic()
                if left <= 0 or not select.select([STDIN], [], [], left)[0]:
                    say("reading piped text; </dev/null to skip")
                    say = None
            piece = _piece()
            if not piece:
                return bytes(held)
            held += piece
    except KeyboardInterrupt:
        if select.select([STDIN], [], [], 0)[0]:
            held += os.read(STDIN, CHUNK)  # what stands in the pipe would be lost with it
        raise


def rest() -> bytes:
    """What is left in a pipe whose command has failed, as far as it comes within a moment.

    A file that has a name stays where it is.
    """
    found, status = bytearray(), os.fstat(STDIN)
    if not stat.S_ISFIFO(status.st_mode) and (not is_given() or status.st_nlink):
        return b""
    end = time.monotonic() + PATIENCE
    while len(found) < MOST and (left := end - time.monotonic()) > 0:
        if not select.select([STDIN], [], [], left)[0] or not (piece := os.read(STDIN, CHUNK)):
            break
        found += piece
    return bytes(found)


def lines(held: bytearray | None = None, *, stays: bool = True) -> Iterator[bytes]:
    """The lines of standard input as they come, without their ends.

    A line *stays* in *held*, before what came after it, until the next one is asked for; or it
    is out of it when it is handed over.
    """
    held = bytearray() if held is None else held
    searched = 0
    while True:
        end = held.find(b"\n", searched)
        searched = len(held)
        if end < 0 and (piece := _piece()):
            held += piece
            continue
        end = end + 1 or len(held)
        if not held:
            return
        line = bytes(held[:end]).rstrip(b"\r\n")
        if not stays:
            del held[:end]
        yield line
        if stays:
            del held[:end]
        searched = 0


def _piece() -> bytes:
    """What comes next; empty at the end."""
    # Someone may have left the pipe in its non-blocking mode.
    select.select([STDIN], [], [])
    return os.read(STDIN, CHUNK)
