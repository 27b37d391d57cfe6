"""A real notebook for one test, a desk that remembers what was said, and a person at a terminal."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pexpect
import pyte
import pytest

from ledgernote.config import Settings
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.output import Output
from ledgernote.repl.session import Desk, Session

CHAT = """
import os, sys
from ledgernote.config import load
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl.loop import run
settings = load(os.environ, ledger=None, actor="ann")
book = Notebook.open(settings, create=True, say=print)
sys.exit(run(book, thread=os.environ.get("THREAD"), fresh="FRESH" in os.environ))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        ledger=tmp_path / "ledger.db",
        state=tmp_path / "state",
        config=tmp_path / "config.toml",
        actor="ann",
    )


@pytest.fixture
def notebook(settings: Settings) -> Iterator[Notebook]:
    book = Notebook.open(settings, create=True, say=lambda _: None)
    yield book
    book.close()


@pytest.fixture
def session(notebook: Notebook) -> Session:
    return Session(notebook=notebook, model=the_model(notebook, "offline"))


class Heard:
    """What a desk has put on its two streams, and what it was told to answer."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.answers: list[str] = []

    def desk(self) -> Desk:
        return Desk(Output(streams=(self.out, self.err)), self._choose)

    def _choose(self, question: str, answers: Mapping[str, str], default: str) -> str:
        return answers[self.answers.pop(0)] if self.answers else default

    @property
    def all(self) -> str:
        return self.out.getvalue() + self.err.getvalue()


@pytest.fixture
def heard() -> Heard:
    return Heard()


class Person:
    """Types into a real chat in a pseudo-terminal, and looks at its screen."""

    def __init__(self, environ: Mapping[str, str], columns: int = 80, shell: str = "") -> None:
        self._screen = pyte.Screen(columns, 24)
        self._stream = pyte.ByteStream(self._screen)
        command = [sys.executable, "-c", CHAT]
        if shell:
            command = ["/bin/sh", "-c", shell, sys.executable, CHAT]
        self.chat = pexpect.spawn(
            command[0], command[1:], env=dict(environ), dimensions=(24, columns), timeout=20
        )
        # It answers as a terminal does when it is asked where the cursor is.
        self._screen.write_process_input = self.chat.send

    def types(self, keys: str) -> None:
        self.chat.send(keys)

    def screen(self) -> str:
        """What is on the screen now."""
        while True:
            try:
                self._stream.feed(self.chat.read_nonblocking(65_536, timeout=0.05))
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                break
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def sees(self, words: str, seconds: float = 15) -> str:
        """Wait until *words* stand on the screen."""
        return self.until(lambda screen: words in screen, words, seconds)

    def until(self, holds: Callable[[str], bool], what: str, seconds: float = 15) -> str:
        limit = time.monotonic() + seconds
        while not holds(screen := self.screen()):
            assert time.monotonic() < limit, f"never saw {what!r}; the screen:\n{screen}"
        return screen

    def leaves(self) -> int:
        """Wait for the end; the exit code."""
        self.chat.expect(pexpect.EOF)
        self.chat.close()
        status = self.chat.exitstatus
        return status if status is not None else -self.chat.signalstatus


@pytest.fixture
def environ(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """No key, no settings of the machine's owner, a ledger of the test's own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "SHELL": "/bin/sh",
        "PYTHONUTF8": "1",
        "LEDGERNOTE_LEDGER": str(settings.ledger),
        "LEDGERNOTE_STATE": str(settings.state),
        "LEDGERNOTE_CONFIG": str(settings.config),
    }


@pytest.fixture
def person(environ: dict[str, str]) -> Iterator[Callable[..., Person]]:
    people: list[Person] = []

    def sit_down(**more: object) -> Person:
        columns = more.pop("columns", 80)
        shell = more.pop("shell", "")
        assert isinstance(columns, int)
        people.append(
            Person({**environ, **{k: str(v) for k, v in more.items()}}, columns, str(shell))
        )
        return people[-1]

    yield sit_down
    for one in people:
        one.chat.close(force=True)
