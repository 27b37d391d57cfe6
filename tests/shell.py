"""Runs the real command line in a process of its own, and holds what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import canary
import pexpect
from started import PROGRAM, Beside, Terminal, beside


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
        piping = subprocess.DEVNULL if stdin is None else subprocess.PIPE
        with self.begins(*argv, stdin=piping, env=env, cwd=cwd) as program:
            try:
                stdout, stderr = program.communicate(piped, PATIENCE)
            finally:
                program.kill()
        return Ran(code=program.returncode, stdout=stdout, stderr=stderr)

    def begins(
        self,
        *argv: str | bytes,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        **how: Any,
    ) -> Beside:
        """The command beside the test; its three streams are pipes unless *how* says otherwise."""
        return beside(*argv, env={**self.env, **(env or {})}, cwd=cwd or self.cwd, **how)

    def sits(self, *argv: str, rows: int = 30, columns: int = 100, **env: str) -> Terminal:
        """The command at a terminal of its own, before it has said anything."""
        return Terminal(
            PROGRAM[0],
            [*PROGRAM[1:], *argv],
            env={**self.env, **env},
            cwd=str(self.cwd),
            dimensions=(rows, columns),
            timeout=30,
            encoding="utf-8",
        )

    def at_terminal(self, command: str, rows: int = 40, **env: str) -> tuple[int, str]:
        """Exit code of a shell's command line at a terminal, and all that it printed there."""
        child = Terminal(
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
