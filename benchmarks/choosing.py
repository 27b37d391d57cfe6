"""What does it cost to choose what is replayed? In one process, beside full text search alone.

    python benchmarks/choosing.py                            10,000 and 100,000 entries
    python benchmarks/choosing.py --entries 1000000 --dir CACHE

Talks in threads, cut from this machine's own text. What each figure means stands in README.md
beside this.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import corpus
import speed
from timing import compile_package, environment

from ledgernote.config import load
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.question import Question, spot_of
from ledgernote.notebook.ranking import ranked
from ledgernote.notebook.reading import Reading
from ledgernote.replay.query import STOP_WORDS, content_words

GOALS = {10_000: 20.0, 100_000: 50.0, 1_000_000: 150.0}
"""Milliseconds that one question may take (p95), by the entries of the ledger."""
RAW = """
    SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? ORDER BY rank LIMIT 200"""
FORMS = (
    "what did we decide about {} and {}?",
    "when did I first mention the {}?",
    "how many {} did you suggest for the {}?",
    "can you summarize what I said about {}, {} and {}?",
    "who told me that {} needs a new {}?",
)


# ---- questions -----------------------------------------------------------------------


def _telling(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]{4,12}", text.lower()) if word not in STOP_WORDS]


def _spread(file: Path, entries: int, number: int, start: int) -> Iterator[str]:
    """So many texts that lie far apart."""
    step = max(1, entries // number)
    return islice(islice(corpus.notes(file), step // start, None, step), number)


def in_its_words(file: Path, entries: int, number: int) -> list[str]:
    """The first nine words of an entry each: of all questions these match the most."""
    found = _spread(file, entries, number, 2)
    return [f"what about {' '.join(text.split()[:9])}?" for text in found]


def as_people_ask(file: Path, entries: int, number: int) -> list[str]:
    """One to three words of an entry each, in a sentence."""
    drawn = random.Random(7)
    found = enumerate(_spread(file, entries, number, 3))
    return [FORMS[at % 5].format(*drawn.choices(_telling(text), k=3)) for at, text in found]


def in_common_words(file: Path, entries: int, number: int) -> list[str]:
    """Five of the sixty commonest words each."""
    counts: Counter[str] = Counter()
    for text in _spread(file, entries, 5_000, 2):
        counts.update(set(_telling(text)))
    common = [word for word, _ in counts.most_common(60)]
    drawn = random.Random(3)
    return [f"what was said about {' '.join(drawn.sample(common, 5))}?" for _ in range(number)]


MANNERS: dict[str, Callable[[Path, int, int], list[str]]] = {
    "in the words of an entry": in_its_words,
    "as people ask": as_people_ask,
    "in common words": in_common_words,
}


# ---- what is measured ----------------------------------------------------------------


def _choose(notebook: Notebook, text: str) -> Callable[[], object]:
    """What a turn does to choose: a snapshot, candidates, ranking."""

    def work() -> object:
        with notebook.ledger.snapshot() as reader:
            spot = spot_of(notebook, reader, Question(text=text))
            assert spot.project is not None
            return ranked(Reading(notebook, reader, notebook.clock()), text, spot.project)

    return work


def _search(notebook: Notebook, text: str) -> Callable[[], object]:
    """The 200 best by FTS5 alone, of all that hold any of the words, in all projects."""
    words = " OR ".join(f'"{word}"' for word in content_words(text) if word.isalnum())
    return lambda: notebook.ledger.rows(RAW, (words or '"none"',))


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.thread_time()
    work()
    return 1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - worked)


def _late(times: Sequence[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1]


def measure(notebook: Notebook, name: str, questions: Sequence[str], goal: float) -> bool:
    """A row; whether the goal was reached. Each question is asked twice, and counts the second
    time: warm."""
    chosen, raw = [], []
    for text in questions:
        choose, search = _choose(notebook, text), _search(notebook, text)
        choose(), search()
        chosen.append(_timed(choose))
        raw.append(_timed(search))
    wall, cpu = zip(*chosen, strict=True)
    times = median(one / max(other, 0.01) for (_, one), (_, other) in zip(chosen, raw, strict=True))
    good = _late(wall) <= goal
    print(
        f"{name:46}{median(wall):8.1f}{_late(wall):8.1f}{median(cpu):9.1f}{_late(cpu):8.1f}"
        f"{median(one for one, _ in raw):9.1f}{times:8.2f}  <= {goal:g}  "
        f"{'ok' if good else 'MISSED'}",
        flush=True,
    )
    return good


def _peak() -> float:
    """The largest size this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---- setting up ----------------------------------------------------------------------


def _ledger(folder: Path, entries: int, given: Path | None) -> tuple[Path, Path]:
    """The file of the talks and a ledger that holds them, made once for a folder."""
    file, ledger = folder / f"talks-{entries}.jsonl", folder / f"talks-{entries}.db"
    if not file.exists():
        fresh = file.with_suffix(".part")
        with fresh.open("wb") as out:
            out.writelines(corpus.talks(entries, given))
        fresh.rename(file)
    if not ledger.exists():
        fresh = ledger.with_suffix(".part")
        begun = time.perf_counter()
        command = [*speed.PROGRAM, "--quiet", "-d", str(fresh), "import", "jsonl", str(file)]
        subprocess.run(command, env=environment(folder), check=True)
        seconds = time.perf_counter() - begun
        fresh.rename(ledger)
        print(f"imported {entries:,} entries, {entries / seconds:,.0f} a second", flush=True)
    return file, ledger


def _all(folder: Path, entries: int, asked: argparse.Namespace) -> bool:
    file, ledger = _ledger(folder, entries, asked.corpus)
    goal = next((goal for most, goal in GOALS.items() if entries <= most), max(GOALS.values()))
    load_ = os.getloadavg()[0]
    print(f"\n{entries:,} entries · load {load_:.1f} on {os.cpu_count()} cores")
    columns = ("p50", "p95", "cpu p50", "p95", "FTS5 p50", "x cpu")
    widths = (8, 8, 9, 8, 9, 8)
    print(
        f"{'milliseconds':46}" + "".join(f"{c:>{w}}" for c, w in zip(columns, widths, strict=True))
    )
    good = True
    for project in ("large", "small"):
        settings = load(environment(folder), ledger=str(ledger), actor="bench")
        with closing(
            Notebook.open(settings, project=project, create=False, say=lambda _: None)
        ) as notebook:
            for manner, make in MANNERS.items():
                questions = make(file, entries, asked.questions)
                name = f"{manner}, project {project}"
                good &= measure(notebook, name, questions, goal)
    print(f"peak {_peak():.0f} MiB")
    return good


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, help="keep the ledgers here for the next run")
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--corpus", type=Path, help="a text file, or a folder of them")
    parser.add_argument("--questions", type=int, default=50, help="of each manner")
    asked = parser.parse_args(argv)
    compile_package()
    with tempfile.TemporaryDirectory() as room:
        folder = asked.dir or Path(room)
        folder.mkdir(parents=True, exist_ok=True)
        reached = [_all(folder, entries, asked) for entries in asked.entries]
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main())
