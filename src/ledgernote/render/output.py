"""Owns stdout and stderr. stdout is data, stderr is talk; nobody else writes to either.

A broken pipe is success: the reader has what it wanted. The first write into one raises
`BrokenOutput`, a SystemExit of 0, so that open turns and writes end as on any exit; stdout
then leads nowhere, and the interpreter's own last flush stays silent. stdout is buffered:
the edge calls `flush` before it leaves.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ledgernote.render.escape import escaped, visible
from ledgernote.render.look import Look
from ledgernote.render.wrap import wrapped

if TYPE_CHECKING:
    from ledgernote.render.pager import Page

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
# At a terminal JSON may hold none of these either; its own escapes mean the same to a reader.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class BrokenOutput(SystemExit):
    """Nobody reads stdout any more."""

    def __init__(self) -> None:
        super().__init__(0)


def color_allowed(*, no_color: bool, environ: Mapping[str, str]) -> bool:
    """Whether colour is wanted at all: not with --no-color, NO_COLOR or a dumb terminal."""
    return not (no_color or environ.get("NO_COLOR") or environ.get("TERM") == "dumb")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person may be looking at *stream*; a closed or missing one is none."""
    return stream is not None and not stream.closed and stream.isatty()


def as_bytes(text: str) -> bytes:
    """*text* as UTF-8; lone bytes come out as they went in, other surrogates as `\\ud800`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        safe = _NO_BYTE.sub(lambda match: escaped(match.group()), text)
        return safe.encode("utf-8", "surrogateescape")


class Output:
    """The two streams of one command, and how it was asked to speak.

    *color* says whether colour is allowed; each stream must be a terminal besides.
    """

    def __init__(
        self,
        *,
        json: bool = False,
        color: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        streams: tuple[TextIO | None, TextIO | None] | None = None,
    ) -> None:
        self.json = json
        self.quiet = quiet
        self.verbose = verbose
        self._out: TextIO | None
        self._err: TextIO | None
        self._out, self._err = streams or (sys.stdout, sys.stderr)
        self._status = ""
        self._page: Page | None = None
        self._later: list[str] = []
        """Talk that waits for the pager to end."""
        self.tty = is_terminal(self._out)
        self.talk_tty = is_terminal(self._err)
        moves = os.environ.get("TERM", "dumb") != "dumb"
        self.moves = self.tty and moves
        """The cursor of stdout's terminal can be moved; `talk_moves` the same of stderr's."""
        self.talk_moves = self.talk_tty and moves
        self.color = color and self.tty
        self.talk_color = color and self.talk_tty

    def look(self, *, now: datetime, me: str = "", talk: bool = False) -> Look:
        """How views are to look on stdout, or with *talk* on stderr."""
        tty, color = (self.talk_tty, self.talk_color) if talk else (self.tty, self.color)
        return Look(color=color, width=self.size()[0] if tty else None, now=now, me=me)

    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal, read anew each time; 80 by 24 when unknown."""
        for stream in (self._out, self._err):
            try:
                columns, lines = os.get_terminal_size(stream.fileno() if stream else -1)
            except (OSError, ValueError):
                continue
            if columns and lines:
                return columns, lines
        return 80, 24

    def data(self, text: str) -> None:
        """A line or more of data on stdout; at a terminal the caller has made it safe."""
        self.piece(text + "\n")

    def piece(self, text: str, *, flush: bool = False) -> None:
        """Data as it is, without a line end; *flush* when a reader waits for it."""
        if self._out is None:
            return
        with self._handing_over():
            self._put(text)
            if flush:
                self._out.flush()

    def body(self, parts: Iterable[bytes]) -> None:
        """A text into a pipe as it went in, part by part, its last line ended."""
        last = b""
        for last in parts:
            self._raw(last)
        if not last.endswith(b"\n"):
            self._raw(b"\n")

    def _raw(self, part: bytes) -> None:
        binary = getattr(self._out, "buffer", None)
        if binary is None:
            self.piece(part.decode("utf-8", "surrogateescape"))
            return
        with self._handing_over():
            binary.write(part)

    def _put(self, text: str) -> None:
        assert self._out is not None
        binary = getattr(self._out, "buffer", None)
        if self.tty or binary is None:
            # A lone byte may be a control code to a terminal that reads Latin-1.
            text = _SURROGATE.sub(lambda match: escaped(match.group()), text)
        if self._page is not None:
            self._page.put(text, as_bytes(text))
        elif binary is None:
            self._out.write(text)
        else:
            binary.write(as_bytes(text))

    @contextmanager
    def paged(self, command: str) -> Iterator[None]:
        """What is printed inside goes through a pager where it outgrows the screen.

        At a terminal only, and never JSON. Talk waits until the reader has left the pager; then
        the rest of the block is left out.
        """
        if not self.moves or self.json or command.strip() in {"", "cat"}:
            yield
            return
        from ledgernote.render.pager import Left, Page  # a pipe has none

        self.flush()
        page = self._page = Page(command, self.size())
        try:
            yield
        except Left:
            pass
        finally:
            held, self._page = page.end(), None
            self.piece(held.decode("utf-8", "surrogateescape"))
            later, self._later = self._later, []
            for text in later:
                self._tell(text)

    @contextmanager
    def _handing_over(self) -> Iterator[None]:
        """Nothing is handed over twice: what a full disk did not take would fail again."""
        try:
            yield
        except BrokenPipeError:
            self._silence()
            raise BrokenOutput from None
        except OSError:
            self._silence()
            raise

    def _silence(self) -> None:
        """Lead stdout nowhere, or the interpreter's last flush fails and exits 120."""
        assert self._out is not None
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._out.fileno())
            os.close(nowhere)
        except (OSError, ValueError):
            self._out = None

    def record(self, record: Mapping[str, object], *, flush: bool = False) -> None:
        """One JSON object on a line of its own, keys in the order given, always valid UTF-8."""
        import json

        line = json.dumps(record, ensure_ascii=False)
        pattern = _UNSAFE if self.tty else _SURROGATE
        line = pattern.sub(lambda match: f"\\u{ord(match.group()):04x}", line)
        self.piece(line + "\n", flush=flush)

    def flush(self) -> None:
        """Hand over what is buffered. Raises OSError when the disk behind stdout is full."""
        if self._out is None:
            return
        with self._handing_over():
            self._out.flush()

    def say(self, text: str) -> None:
        """Talk: what happened. Silent with --quiet."""
        width = self.size()[0] if self.talk_tty else None
        for line in visible(text).split("\n"):
            self.talk(wrapped(line, width))

    def detail(self, text: str) -> None:
        """Talk that only --verbose shows."""
        if self.verbose:
            self._tell(visible(text) + "\n")

    def talk(self, painted: str) -> None:
        """Talk that a view has painted and made safe. Silent with --quiet."""
        if not self.quiet:
            self._tell(painted + "\n")

    @property
    def is_heard(self) -> bool:
        """False where all talk is thrown away, as by a shell that completes a word."""
        try:
            told = os.fstat(self._err.fileno() if self._err else -1)
            return not os.path.samestat(told, Path(os.devnull).stat())
        except (OSError, ValueError):
            return True

    def warn(self, text: str) -> None:
        """What the reader must know although the command goes on; --quiet does not hide it."""
        self._tell(f"ledgernote: warning: {visible(text)}\n")

    def error(self, sentence: str, hint: str = "") -> None:
        """Why the command failed, and below it the remedy."""
        width = self.size()[0] if self.talk_tty else None
        lines = [f"ledgernote: {visible(sentence)}"]
        lines += [f"  {line}" for line in visible(hint).splitlines()]
        self._tell("".join(f"{wrapped(line, width, '  ')}\n" for line in lines))

    def status(self, painted: str) -> None:
        """Put a passing line on a terminal's stderr over the last one; empty takes it away."""
        if self.talk_moves and not self.quiet:
            self._tell(painted)
            self._status = painted

    def _tell(self, text: str) -> None:
        if self._page is not None:
            self._later.append(text)
            return
        # What was said before must stand before, also where both streams are one file.
        self.flush()
        if self._status:
            text, self._status = f"\r\x1b[2K{text}", ""
        if self._err is None:
            return
        try:
            self._err.write(_SURROGATE.sub(lambda match: escaped(match.group()), text))
            self._err.flush()
        except (OSError, ValueError):
            self._err = None  # nobody listens; the data still counts
