"""Runs many commands without paying for litellm each time: a process that has it, and forks.

with Warm() as warm:
    warm(env, "ask", "so?")     → what `shell.Run` gives
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, Self

from shell import Ran

STREAMS = ("stdin", "stdout", "stderr")


class Warm:
    """The process from which each command is forked."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def __call__(self, env: Mapping[str, str], *argv: str, stdin: str | None = None) -> Ran:
        """Run one command, and wait for its end."""
        folder = Path(env["TMPDIR"])
        (folder / "stdin").write_text(stdin or "", "utf-8")
        job = {"env": dict(env), "argv": argv, "folder": str(folder), "piped": stdin is not None}
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(job), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        out, err = ((folder / name).read_bytes() for name in STREAMS[1:])
        return Ran(code=code, stdout=out, stderr=err)


def _run(job: Mapping[str, Any]) -> NoReturn:
    """In the child: be the command."""
    from ledgernote.cli.main import main

    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["folder"])
    modes = (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_TRUNC] * 2)
    for number, (name, mode) in enumerate(zip(STREAMS, modes, strict=True)):
        path = name if number or job["piped"] else os.devnull
        os.dup2(os.open(path, mode, 0o600), number)
    sys.argv = ["ledgernote", *job["argv"]]
    main()


def _serve() -> None:
    from ledgernote.models.catalog import Known, choose
    from ledgernote.models.remote import Remote

    Remote(choose("openai/gpt-4o", Known(environ={})), {}).warm()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _run(json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
