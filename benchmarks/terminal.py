"""A program at a pseudo-terminal: what it shows, what is typed, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence

PROMPT = re.compile(rb"(?:^|[\r\n])>")
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][0-9A-B]|[=>])")
DRAWN = b"\x1b[?25h"
"""The cursor is shown again: all else has been drawn."""
LONGEST = 20.0
"""Seconds that anything may take."""


class Terminal:
    """Runs a command; `close` ends it."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], list(command), dict(environ) | {"TERM": "xterm-256color"})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._seen = b""
        self._answered = 0

    def close(self) -> None:
        """End it, by Ctrl-D first."""
        self.send("\x04")
        time.sleep(0.05)
        os.kill(self._pid, 9)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._fd, keys.encode())

    def read(self, seconds: float) -> bytes:
        """What comes next, at the latest after so long."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return b""
        fresh = os.read(self._fd, 65536)
        self._seen += fresh
        while self._answered < self._seen.count(b"\x1b[6n"):  # as a terminal: where the cursor is
            os.write(self._fd, b"\x1b[1;1R")
            self._answered += 1
        return fresh

    def until_prompt(self, shown: re.Pattern[bytes] = PROMPT) -> None:
        """Wait for the first prompt, or for what is *shown*."""
        while not shown.search(ESCAPES.sub(b"", self._seen)):
            if not self.read(LONGEST):
                raise SystemExit(f"no prompt in {LONGEST:g} seconds; the screen: {self._seen!r}")

    def until_quiet(
        self,
        seconds: float,
        and_then: Callable[[], bool] = lambda: True,
        at_least: float = 0.0,
    ) -> None:
        """Wait until nothing has been drawn for so long."""
        begun = time.perf_counter()
        while self.read(seconds) or not and_then() or time.perf_counter() < begun + at_least:
            if time.perf_counter() > begun + LONGEST:
                raise SystemExit(f"no end in {LONGEST:g} seconds; the screen: {self._seen!r}")

    def key(self, letter: str) -> float:
        """Type one letter; seconds until the screen is drawn with it, and then a pause."""
        begun, drawn = time.perf_counter(), b""
        self.send(letter)
        while DRAWN not in drawn:
            if not (fresh := self.read(LONGEST)):
                raise SystemExit(f"{letter!r} was not drawn; the screen: {self._seen!r}")
            drawn += fresh
        seconds = time.perf_counter() - begun
        time.sleep(0.01)
        self.read(0)
        return seconds
