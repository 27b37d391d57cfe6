"""Commands that need not import everything anew: a process that has done so, and forks for each.

What it forks is a process like any other, with streams, a terminal and an environment of its own,
and the caller's own child: only its imports are made already. A test of how the program starts
starts it itself, and where few tests are run all do: the first import pays for some ten of them.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

Job = dict[str, Any]
"""`argv` of the program or `code` of Python, `env`, `cwd`, and whether fd 0 is its `terminal`."""

_SUBREAPER = 36
"""Of prctl(2): who is left without a parent becomes a child of this process."""


class Warm:
    """The process that forks. Linux only."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, __file__, str(number)]
            self._process = subprocess.Popen(command, pass_fds=[number])

    def close(self) -> None:
        self._ours.close()
        self._process.wait()

    def start(self, job: Job, streams: Sequence[int]) -> int:
        """Fork for a job, with three descriptors as its streams; the pid of a child of ours."""
        data = json.dumps(job).encode()
        with self._lock:
            socket.send_fds(self._ours, [_number(len(data))], streams)
            self._ours.sendall(data)
            return int.from_bytes(_exactly(self._ours, 4))


_running: list[Warm] = []


def start() -> None:
    """From now on commands are forked, where that can be done."""
    if sys.platform == "linux":
        _running.append(Warm())


def stop() -> None:
    while _running:
        _running.pop().close()


def running(env: Mapping[str, str]) -> Warm | None:
    """The process that forks a command with *env*; None: it has to be started anew.

    It has to where *env* changes how Python itself begins.
    """
    same = all(os.environ.get(name) == env.get(name) for name in _AT_START)
    return _running[0] if _running and same else None


_AT_START = ("LC_ALL", "PYTHONCOERCECLOCALE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONWARNINGS")


def _number(value: int) -> bytes:
    return value.to_bytes(4)


def _exactly(stream: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += stream.recv(size - len(data)) or _gone()
    return data


def _gone() -> NoReturn:
    raise ConnectionError("the process that forks is gone")


# ---- in that process -----------------------------------------------------------------


def _serve(client: socket.socket) -> None:
    _import_all()
    while True:
        size, streams, _, _ = socket.recv_fds(client, 4, 3)
        if not size:
            return
        job = json.loads(_exactly(client, int.from_bytes(size)))
        client.sendall(_number(_forked(job, streams, client)))
        for stream in streams:
            os.close(stream)


def _import_all() -> None:
    """All that the program imports sooner or later, litellm's slow first call included."""
    import pkgutil

    import ledgernote
    from ledgernote.models.catalog import Known, choose
    from ledgernote.models.counter import count
    from ledgernote.models.remote import Remote

    for module in pkgutil.walk_packages(ledgernote.__path__, "ledgernote."):
        if not module.name.endswith("__main__"):
            __import__(module.name)
    count("a word")
    Remote(choose("openai/gpt-4o", Known(environ={})), {}).warm()


def _forked(job: Job, streams: Sequence[int], client: socket.socket) -> int:
    """Fork twice, so that the caller becomes the parent."""
    read, write = os.pipe()
    between = os.fork()
    if between == 0:
        pid = os.fork()
        if pid == 0:
            for descriptor in (read, write, client.detach()):
                os.close(descriptor)
            _become(job, streams)
        os.write(write, _number(pid))
        os._exit(0)
    os.waitpid(between, 0)
    pid = int.from_bytes(os.read(read, 4))
    os.close(read)
    os.close(write)
    return pid


def _become(job: Job, streams: Sequence[int]) -> NoReturn:
    import random
    import tempfile
    import time

    if job["terminal"]:
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    time.tzset()
    random.seed()
    tempfile.tempdir = None  # of the environment before
    sys.stdout.reconfigure(line_buffering=os.isatty(1))  # type: ignore[union-attr]
    _run(job)


def _run(job: Job) -> NoReturn:
    if job["code"]:
        sys.argv = ["-c"]
        exec(job["code"], {"__name__": "__main__"})
        os._exit(0)
    from ledgernote.cli.main import main

    sys.argv = ["ledgernote", *job["argv"]]
    main()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as client:
        _serve(client)
