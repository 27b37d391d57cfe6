"""Writing a text in the editor: a private file, the editor on the terminal, the text."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ledgernote.domain.errors import UsageError


def edit(text: bytearray, environ: Mapping[str, str]) -> None:
    """Change *text* to what the editor leaves of it. Raises `UsageError`.

    Also when that or Ctrl-C ends it, *text* is what the file holds by then.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR")
    with _terminal() as terminal:
        if command is None and terminal is None:
            raise UsageError("there is no terminal for an editor", "Pipe the text in instead.")
        with _as_file(text) as path:
            try:
                # Through the shell's eyes: EDITOR="code --wait" has always worked.
                arguments = [*shlex.split(command or "vi"), path]
                with _deaf():
                    code = subprocess.call(arguments, stdin=terminal, stdout=terminal)
            except (OSError, ValueError) as error:
                told = f"{command or 'vi'} cannot be started: {error}"
                raise UsageError(told, "Set EDITOR.") from error
    if code:
        how = f"with {code}" if code > 0 else f"by signal {-code}"
        raise UsageError(f"the editor ended {how}; nothing was kept")


@contextmanager
def _as_file(text: bytearray) -> Iterator[str]:
    """The path of a private file that holds *text*, read back and removed in every case."""
    descriptor, path = tempfile.mkstemp(prefix="ledgernote-", suffix=".md")
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    try:
        yield path
    finally:
        with suppress(FileNotFoundError):  # removed in the editor: what was there first counts
            text[:] = Path(path).read_bytes()
            Path(path).unlink()


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C is for the editor alone. A handler, since the editor would inherit SIG_IGN."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _terminal() -> Iterator[int | None]:
    """The terminal itself, whatever the streams lead to; None when there is none."""
    try:
        descriptor = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
