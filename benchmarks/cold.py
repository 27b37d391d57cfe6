"""How long does `ask` take from a cold shell until its request is on the wire?

    python benchmarks/cold.py                      a ledger of 10,000 entries
    python benchmarks/cold.py --dir CACHE --entries 100000 --rounds 5

As ratios to `python -c "import litellm"` in the same run, in pairs; the server on loopback notes
the moment and what the process had worked by then. Beside it the same by litellm alone, and
`ask --each`. What each figure should be stands in README.md beside this.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import speed
from timing import BASE, Ran, run
from turn import MODEL, Server

GOAL = 1.1
"""At most so many times `import litellm`."""
DIRECT_GOAL = 60
"""At most so many times `import sqlite3`, of a server of one's own."""
OWN = "openai/own-model"
LINES = 10
"""Questions that one `ask --each` is given."""
LITELLM = (sys.executable, "-c", "import os, litellm; os._exit(0)")
"""Until it is imported: taking the interpreter apart takes it a tenth more."""
ALONE = f"""import litellm
asked = [{{"role": "user", "content": "hi"}}]
for _ in litellm.completion(model={MODEL!r}, messages=asked, stream=True): pass
"""
"""The least that litellm needs for an answer, and nothing of ours."""


@dataclass(slots=True)
class Watched:
    """A process, watched by the server that it asks."""

    pid: int = 0
    cpu: float = 0.0
    """What the cores had worked for it when its first request was there."""

    def arrived(self) -> None:
        """Note it, once."""
        if self.pid and not self.cpu:
            self.cpu = _worked(self.pid)


def _worked(pid: int) -> float:
    """Seconds of all cores for a process that runs; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Place:
    """What every measurement needs."""

    bench: speed.Bench
    server: Server
    watched: Watched

    def until_there(self, command: Sequence[str], lines: bytes = b"") -> Ran:
        """From the start of *command* to its first request at the server."""
        self.server.arrived.clear()
        self.watched.pid, self.watched.cpu = 0, 0.0
        begun = time.perf_counter()
        with subprocess.Popen(
            command,
            env=self.bench.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            self.watched.pid = process.pid
            process.communicate(lines)
        there = self.server.arrived[0] - begun
        return Ran(seconds=there, cpu=self.watched.cpu, peak=0, code=process.returncode)


@contextmanager
def _serving() -> Iterator[tuple[Server, Watched]]:
    watched = Watched()
    with Server.serving() as server:
        server.notes = watched.arrived
        yield server, watched


def _row(name: str, pairs: Sequence[tuple[Ran, Ran]], goal: float | None = None) -> bool:
    """The middle of the pairs' ratios, by the clock and by the cores; whether *goal* is reached."""
    times = median(mine.seconds / base.seconds for base, mine in pairs)
    cpu = median(mine.cpu / base.cpu for base, mine in pairs)
    seconds = median(mine.seconds for _, mine in pairs)
    good = goal is None or times <= goal
    aim = "" if goal is None else f"<= {goal:g} x  {'ok' if good else 'MISSED'}"
    print(f"{name:44}{times:7.2f} x{cpu:9.2f} x{seconds:9.2f} s  {aim}", flush=True)
    return good


def _pairs(rounds: int, base: Callable[[], Ran], mine: Callable[[], Ran]) -> list[tuple[Ran, Ran]]:
    """In turns, so that a busy machine slows both; the first pair warms up."""
    return [(base(), mine()) for _ in range(rounds + 1)][1:]


def measure(place: Place, rounds: int) -> bool:
    """Print all rows; whether the goal was reached."""
    environ: Mapping[str, str] = place.bench.environ
    ask = place.bench.command("ask", "what", "did", "I", "note", "on", "that", "-m", MODEL)

    def imported() -> Ran:
        return run(LITELLM, environ)

    _row("import litellm, to import sqlite3", _pairs(rounds, lambda: run(BASE, environ), imported))
    alone = [sys.executable, "-c", ALONE]
    _row(
        "litellm alone, to its request", _pairs(rounds, imported, lambda: place.until_there(alone))
    )
    asked = _pairs(rounds, imported, lambda: place.until_there(ask))
    own = [*ask[:-1], OWN]
    direct = _pairs(rounds, lambda: run(BASE, environ), lambda: place.until_there(own))
    reached = _row("ask, to its request", asked, GOAL)
    return _row("of one's own server, to import sqlite3", direct, DIRECT_GOAL) and reached


def each(place: Place) -> None:
    """What a further question of `ask --each` costs beside the first."""
    lines = b"".join(b"what did I note on line %d?\n" % line for line in range(LINES))
    place.until_there(place.bench.command("ask", "--each", "-m", MODEL), lines)
    arrived = place.server.arrived
    more = [after - before for before, after in pairwise(arrived)]
    print(
        f"{'a further question of ask --each':44}{1000 * median(more):23.0f} ms  ({len(arrived)})"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when the goal was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, help="keep the ledger here for the next run")
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--corpus", type=Path, help="a text file, or a folder of them")
    parser.add_argument("--rounds", type=int, default=7, help="pairs for each row")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as room, _serving() as (server, watched):
        bench = speed.set_up(asked, asked.dir or Path(room))
        own = {"OPENAI_API_KEY": "sk-none", "OPENAI_API_BASE": server.base}
        # As we import it: else the bare import asks the network for prices, and reads a `.env`.
        own |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
        bench = replace(bench, environ={**bench.environ, **own})
        load = os.getloadavg()[0]
        print(f"{asked.entries:,} entries · load {load:.1f} on {os.cpu_count()} cores")
        print(f"{'':44}{'clock':>9}{'cpu':>11}")
        place = Place(bench, server, watched)
        reached = measure(place, asked.rounds)
        each(place)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
