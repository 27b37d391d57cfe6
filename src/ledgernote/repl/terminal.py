"""The keyboard from start to exit: one input mode, whatever runs in between.

Between two prompts the terminal must neither echo nor translate: what is typed while an answer
streams then waits in its queue as it was typed, Enter as `\\r`, a paste in its brackets, and the
next prompt reads it. prompt-toolkit goes from this mode to its own raw one and back; it saves
what it finds, so it suffices to be there first.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

PASTE_ON, PASTE_OFF = b"\x1b[?2004h", b"\x1b[?2004l"
"""Bracketed paste: without it, pasted lines would be asked one by one."""

EVERY = 0.1
"""Seconds between two looks at what is typed while an answer comes."""

KEEPING = 2.0
"""Seconds that keeping what was said may take before another Ctrl-C breaks it off."""

Attributes = list[Any]
Handler = Callable[[int, FrameType | None], Any]


def keyboard() -> TextIO | None:
    """Where keys come from: stdin, or the terminal behind a pipe; None when there is none."""
    if sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        return sys.stdin
    try:
        # It stays open as long as the program: keys may come until the end.
        return Path("/dev/tty").open(encoding="utf-8")
    except OSError:
        return None


def ours(before: Attributes) -> Attributes:
    """*before* without echo, lines and translation; Ctrl-C interrupts, and spares the queue."""
    iflag, oflag, cflag, lflag, ispeed, ospeed, characters = before
    iflag &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF)
    lflag &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    # Else the kernel throws away, with Ctrl-C, all that was typed ahead.
    lflag |= termios.ISIG | termios.NOFLSH
    characters = list(characters)
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    return [iflag, oflag, cflag, lflag, ispeed, ospeed, characters]


def _drain(fd: int) -> bytes:
    """What was typed before we came; its Enters had been translated already."""
    found = b""
    while select.select([fd], [], [], 0)[0] and (more := os.read(fd, 4096)):
        found += more
    return found.replace(b"\n", b"\r")


class Mode:
    """The terminal's mode while we run; `paste` must be told again after every prompt."""

    def __init__(self, fd: int, screen: int) -> None:
        self._fd = fd
        self._screen = screen
        self._before = termios.tcgetattr(fd)
        self.ended = 0
        """The exit code, once a signal has ended the talk."""
        self.prompt_ends: Callable[[int], bool] = lambda _: False
        """Lets the prompt, if there is one, end with that exit code."""

    def enter(self) -> bytes:
        """Take the keyboard; gives what was typed before."""
        self.apply()
        return _drain(self._fd)

    def apply(self) -> None:
        """Set our mode, unless another program has the terminal now."""
        with suppress(OSError, termios.error):
            if self.is_ours():
                termios.tcsetattr(self._fd, termios.TCSANOW, ours(self._before))
        self.paste()

    def is_ours(self) -> bool:
        """Whether keys are typed for us, not for a shell that has us in the background."""
        try:
            return os.tcgetpgrp(self._fd) == os.getpgrp()
        except OSError:
            return False

    def paste(self) -> None:
        """Let pastes come in brackets; prompt-toolkit switches that off after each prompt."""
        with suppress(OSError):
            os.write(self._screen, PASTE_ON)

    def leave(self) -> None:
        """Put everything back as it was; what is still in the queue is the shell's."""
        # The terminal may be gone: then there is nothing to put back.
        with suppress(OSError, termios.error):
            os.write(self._screen, PASTE_OFF)
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def suspend(self, signum: int, _: FrameType | None) -> None:
        """Ctrl-Z while an answer streams: the shell gets its terminal, we get ours back."""
        self.leave()
        ignored = signal.signal(signum, signal.SIG_DFL)
        os.kill(os.getpid(), signum)
        signal.signal(signum, ignored)
        self.apply()

    def end(self, signum: int, _: FrameType | None) -> None:
        """Unwind as an exit does: the half answer is kept and the terminal restored.

        Once: a shell that goes away too sends the signal again while that is done.
        """
        if not self.ended:
            self.ended = 128 + signum
            if not self.prompt_ends(self.ended):
                raise SystemExit(self.ended)


@contextmanager
def held(fd: int, screen: int) -> Iterator[tuple[Mode, bytes]]:
    """Hold the keyboard *fd* (its screen is *screen*), and give it back in every case.

    Yields the mode and what was typed before it began.
    """
    mode = Mode(fd, screen)
    handlers: dict[int, Handler] = {
        signal.SIGTERM: mode.end,
        signal.SIGHUP: mode.end,
        signal.SIGQUIT: mode.end,
        signal.SIGTSTP: mode.suspend,
    }
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield mode, mode.enter()
    finally:
        mode.leave()
        for number, handler in previous.items():
            signal.signal(number, handler)


class Ahead:
    """Reads what is typed while an answer comes: a terminal that goes takes its queue along."""

    def __init__(self, take: Callable[[], None], mode: Mode) -> None:
        self._take, self._mode = take, mode
        self._free = threading.Lock()
        """Held by whoever reads the keyboard."""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Take what is typed, several times a second, as long as this lasts."""
        over = threading.Event()
        reader = threading.Thread(target=self._read, args=(over,), daemon=True)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()

    def paused(self) -> threading.Lock:
        """The keyboard is somebody else's while this is held."""
        return self._free

    def _read(self, over: threading.Event) -> None:
        while not over.wait(EVERY):
            with self._free:
                if self._mode.is_ours():
                    self._take()


class Early:
    """Ctrl-C between Enter and the turn that it is to stop: remembered, where raising it would
    lose the question."""

    def __init__(self, typed: Callable[[], bool]) -> None:
        self._typed = typed
        """Whether it came as a key, in the mode of the prompt."""
        self._pressed = False

    def listen(self) -> None:
        """The prompt comes: a Ctrl-C that is no key there is meant for what follows it."""
        self._pressed = False
        signal.signal(signal.SIGINT, self._press)

    def deaf(self) -> None:
        """What comes now is no turn: Ctrl-C stops it at once."""
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def pressed(self) -> bool:
        """Whether it was pressed; it counts once."""
        pressed, self._pressed = self._typed() or self._pressed, False
        return pressed

    def _press(self, signum: int, frame: FrameType | None) -> None:
        self._pressed = True


class Interrupts:
    """Ctrl-C during a turn: it raises once, and not before the question is committed.

    The ones after it would only break off the keeping of what was said. Until then the first is
    remembered and a second one raises; while a busy ledger is waited for, so does the first.
    """

    def __init__(self, *, early: bool = False) -> None:
        self._pressed = int(early)
        self._asked = False
        self._waits = False
        self._over = False
        self._raised = -KEEPING

    def __enter__(self) -> Interrupts:
        self._previous = signal.signal(signal.SIGINT, self._press)
        self._hook, sys.unraisablehook = sys.unraisablehook, self._swallowed
        return self

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook = self._hook
        signal.signal(signal.SIGINT, self._previous)

    def _swallowed(self, what: sys.UnraisableHookArgs) -> None:
        """Raised in a callback of an import or a finalizer, it goes nowhere: `check` raises it."""
        if not issubclass(what.exc_type, KeyboardInterrupt):
            self._hook(what)

    def check(self) -> None:
        """The turn goes on: raise what was swallowed, if anything was."""
        if self._asked and self._pressed and not self._over:
            raise KeyboardInterrupt

    def waits(self) -> None:
        """The ledger is busy, and the person has been told: no Ctrl-C is held back any more."""
        self._waits = True
        if self._pressed and not self._asked and not self._over:
            self._raised = time.monotonic()
            raise KeyboardInterrupt

    def asked(self) -> None:
        """The question is committed."""
        self._asked = True
        if self._pressed == 1:
            self._raised = time.monotonic()
            raise KeyboardInterrupt

    def over(self) -> None:
        """The turn has ended; what remains is only to say how."""
        self._over = True

    def _press(self, signum: int, frame: FrameType | None) -> None:
        self._pressed += 1
        again = time.monotonic() - self._raised > KEEPING
        if not self._over and again and self._pressed >= (1 if self._asked or self._waits else 2):
            self._raised = time.monotonic()
            raise KeyboardInterrupt
