"""Commands that need not import everything anew: a process that has done so, and forks for each.

What it forks is a process like any other, with streams, a terminal and an environment of its own,
and the caller's own child: only its imports are made already, and what is made once in a process.
A test of how the program starts starts it itself, and where few tests are run all do: the first
import pays for some ten of them.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

Job = dict[str, Any]
"""`argv` of the program or `code` of Python, `env`, `cwd`, whether it begins a `session` of its
own, and whether fd 0 is its `terminal` in that."""

_CLONE_PARENT = 0x8000 | signal.SIGCHLD
"""Of clone(2): the child's parent is the parent of who calls."""

_COLLAPSE = 25
"""Of madvise(2): put what stands there into huge pages."""


class Warm:
    """The process that forks. Linux only."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, __file__, str(number)]
            nowhere = subprocess.DEVNULL
            self._process = subprocess.Popen(
                command, pass_fds=[number], stdin=nowhere, stdout=nowhere
            )

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


_CLONE = {"x86_64": 56, "aarch64": 220}
"""The number of clone(2), by machine."""


def start() -> None:
    """From now on commands are forked, where that can be done."""
    if sys.platform == "linux" and platform.machine() in _CLONE:
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
    _call_all()
    _collapse()
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
    from ledgernote.models.served import Remote

    for module in pkgutil.walk_packages(ledgernote.__path__, "ledgernote."):
        if not module.name.endswith("__main__"):
            __import__(module.name)
    count("a word")
    Remote(choose("openai/gpt-4o", Known(environ={})), {}).warm()


def _call_all() -> None:
    """What is made at a first call: patterns, and the code that makes frozen values."""
    import tempfile

    from ledgernote.cli.main import run

    with tempfile.TemporaryDirectory() as folder:
        names = ("HOME", "LEDGERNOTE_STATE", "LEDGERNOTE_LEDGER", "LEDGERNOTE_CONFIG")
        environ = {name: f"{folder}/{name}" for name in names} | {"LEDGERNOTE_EMBEDDER": "none"}
        for line in _CALLS:
            code = run(["--quiet", "--as", "ann", *line.split()], environ)
            if code:
                raise RuntimeError(f"{line} exits {code}")


_CALLS = (
    *("note a rate of 5.25% and BRK.B", "note -t c++ the rate", "ask the rate? -m offline"),
    *("ask why? -c -m offline", "find rate -c++", "show @last", "log --json", "undo"),
)


def _collapse() -> None:
    """Memory in huge pages has a map a hundredth as long, and a fork copies the map.

    Where the kernel does not know how, each command takes some 10 ms more.
    """
    madvise, huge = ctypes.CDLL(None).madvise, 2 << 20
    for line in Path("/proc/self/maps").read_text().splitlines():
        where, access, *rest = line.split()
        if access == "rw-p" and (len(rest) == 3 or rest[3] == "[heap]"):
            begin, end = (int(place, 16) for place in where.split("-"))
            begin, end = -(-begin // huge) * huge, end // huge * huge
            if begin < end:
                madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _COLLAPSE)


def _forked(job: Job, streams: Sequence[int], client: socket.socket) -> int:
    """Fork a child of the caller's: os.fork would make one of ours.

    Forking twice would make an orphan of it, which comes to the caller as well, and copy the
    memory's map twice, most of what a short command costs.
    """
    libc = ctypes.PyDLL(None)
    libc.PyOS_BeforeFork()
    pid = int(libc.syscall(_CLONE[platform.machine()], _CLONE_PARENT, 0, 0, 0, 0))
    if pid == 0:
        libc.PyOS_AfterFork_Child()
        os.close(client.detach())
        _become(job, streams)
    libc.PyOS_AfterFork_Parent()
    return pid


def _become(job: Job, streams: Sequence[int]) -> NoReturn:
    import random
    import tempfile
    import time

    if job["session"]:
        os.setsid()
    if job.get("terminal"):
        import fcntl
        import termios

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
