"""The real command line as it is begun: beside the test, or at a terminal of its own.

Forked where that can be done (`warm`), which takes a fifth of the time or less.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pexpect
import warm
from ptyprocess import PtyProcess

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
