"""How fast is it? Whole processes, as ratios to `python -c "import sqlite3"` in the same run.

    python benchmarks/speed.py                          100,000 entries of this machine's own text
    python benchmarks/speed.py --dir CACHE --only find note
    python benchmarks/speed.py --entries 10000 --rounds 5

What each figure means and what it should be stands in README.md beside this.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import corpus
from terminal import PROMPT, Terminal
from timing import BASE, Ran, Ratio, compare, compile_package, environment, paired, run

PROGRAM = [sys.executable, "-m", "ledgernote"]
if (script := Path(sys.executable).with_name("ledgernote")).exists():
    PROGRAM = [str(script)]
TIMES = 5.0
"""At most so many times `BASE` for what a person waits for."""
CHAT = 14.0
KEYS = re.compile(rb"q leaves")
ENTRIES, EVENTS = 5_000, 100_000
"""At least so many a second, imported and verified."""
FEW = 10
"""The share of the entries that the second import has: memory should not differ."""


@dataclass(slots=True)
class Report:
    """Rows as they are measured, and whether a goal was missed."""

    missed: list[str] = field(default_factory=list)

    def row(self, name: str, figure: str, goal: str = "", *, good: bool = True) -> None:
        """Print one row."""
        verdict = "" if not goal else "  ok" if good else "  MISSED"
        if goal and not good:
            self.missed.append(name)
        print(f"{name:34}{figure:>34}  {goal:12}{verdict}", flush=True)

    def times(self, name: str, ratio: Ratio, goal: float | None = TIMES) -> None:
        """A row for a command."""
        if ratio.code not in {0, 1}:
            self.row(name, f"ended with {ratio.code}", "runs", good=False)
            return
        cpu = f"({ratio.cpu:.2f} x cpu)" if ratio.cpu else ""
        figure = f"{ratio.times:6.2f} x {cpu:>14} {ratio.seconds * 1000:7.1f} ms"
        aim = "" if goal is None else f"<= {goal:g} x"
        self.row(name, figure, aim, good=goal is None or ratio.times <= goal)

    def rate(self, name: str, number: int, ran: Ran, goal: int = 0) -> None:
        """A row for a long run over so many things: a second, a second of a core, memory."""
        rate = number / ran.seconds
        cpu, peak = f"({number / ran.cpu:,.0f}/s cpu)", f"{ran.peak / 2**20:.0f} MiB"
        good = ran.code == 0 and rate >= goal
        aim = f">= {goal:,}/s" if goal else "runs"
        self.row(name.format(number), f"{rate:9,.0f}/s {cpu:>15} {peak:>8}", aim, good=good)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where things lie and how often each is run."""

    folder: Path
    file: Path
    """The entries as a file for `import jsonl`."""
    ledger: Path
    entries: int
    rounds: int
    environ: Mapping[str, str]
    words: corpus.Words
    report: Report

    def command(self, *words: str, ledger: Path | None = None) -> list[str]:
        """A call of the program."""
        return [*PROGRAM, "-d", str(ledger or self.ledger), *words]


# ---- what is measured ----------------------------------------------------------------


def _handle(bench: Bench) -> str:
    """An entry in the middle."""
    said = subprocess.run(
        bench.command("find", bench.words.rare, "--ids"),
        env=bench.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()[0]


def commands(bench: Bench) -> None:
    """What a person types and waits for."""
    rare, common, two = bench.words.rare, bench.words.common, bench.words.two
    hits = bench.words.counts
    rows: dict[str, tuple[list[str], float | None]] = {
        "note": (bench.command("note", "a thought", "worth", "keeping"), TIMES),
        f"find: rare ({hits[rare]} hits)": (bench.command("find", rare), TIMES),
        f"find: common ({hits[common]:,} hits)": (bench.command("find", common), TIMES),
        f"find: two words ({hits[two]:,} hits)": (bench.command("find", *two.split()), TIMES),
        "show": (bench.command("show", _handle(bench)), TIMES),
        "log": (bench.command("log"), TIMES),
        "context": (bench.command("context", "what", "did", "I", "note", "on", *two.split()), None),
        "--help": ([*PROGRAM, "--help"], TIMES),
        "completion bash": ([*PROGRAM, "completion", "bash"], TIMES),
    }
    for name, (command, goal) in rows.items():
        bench.report.times(name, compare(command, bench.environ, bench.rounds), goal)


def importing(bench: Bench) -> None:
    """Entries a second into a new ledger, and the memory of two that differ in size."""
    peaks: list[int] = []
    for share in (FEW, 1):
        with tempfile.TemporaryDirectory(dir=bench.folder) as name:
            file = _part(bench.file, Path(name) / "part.jsonl", bench.entries // share)
            ran = run(
                bench.command("import", "jsonl", str(file), ledger=Path(name) / "fresh.db"),
                bench.environ,
            )
        peaks.append(ran.peak)
        bench.report.rate("import jsonl, {:,} entries", bench.entries // share, ran, ENTRIES)
    grown = peaks[1] / peaks[0]
    bench.report.row("import jsonl, memory", f"{grown:.2f} x", "<= 1.2 x", good=grown <= 1.2)


def exporting(bench: Bench) -> None:
    """Entries a second out of the ledger."""
    ran = run(bench.command("export"), bench.environ)
    bench.report.rate("export, {:,} entries", bench.entries, ran)


def verifying(bench: Bench) -> None:
    """Events a second, whole process."""
    with sqlite3.connect(bench.ledger) as plain:
        events = plain.execute("SELECT count(*) FROM event").fetchone()[0]
    rounds = [run(bench.command("verify"), bench.environ) for _ in range(3)]
    middle = sorted(rounds, key=lambda ran: ran.seconds)[len(rounds) // 2]
    bench.report.rate("verify, {:,} events", events, middle, EVENTS)


def _until(shown: re.Pattern[bytes], command: Sequence[str], environ: Mapping[str, str]) -> Ran:
    """How long until the prompt, or what is *shown*, stands on a terminal's screen."""
    begun = time.perf_counter()
    with closing(Terminal(command, environ)) as terminal:
        terminal.until_prompt(shown)
        return Ran(seconds=time.perf_counter() - begun, cpu=0.0, peak=0, code=0)


def chatting(bench: Bench) -> None:
    """Until `chat` shows its prompt."""
    command = bench.command("chat", "--new", "-m", "offline")
    ratio = paired(lambda: _until(PROMPT, command, bench.environ), bench.environ, bench.rounds)
    bench.report.times("chat, prompt on screen", ratio, CHAT)


def coming_home(bench: Bench) -> None:
    """Until bare `ledgernote` has said where one was, and waits for a key."""
    command = bench.command()
    ratio = paired(lambda: _until(KEYS, command, bench.environ), bench.environ, bench.rounds)
    bench.report.times("where you were, on screen", ratio)


PARTS: dict[str, Callable[[Bench], None]] = {
    "commands": commands,
    "chat": chatting,
    "home": coming_home,
    "import": importing,
    "export": exporting,
    "verify": verifying,
}


# ---- setting up ----------------------------------------------------------------------


def _part(whole: Path, part: Path, number: int) -> Path:
    with whole.open("rb") as file, part.open("wb") as out:
        out.writelines(islice(file, number))
    return part


def _words(file: Path) -> corpus.Words:
    """What to look for, found once by a process of its own: the largest size that this one
    ever had is counted for each of its children."""
    kept = file.with_suffix(".words.json")
    if not kept.exists():
        found = subprocess.run(
            [sys.executable, corpus.__file__, str(file)], stdout=subprocess.PIPE, check=True
        )
        kept.write_bytes(found.stdout)
    return corpus.Words(**json.loads(kept.read_bytes()))


def set_up(asked: argparse.Namespace, folder: Path) -> Bench:
    """The ledger, made once for a folder and a number of entries."""
    folder.mkdir(parents=True, exist_ok=True)
    file, ledger = folder / f"{asked.entries}.jsonl", folder / f"{asked.entries}.db"
    environ = environment(folder)
    compile_package()
    if not file.exists():
        fresh = file.with_suffix(".part")
        with fresh.open("wb") as out:
            out.writelines(corpus.lines(asked.entries, asked.corpus))
        fresh.rename(file)
    if not ledger.exists():
        print(f"making a ledger of {asked.entries:,} entries …", flush=True)
        fresh = ledger.with_suffix(".part")
        subprocess.run(
            [*PROGRAM, "--quiet", "-d", str(fresh), "import", "jsonl", str(file)],
            env=environ,
            check=True,
        )
        fresh.rename(ledger)
    return Bench(
        folder=folder,
        file=file,
        ledger=ledger,
        entries=asked.entries,
        rounds=asked.rounds,
        environ=environ,
        words=_words(file),
        report=Report(),
    )


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, help="keep the ledger here for the next run")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path, help="a text file, or a folder of them")
    parser.add_argument("--rounds", type=int, default=11, help="pairs for each command")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal was missed."""
    asked = _asked(argv)
    with tempfile.TemporaryDirectory() as room:
        bench = set_up(asked, asked.dir or Path(room))
        load = os.getloadavg()[0]
        print(f"{asked.entries:,} entries · load {load:.1f} on {os.cpu_count()} cores")
        base = compare(BASE, bench.environ, bench.rounds)
        bench.report.times("import sqlite3, against itself", base, None)
        for name in asked.only:
            PARTS[name](bench)
    if bench.report.missed:
        print("missed: " + ", ".join(bench.report.missed))
    return int(bool(bench.report.missed))


if __name__ == "__main__":
    sys.exit(main())
