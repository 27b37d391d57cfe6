"""Runs the real command line in a process of its own, and holds what came of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import canary
import pexpect
import warm


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One finished command."""

    code: int
    stdout: bytes
    stderr: bytes

    def __post_init__(self) -> None:
        assert not canary.sings(self.stdout + self.stderr)

    @property
    def out(self) -> str:
        return self.stdout.decode("utf-8", "surrogateescape")

    @property
    def err(self) -> str:
        return self.stderr.decode("utf-8", "surrogateescape")

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def records(self) -> list[dict[str, Any]]:
        """stdout as JSON lines."""
        return [json.loads(line) for line in self.stdout.splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Runs the real command line in a process of its own."""

    env: Mapping[str, str]
    cwd: Path
    ledger: Path

    def __call__(
        self,
        *argv: str | bytes,
        stdin: str | bytes | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        """*stdin* None is /dev/null; else it is a pipe."""
        piped = stdin.encode("utf-8", "surrogateescape") if isinstance(stdin, str) else stdin
        environ, folder = {**self.env, **(env or {})}, cwd or self.cwd
        if forks := warm.running(environ):
            job = {"argv": [os.fsdecode(one) for one in argv], "env": environ, "cwd": str(folder)}
            return _forked(forks, job, piped)
        done = subprocess.run(
            [sys.executable, "-m", "ledgernote", *argv],
            input=piped,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=environ,
            cwd=folder,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    def at_terminal(self, command: str, rows: int = 40, **env: str) -> tuple[int, str]:
        """Exit code of a shell's command line at a terminal, and all that it printed there."""
        child = pexpect.spawn(
            "sh",
            ["-c", command.replace("ledgernote", f"{sys.executable} -m ledgernote")],
            env={**self.env, **env},
            cwd=str(self.cwd),
            dimensions=(rows, 80),
            timeout=30,
            encoding="utf-8",
        )
        child.expect(pexpect.EOF)
        child.close()
        return child.exitstatus, child.before

    def note(self, *argv: str, stdin: str | bytes | None = None) -> str:
        """Keep a note that must succeed; its handle."""
        ran = self("note", *argv, stdin=stdin)
        assert ran.code == 0, ran.err
        return ran.out.strip()


PATIENCE = 60
"""Seconds for one command."""


def _forked(forks: warm.Warm, job: warm.Job, stdin: bytes | None) -> Ran:
    """As subprocess.run does it."""
    reads, feed = os.pipe()
    out, writes_out = os.pipe()
    err, writes_err = os.pipe()
    if stdin is None:
        os.close(reads)
        reads = os.open(os.devnull, os.O_RDONLY)
    theirs = (reads, writes_out, writes_err)
    pid = forks.start({**job, "code": "", "terminal": False}, theirs)
    for descriptor in theirs:
        os.close(descriptor)
    killer = threading.Timer(PATIENCE, os.kill, (pid, signal.SIGKILL))
    killer.start()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(_write, feed, stdin or b"")
        stdout, stderr = pool.submit(_read, out), pool.submit(_read, err)
    _, status = os.waitpid(pid, 0)
    killer.cancel()
    code = os.waitstatus_to_exitcode(status)
    return Ran(code=code, stdout=stdout.result(), stderr=stderr.result())


def _write(descriptor: int, data: bytes) -> None:
    with suppress(BrokenPipeError), open(descriptor, "wb") as file:
        file.write(data)


def _read(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()
