"""Writing a text in the editor: a private file, the editor on the terminal, the text."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ledgernote.domain.errors import UsageError


def edited(text: bytes, environ: Mapping[str, str]) -> bytes:
    """*text* as it stands when the editor has ended. Raises `UsageError`.

    An editor that fails leaves the file where it is, and the error names it.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR")
    with _terminal() as terminal:
        if command is None and terminal is None:
            raise UsageError("there is no terminal for an editor", "Pipe the text in instead.")
        descriptor, path = tempfile.mkstemp(prefix="ledgernote-", suffix=".md")
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
        try:
            # Through the shell's eyes: EDITOR="code --wait" has always worked.
            arguments = [*shlex.split(command or "vi"), path]
            code = subprocess.call(arguments, stdin=terminal, stdout=terminal)
        except (OSError, ValueError) as error:
            Path(path).unlink()
            raise UsageError(f"{command} cannot be started: {error}", "Set EDITOR.") from error
    if code:
        raise UsageError(
            f"the editor ended with {code}; nothing was kept", f"What you wrote is in {path}"
        )
    body = Path(path).read_bytes()
    Path(path).unlink()
    return body


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
