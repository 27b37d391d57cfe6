"""A desk that remembers what was said, and a person at a real terminal."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import canary
import pexpect
import pyte
from started import Terminal

from ledgernote.domain.turns import Model
from ledgernote.render.output import Output
from ledgernote.repl.session import Desk

CHAT = """
import os, sys
from ledgernote.config import load
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl.loop import run
settings = load(os.environ, ledger=None, actor="ann")
project = os.environ.get("PROJECT")
book = Notebook.open(settings, project=project, create=True, say=print)
try:
    code = run(book, thread=os.environ.get("THREAD"), fresh="FRESH" in os.environ)
except SystemExit as left:
    code = left.code
sys.stdout.flush()
os._exit(code)  # as the program ends too: nothing waits for what is still being loaded
"""


PATIENCE = 40
"""Seconds: where much else runs, the first answer of a talk alone takes fifteen."""


class Stream(io.StringIO):
    """A stream that is a terminal when it is told so."""

    terminal = False

    def isatty(self) -> bool:
        return self.terminal


class Heard:
    """What a desk has put on its two streams, and what it was told to answer."""

    def __init__(self) -> None:
        self.out, self.err = Stream(), Stream()
        self.answers: list[str] = []
        self.warmed: list[Model] = []

    def desk(self) -> Desk:
        return Desk(Output(streams=(self.out, self.err)), self._choose, self.warmed.append)

    def _choose(
        self, question: str, answers: Mapping[str, str], default: str, *, insists: bool = False
    ) -> str:
        return answers[self.answers.pop(0)] if self.answers else default

    @property
    def all(self) -> str:
        return self.out.getvalue() + self.err.getvalue()


class Seen(io.BytesIO):
    """All that has come to the screen, where no key may stand."""

    def write(self, data: Any) -> int:
        number = super().write(data)
        assert not canary.sings(self.getvalue()[-len(data) - 1_000 :])
        return number


class Cells(pyte.Screen):
    """The screen, which answers as a terminal does when it is asked where the cursor is."""

    def __init__(self, columns: int, lines: int, person: Person) -> None:
        super().__init__(columns, lines)
        self._person = person

    def write_process_input(self, data: str) -> None:
        self._person.types(data)


class Person:
    """Types into a real chat in a pseudo-terminal, and looks at its screen."""

    def __init__(
        self,
        environ: Mapping[str, str],
        columns: int = 80,
        shell: str = "",
        *,
        lines: int = 24,
        chat: str = CHAT,
    ) -> None:
        self._screen = Cells(columns, lines, self)
        self._stream = pyte.ByteStream(self._screen)
        command = [sys.executable, "-c", chat]
        if shell:
            command = ["/bin/sh", "-c", shell, sys.executable, CHAT]
        self.chat: Any = Terminal(
            command[0],
            command[1:],
            env=dict(environ),
            dimensions=(lines, columns),
            timeout=PATIENCE,
        )
        self.chat.logfile_read = Seen()
        self.chat.delayafterterminate = self.chat.ptyproc.delayafterterminate = 1

    def types(self, keys: str) -> None:
        self.chat.send(keys)

    def closes(self) -> None:
        """The window is closed; waits until the chat has noticed."""
        self.chat.ptyproc.fileobj.close()
        self.chat.closed = self.chat.ptyproc.closed = True
        while self.chat.isalive():
            time.sleep(0.01)

    def resizes(self, columns: int) -> None:
        """The window gets another width."""
        self._screen.resize(self._screen.lines, columns)
        self.chat.setwinsize(self._screen.lines, columns)

    def watches(self, seconds: float) -> None:
        """Let the time pass, whatever comes meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with suppress(pexpect.TIMEOUT):
                self._stream.feed(self.chat.read_nonblocking(65_536, timeout=left))

    def screen(self, quiet: float = 0.05) -> str:
        """What is on the screen when nothing has come for *quiet* seconds."""
        while True:
            try:
                self._stream.feed(self.chat.read_nonblocking(65_536, timeout=quiet))
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                break
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def sees(self, words: str, seconds: float = PATIENCE) -> str:
        """Wait until *words* stand on the screen."""
        return self.until(lambda screen: words in screen, words, seconds)

    def until(self, holds: Callable[[str], bool], what: str, seconds: float = PATIENCE) -> str:
        limit = time.monotonic() + seconds
        while not holds(screen := self.screen(quiet=0.02)):
            assert time.monotonic() < limit, f"never saw {what!r}; the screen:\n{screen}"
        return screen

    def leaves(self) -> int:
        """Wait for the end; the exit code."""
        self.chat.expect(pexpect.EOF)
        self.chat.close()
        return int(-1 if self.chat.exitstatus is None else self.chat.exitstatus)
