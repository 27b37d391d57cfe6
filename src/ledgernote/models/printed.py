"""What a `key_command` prints: run once in a process, and ended with the talk that waits for it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import Lock, current_thread, main_thread

from ledgernote.domain.errors import ModelError
from ledgernote.domain.secrets import blanked, hold
from ledgernote.domain.waiting import waits

COMMAND = "key_command"
SECONDS = 120.0
"""A password manager may ask its owner first."""
LONGEST = 4_096


def may_be(key: str) -> bool:
    """Whether that is one word of a length that keys have."""
    return len(key) <= LONGEST and re.fullmatch(r"[!-~]+", key) is not None


def no_program(command: str) -> ModelError | None:
    """Why nothing can come of *command*, as far as that can be told without running it."""
    first = _PROGRAM.match(command)
    if not first or first[1] in _OF_THE_SHELL or _which(first[1]):
        return None
    # A key in its place is not to be repeated.
    named = f": {first[1]}" if first[1].replace("-", "").replace("/", "").isalpha() else ""
    return ModelError(
        f"{COMMAND} names a program that there is not{named}",
        f"ledgernote config set {COMMAND} 'op read …'; ledgernote keys set keeps a key",
    )


def _which(program: str) -> str | None:
    import shutil  # most people have no command

    # Path.expanduser raises for a user that there is not.
    return shutil.which(os.path.expanduser(program))  # noqa: PTH111


_PROGRAM = re.compile(r"\s*([\w.~/+-]+)(?=\s|$)")
"""Of a command that begins with one, and not with what only a shell understands."""
_OF_THE_SHELL = frozenset(
    """. : [ alias builtin case cd command echo eval exec export false for if printf pwd read set
    source test trap true type ulimit umask unset until while""".split()  # noqa: SIM905
)


_ONE = Lock()
"""Held while a command runs: who wants its key too waits for that one, and runs no second."""
_FAILURES: dict[tuple[str, str], tuple[str, str]] = {}
"""Command and provider → what was said, and the remedy, of a run that gave no key."""
_GROUPS: set[int] = set()
"""Process groups of the commands that run beside a talk."""


def printed(command: str, provider: str) -> str:
    """The first line that the command prints; it is run once in a process.

    Raises `ModelError`, without another run where it has failed since `anew`.
    """
    with _ONE:
        if failure := _FAILURES.get((command, provider)):
            raise ModelError(*failure)
        try:
            return _run(command, provider)
        except ModelError as error:
            _FAILURES[command, provider] = str(error), error.hint
            raise


def anew() -> None:
    """A person goes on, and may have mended what failed: it is run once more when it is needed."""
    _FAILURES.clear()


@contextmanager
def ending() -> Iterator[None]:
    """What runs beside the talk within this ends with it: nobody waits for its key any more."""
    try:
        yield
    finally:
        for group in tuple(_GROUPS):
            _end(group)


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@lru_cache(maxsize=32)
def _run(command: str, provider: str) -> str:
    if wrong := no_program(command):
        raise wrong
    waits()
    code, out, err = _output(command.replace("{provider}", provider), provider)
    key = out.decode("utf-8", "replace").partition("\n")[0].strip()
    if code or not key:
        why = err.decode("utf-8", "replace").strip().partition("\n")[0]
        told = f"exit {code}" if code else "it printed nothing"
        raise _failed(provider, blanked(f"{told}: {why}" if why else told))
    if not may_be(key):  # a message of its own, say; not repeated, since a key may stand in it
        raise _failed(provider, "what it printed is no key, which is one word")
    return hold(key)


def _output(line: str, provider: str) -> tuple[int, bytes, bytes]:
    """The exit code of a shell's command line, and what it has put on its two streams."""
    import subprocess  # most people have no command

    # Beside a talk, whose keyboard it is: a Ctrl-C there is not for the command.
    beside = current_thread() is not main_thread()
    with subprocess.Popen(
        line,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=beside,
    ) as process:
        if beside:
            _GROUPS.add(process.pid)
        try:
            out, err = process.communicate(timeout=SECONDS)
        except BaseException as error:
            _end(process.pid) if beside else process.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                # Not chained: what it holds of the output may be a key.
                raise _failed(provider, f"no end after {SECONDS:g} seconds") from None
            raise
        finally:
            _GROUPS.discard(process.pid)
    return process.returncode, out, err


def _failed(provider: str, why: str) -> ModelError:
    whose = f" for {provider}" if provider else ""
    return ModelError(
        f"{COMMAND} gave no key{whose}: {why}",
        "Run it by hand to see  (or go on without a model: -m offline)",
    )
