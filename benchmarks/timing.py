"""Times of whole processes as ratios to another one, measured side by side.

A B A B: each pair is as near in time as can be, so that a busy machine slows both; the
median of the pairs' ratios is what counts.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import ledgernote

BASE = (sys.executable, "-c", "import sqlite3")
"""What the times are ratios to: the least that a Python program with a ledger can do."""
FALSE_FRIENDS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONSTARTUP")
"""Variables of a shell that change what is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A process that has ended."""

    seconds: float
    cpu: float
    """Seconds that a core worked for it."""
    peak: int
    """Bytes of memory at its largest."""
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times as long as `BASE` a command takes."""

    times: float
    cpu: float
    """The same of the cores' time, which a busy machine moves less."""
    seconds: float
    code: int


def environment(folder: Path) -> dict[str, str]:
    """A user of nothing but *folder*, without keys and without what falsifies the times."""
    own = ("LEDGERNOTE", "_API_KEY", "_API_BASE")
    kept = {name: value for name, value in os.environ.items() if not any(o in name for o in own)}
    for name in FALSE_FRIENDS:
        kept.pop(name, None)
    kept["LEDGERNOTE_EMBEDDER"] = "none"  # as it is without the extra `meaning`
    places = ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    return kept | dict.fromkeys(places, str(folder))


def compile_package() -> None:
    """Write the bytecode that an installed package has."""
    compileall.compile_dir(Path(ledgernote.__file__).parent, quiet=1)


def run(command: Sequence[str], environ: Mapping[str, str], output: Path | None = None) -> Ran:
    """Run to its end; what it says goes nowhere, or stdout into *output*."""
    with Path(output or os.devnull).open("wb") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    size = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cpu = used.ru_utime + used.ru_stime
    return Ran(seconds=seconds, cpu=cpu, peak=size, code=process.returncode)


def compare(command: Sequence[str], environ: Mapping[str, str], rounds: int) -> Ratio:
    """A command against `BASE`, in pairs; the first pair warms up and does not count."""
    return paired(lambda: run(command, environ), environ, rounds)


def paired(once: Callable[[], Ran], environ: Mapping[str, str], rounds: int) -> Ratio:
    """Like `compare`, for what is more than a process that ends."""
    pairs = [(run(BASE, environ), once()) for _ in range(rounds + 1)][1:]
    return Ratio(
        times=median(mine.seconds / base.seconds for base, mine in pairs),
        cpu=median(mine.cpu / base.cpu for base, mine in pairs),
        seconds=median(mine.seconds for _, mine in pairs),
        code=pairs[-1][1].code,
    )
