"""What `find` does with anything that is typed, with a huge note, and while somebody writes.

    python benchmarks/stress.py --dir CACHE
    python benchmarks/stress.py --dir CACHE --only anything --queries 10000

`anything` and `huge` are in process; `meanwhile` times whole processes. See README.md beside this.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import corpus
import find as shelves
from speed import PROGRAM, Report
from timing import BASE, Ran, compile_package, environment, run

from ledgernote.config import load
from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Wanted
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.render.markdown import painting
from ledgernote.render.output import Output

PIECES = (
    *'"*-()^:#@$%.,+!?;/\\',
    *("OR", "AND", "NOT", "NEAR(", "not:", "tag:x", "since:7d", "is:pinned", "kind:note", "-"),
    *("c++", "BRK.B", "-0.75%", "$T", "\0", "\udcff", "é", "\u0301", "📈", "加息", "ставка", "ไทย"),
)
PARTS_OF = "SELECT body FROM payload WHERE event = ? AND slot = 0 ORDER BY part"
LIMIT = 0.05
"""Seconds of the slowest hundredth."""
HUGE, QUICK = 100_000_000, 0.1
"""Bytes of the huge note, and seconds that finding and showing it may take."""


def _notebook(ledger: Path, folder: Path, *, create: bool = False) -> Notebook:
    settings = load(environment(folder), ledger=str(ledger), actor="ann")
    return Notebook.open(settings, create=create, say=lambda _: None)


def _typed(words: Sequence[str], number: int) -> Iterator[str]:
    """Random text: marks, words with slips, syntax, letters of any script."""
    chance = random.Random(number)
    for _ in range(number):
        pieces = []
        for _ in range(chance.randint(1, 5)):
            kind = chance.random()
            if kind < 0.4:
                pieces.append(chance.choice(words))
            elif kind < 0.6:
                word = list(chance.choice(words))
                word[chance.randrange(len(word))] = chr(chance.randrange(97, 123))
                pieces.append("".join(word))
            elif kind < 0.8:
                pieces.append(chance.choice(PIECES))
            else:
                top = chance.choice((0x7F, 0x24F, 0x3000, 0xFFFF))
                pieces.append("".join(chr(chance.randrange(top)) for _ in range(3)))
        yield chance.choice(("", " ")).join(pieces)


def anything(asked: argparse.Namespace, folder: Path, report: Report) -> None:
    """Random queries, one after another, in one process."""
    bench = shelves.Bench(asked=asked, folder=folder, environ=environment(folder), report=report)
    shelf = bench.shelf(asked.entries)
    sample = islice(corpus.notes(folder / f"{asked.entries}.jsonl"), 0, None, 500)
    words = sorted({word for text in sample for word in text.split()})
    wall, cpu = [], []
    notebook = _notebook(shelf.ledger, folder)
    before = _memory()
    for number, text in enumerate(_typed(words, asked.queries)):
        clock, worked = time.perf_counter(), time.process_time()
        find(notebook, Wanted(text=text))
        wall.append(time.perf_counter() - clock)
        cpu.append(time.process_time() - worked)
        if number == asked.queries // 10:
            before = _memory()
    notebook.close()
    for name, times in (("the clock's", wall), ("cpu", cpu)):
        p50, p99 = median(times), quantiles(times, n=100)[98]
        figure = f"{1000 * p50:.1f} / {1000 * p99:.1f} / {1000 * max(times):.0f} ms"
        good = p99 <= LIMIT or name != "cpu"
        report.row(f"p50 / p99 / max, {name}", figure, "p99 <= 50 ms", good=good)
    grown = (_memory() - before) / 2**20
    own = Path("/proc/self/fd")
    files = sum(1 for _ in own.iterdir()) if own.exists() else 0
    report.row(
        f"{asked.queries:,} queries, memory", f"{grown:+.1f} MiB", "<= 8 MiB", good=grown <= 8
    )
    report.row("open files at the end", str(files))


def _memory() -> int:
    """Bytes that this process holds now, where the system tells; else nothing."""
    held = Path("/proc/self/statm")
    return int(held.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") if held.exists() else 0


def huge(asked: argparse.Namespace, folder: Path, report: Report) -> None:
    """A note of 100 MB: found by a word of it, its beginning and all of it shown."""
    del asked
    with tempfile.TemporaryDirectory(dir=folder) as room:
        notebook = _notebook(Path(room) / "huge.db", folder, create=True)
        line = "a heron among reeds, and the wind over the water of the fens\n"
        text = (
            line * (HUGE // len(line) // 2)
            + "the bittern booms\n"
            + line * (HUGE // len(line) // 2)
        )
        kept = notebook.note(NewNote(text=text))
        notebook.note(NewNote(text="another bittern"))
        deeds: dict[str, Callable[[], object]] = {
            "find, of one passage": lambda: find(notebook, Wanted(text="bittern")),
            "find, of all passages": lambda: find(notebook, Wanted(text="heron")),
            "find, a beginning": lambda: find(notebook, Wanted(text="bit*")),
            "sqlite3 alone": lambda: _poured(notebook, kept.revision),
            "show, first 24 lines": lambda: _first_lines(notebook, kept.handle),
            "show, into a pipe": lambda: _piped(notebook, kept.handle),
            "all at once (--json)": lambda: notebook.entry(kept.handle),
        }
        for name, deed in deeds.items():
            ran = [_seconds(deed) for _ in range(20)]
            clock, p95 = (1000 * sorted(times)[18] for times in zip(*ran, strict=True))
            figure = f"p95 {p95:.1f} ms cpu, {clock:.1f} ms by the clock"
            report.row(f"100 MB: {name}", figure, "<= 100 ms", good=p95 <= 1000 * QUICK)
        notebook.close()


def _poured(notebook: Notebook, revision: bytes | None) -> None:
    """The least that reading all of it takes."""
    with (
        Path(os.devnull).open("wb") as nowhere,
        closing(sqlite3.connect(notebook.ledger.path)) as connection,
    ):
        for (part,) in connection.execute(PARTS_OF, (revision,)):
            nowhere.write(part)


def _piped(notebook: Notebook, handle: str) -> None:
    with Path(os.devnull).open("w") as nowhere:
        Output(streams=(nowhere, None)).body(notebook.parts(notebook.beginning(handle)))


def _first_lines(notebook: Notebook, handle: str) -> None:
    pieces = notebook.pieces(notebook.beginning(handle))
    list(islice(painting(pieces, width=80, color=True), 24))


def _seconds(deed: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of the processor."""
    begun, worked = time.perf_counter(), time.process_time()
    deed()
    return time.perf_counter() - begun, time.process_time() - worked


def _pair(command: Sequence[str], bench: shelves.Bench) -> tuple[Ran, Ran]:
    return run(BASE, bench.environ), run(command, bench.environ)


def meanwhile(asked: argparse.Namespace, folder: Path, report: Report) -> None:
    """`find` while another process imports: its times, as ratios to `BASE`, against the usual."""
    bench = shelves.Bench(asked=asked, folder=folder, environ=environment(folder), report=report)
    shelf = bench.shelf(asked.entries)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        file = Path(room) / "more.jsonl"
        with file.open("wb") as out:
            for place, raw in enumerate(corpus.lines(asked.entries, asked.corpus)):
                note = json.loads(raw) | {"ref": f"again-{place}", "source": "again"}
                out.write(json.dumps(note).encode() + b"\n")
        ledger = Path(room) / "busy.db"
        ledger.write_bytes(shelf.ledger.read_bytes())
        command = [*PROGRAM, "-d", str(ledger), "find", *shelf.queries["rare"]]
        usual = [_pair(command, bench) for _ in range(asked.rounds)]
        other = subprocess.Popen(
            [*PROGRAM, "--quiet", "-d", str(ledger), "import", "jsonl", str(file)],
            env=bench.environ,
        )
        busy = []
        while other.poll() is None:
            busy.append(_pair(command, bench))
    errors = sum(ran.code != 0 for _, ran in (*usual, *busy))
    for name in ("seconds", "cpu"):
        before, during = (
            median(getattr(mine, name) / getattr(base, name) for base, mine in pairs)
            for pairs in (usual, busy)
        )
        figure = f"{during / before:.2f} x"
        report.row(f"find during an import, {name}", figure, "<= 2 x", good=during <= 2 * before)
    report.row(f"{len(busy)} of them, errors", str(errors), "0", good=not errors)


PARTS: dict[str, Callable[[argparse.Namespace, Path, Report], None]] = {
    "anything": anything,
    "huge": huge,
    "meanwhile": meanwhile,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, help="keep the ledgers here for the next run")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path, help="a text file, or a folder of them")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args(argv)
    report = Report()
    with tempfile.TemporaryDirectory() as room:
        folder = asked.dir or Path(room)
        folder.mkdir(parents=True, exist_ok=True)
        compile_package()
        for name in asked.only:
            PARTS[name](asked, folder, report)
    if report.missed:
        print("missed: " + ", ".join(report.missed))
    return int(bool(report.missed))


if __name__ == "__main__":
    sys.exit(main())
