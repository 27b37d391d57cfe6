"""A chat in a real tmux: keys go in as tmux sends them, the screen comes out as text."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from repl.people import PATIENCE


class Tmux:
    """One tmux server with one pane, in which one program at a time runs."""

    def __init__(self, folder: Path, environ: Mapping[str, str], columns: int = 80) -> None:
        self._socket = folder / "tmux"
        self._environ = dict(environ)
        self._folder = folder
        size = ("-x", str(columns), "-y", "30")
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), "cat")
        self._tmux("set-option", "-s", "escape-time", "0")
        self._tmux("set-option", "-g", "status", "off")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *words],
            env=self._environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def runs(self, command: Sequence[str] | str) -> None:
        """Begin another program on a clear screen; below its last line it is said that it left.

        A command that is a text is one for the shell.
        """
        line = command if isinstance(command, str) else shlex.join(command)
        self._tmux("respawn-pane", "-k", "cat")
        self._tmux("send-keys", "-R")
        self._tmux("clear-history")
        where = ("-c", str(self._folder))
        self._tmux("respawn-pane", "-k", *where, f"{line}; echo left with $?; exec cat")

    def types(self, *keys: str) -> None:
        """Press keys one after the other: text, or the name of a key in angle brackets."""
        for key in keys:
            if key.startswith("<"):
                self._tmux("send-keys", key.strip("<>"))
            else:
                self._tmux("send-keys", "-l", "--", key)

    def pastes(self, words: str) -> None:
        """Paste as tmux does: in brackets where the program asked for them."""
        self._tmux("set-buffer", "--", words)
        self._tmux("paste-buffer", "-p", "-r")

    def screen(self) -> str:
        """What is on the screen now."""
        lines = self._tmux("capture-pane", "-p").splitlines()
        return "\n".join(line.rstrip() for line in lines).rstrip()

    def until(self, holds: Callable[[str], bool], what: str, seconds: float = PATIENCE) -> str:
        limit = time.monotonic() + seconds
        while not holds(screen := self.screen()):
            assert time.monotonic() < limit, f"never saw {what!r}; the screen:\n{screen}"
            time.sleep(0.02)
        return screen

    def sees(self, words: str) -> str:
        """Wait until *words* stand on the screen, as whole lines where they have several."""
        return self.until(lambda screen: words in screen, words)

    def resizes(self, columns: int, lines: int) -> None:
        """The window gets another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def close(self) -> None:
        self._tmux("kill-server")
