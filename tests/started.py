"""The real command line as it is begun: beside the test, or at a terminal of its own.

Forked where that can be done (`warm`), which takes a fifth of the time or less.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pexpect
import warm
from ptyprocess import PtyProcess

LEAVING = 2
"""Seconds that a program has to leave when its terminal has gone, before it is killed."""
PROGRAM = (sys.executable, "-m", "ledgernote")


def job(args: Sequence[str | bytes], env: Mapping[str, str], cwd: object) -> warm.Job:
    """What to fork for a command of Python: the program, or `-c` and code."""
    words = [os.fsdecode(one) for one in args]
    is_code = words[1] == "-c"
    return {
        "argv": [] if is_code else words[3:],
        "code": words[2] if is_code else "",
        "env": dict(env),
        "cwd": str(cwd or Path.cwd()),
    }


class Beside(subprocess.Popen[Any]):
    """A command of `PROGRAM`; *env* has to be given."""

    def _execute_child(self, args: Any, *given: Any) -> None:
        cwd, env, pipes, apart = given[4], given[5], given[9:15], given[20]
        forks = warm.running(env)
        if forks is None:
            super()._execute_child(args, *given)  # type: ignore[misc]
            return
        theirs = (pipes[0], pipes[3], pipes[5])
        streams = [own if one == -1 else one for own, one in enumerate(theirs)]
        self.pid = forks.start({**job(args, env, cwd), "session": apart}, streams)
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


def beside(*argv: str | bytes, env: Mapping[str, str], **how: Any) -> Beside:
    """The command; its three streams are pipes unless *how* says otherwise."""
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return Beside([*PROGRAM, *argv], env=env, **{**streams, **how})


class Terminal(pexpect.spawn):  # type: ignore[misc]
    """A program at the other end of a terminal; a command of Python that is ours is forked."""

    def _spawnpty(self, args: list[str], **how: Any) -> PtyProcess:
        forks = warm.running(how["env"])
        if forks is None or args[0] != sys.executable:
            return PtyProcess.spawn(args, **how)
        person, program = pty.openpty()
        termios.tcsetwinsize(program, how.get("dimensions") or (24, 80))
        begun = job(args, how["env"], how["cwd"])
        pid = forks.start({**begun, "session": True, "terminal": True}, [program] * 3)
        os.close(program)
        return PtyProcess(pid, person)

    def close(self, force: bool = True) -> None:
        """Hang up, and wait no longer than the program takes to leave; pexpect sleeps first."""
        self.ptyproc.fileobj.close()
        end = time.monotonic() + LEAVING
        while self.isalive() and time.monotonic() < end:
            time.sleep(0.002)
        self.ptyproc.delayafterclose = 0
        super().close(force)
