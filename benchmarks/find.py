"""How fast is `find`, from 10,000 entries to a million, and how good? Whole processes.

    python benchmarks/find.py --dir CACHE                  10,000 and 1,000,000 entries of real text
    python benchmarks/find.py --dir CACHE --large 100000 --only table size
    python benchmarks/find.py --only cranfield --cranfield DIR

Times are ratios to `python -c "import sqlite3"` in the same run. What they mean and what they
should be stands in README.md beside this.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path

import corpus
from speed import PROGRAM, Report
from timing import BASE, compare, compile_package, environment

TAGGED, SIDE = 100, 10
"""Every hundredth entry has a tag; every tenth thousand of them is in a project of its own."""
GOALS = {
    **dict.fromkeys(("rare", "two words", "phrase", "tag", "project", "date"), 5.0),
    **{"middle": 6.0, "common": 7.0, "two letters*": 9.0},
}
"""At most so many times `BASE`; what is not named here has no goal."""
GROWTH = 1.5
OF_TEXT = 0.6
CRANFIELD = {"none": 40.0, "static": 43.0}
"""By who tells meaning."""


Note = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A ledger of so many entries, and what to look for in it."""

    entries: int
    ledger: Path
    queries: Mapping[str, Sequence[str]]
    hits: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is measured, and how often."""

    asked: argparse.Namespace
    folder: Path
    environ: Mapping[str, str]
    report: Report

    def shelf(self, entries: int) -> Shelf:
        """The ledger of that size, made once for a folder."""
        file, ledger = self.folder / f"{entries}.jsonl", self.folder / f"{entries}.db"
        if not file.exists():
            fresh = file.with_suffix(".part")
            with fresh.open("wb") as out:
                out.writelines(lines(entries, self.asked.corpus))
            fresh.rename(file)
        if not ledger.exists():
            print(f"making a ledger of {entries:,} entries …", flush=True)
            fresh = ledger.with_suffix(".part")
            command = [*PROGRAM, "--quiet", "-d", str(fresh), "import", "jsonl", str(file)]
            subprocess.run(command, env=self.environ, check=True)
            fresh.rename(ledger)
        kept = file.with_suffix(".find.json")
        if not kept.exists():
            kept.write_text(json.dumps(_looked_for(file)))
        queries, hits = json.loads(kept.read_text())
        return Shelf(entries=entries, ledger=ledger, queries=queries, hits=hits)


def lines(number: int, texts: Path | None) -> Iterator[bytes]:
    """Notes as `import jsonl` takes them, some with a tag, some in a project of their own."""
    for place, line in enumerate(corpus.lines(number, texts)):
        note = json.loads(line)
        if place % TAGGED == 0:
            note["tags"] = ["hundredth"]
        if place // 1000 % SIDE == 3:
            note["project"] = "side"
        yield json.dumps(note).encode() + b"\n"


# ---- what to look for ------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return re.findall(r"\b[a-z]{3,12}\b", text.lower())


def _looked_for(file: Path) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Queries of each kind, and in how many entries each of their words or phrases stands."""
    seen: Counter[str] = Counter()
    number = 0
    for text in corpus.notes(file):
        number += 1
        seen.update(set(_words(text)))
    common = max(seen, key=lambda word: (seen[word], word))
    middle = min(seen, key=lambda word: (abs(seen[word] - number // 40), word))
    rare = min((word for word in seen if 3 <= seen[word] <= 9 and len(word) > 4), default=middle)
    known = {word for word in seen if number // 200 < seen[word] < number // 20}
    sample = list(islice(corpus.notes(file), 0, None, max(1, number // 2000)))
    pairs = Counter(
        (one, other)
        for text in sample
        for words in [_words(text)]
        for one, other in pairwise(words)
        if one in known and other in known and one != other
    )
    one, other = max(pairs, key=lambda pair: (pairs[pair], pair))
    queries = {
        "rare": [rare],
        "two words": [one, other],
        "phrase": [f'"{one} {other}"'],
        "tag": [middle, "-t", "hundredth"],
        "project": [middle, "-p", "side"],
        "date": [middle, "--on", "2020-01-05"],
        "middle": [middle],
        "common": [common],
        "two letters*": [f"{one[:2]}*"],
        "common, tag": [common, "-t", "hundredth"],
        "newest of common": [common, "--sort", "new"],
        "a slip": [f"{one[:2]}{one[3]}{one[2]}{one[4:]}q"],
    }
    return queries, {"rare": seen[rare], "middle": seen[middle], "common": seen[common]}


# ---- what is measured ------------------------------------------------------------------


def table(bench: Bench) -> None:
    """Each kind of query, on a small ledger and on a large one."""
    small, large = bench.shelf(bench.asked.small), bench.shelf(bench.asked.large)
    for name in large.queries:
        times = []
        for shelf in (small, large):
            command = [*PROGRAM, "-d", str(shelf.ledger), "find", *shelf.queries[name]]
            ratio = compare(command, bench.environ, bench.asked.rounds)
            hits = f", {shelf.hits[name]:,}" if name in shelf.hits else ""
            goal = GOALS.get(name) if shelf is large else None
            bench.report.times(f"{shelf.entries:>9,}: {name}{hits}", ratio, goal)
            times.append(ratio.cpu or ratio.times)
        grown = times[1] / times[0]
        aim = "" if "*" in name else f"<= {GROWTH} x"
        bench.report.row(f"{'':11}{name}, growth", f"{grown:.2f} x cpu", aim, good=grown <= GROWTH)


SIZES = """
    SELECT sum(length(block)) FROM (
        SELECT block FROM passage_fts_data UNION ALL SELECT block FROM passage_gram_data)"""
DOCSIZES = """
    SELECT sum(length(sz) + 4) FROM (
        SELECT sz FROM passage_fts_docsize UNION ALL SELECT sz FROM passage_gram_docsize)"""


def size(bench: Bench) -> None:
    """The indexes as a part of the text that they are made from."""
    shelf = bench.shelf(bench.asked.large)
    with closing(sqlite3.connect(f"file:{shelf.ledger}?mode=ro", uri=True)) as plain:
        index = sum(plain.execute(sql).fetchone()[0] or 0 for sql in (SIZES, DOCSIZES))
        text = plain.execute("SELECT sum(size) FROM entry").fetchone()[0]
    share = index / text
    bench.report.row("index over text", f"{share:.2f}", f"<= {OF_TEXT}", good=share <= OF_TEXT)


def cranfield(bench: Bench) -> None:
    """nDCG@10 of the Cranfield collection, its questions through `find --each`."""
    folder = bench.asked.cranfield
    if folder is None:
        bench.report.row("Cranfield nDCG@10", "no --cranfield DIR")
        return
    docs, asked, judged = (
        [json.loads(line) for line in (folder / f"cranfield.{name}.jsonl").open()]
        for name in ("docs", "queries", "qrels")
    )
    worth: dict[str, dict[str, int]] = {}
    for one in judged:
        worth.setdefault(one["qid"], {})[one["id"]] = one["rel"]
    for embedder, goal in CRANFIELD.items():
        found = _found(bench, docs, asked, embedder)
        gains = [
            _ndcg(found.get(place, []), worth[one["qid"]])
            for place, one in enumerate(asked, start=1)
            if one["qid"] in worth
        ]
        mean = 100 * sum(gains) / len(gains)
        name = f"Cranfield nDCG@10, embedder {embedder}"
        bench.report.row(name, f"{mean:.1f}", f">= {goal}", good=mean >= goal)


def _found(
    bench: Bench, docs: Sequence[Note], asked: Sequence[Note], embedder: str
) -> dict[int, list[str]]:
    """The ids that `find` gives for each question, by its line."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as room:
        ledger = [*PROGRAM, "-d", str(Path(room) / "cranfield.db")]
        notes = "\n".join(
            json.dumps({"kind": "note", "title": d["title"], "text": d["text"], "ref": d["id"]})
            for d in docs
        )
        means = replace(bench, environ={**bench.environ, "LEDGERNOTE_EMBEDDER": embedder})
        _run(means, [*ledger, "import", "jsonl", "-"], notes)
        _run(means, [*ledger, "doctor", "--index"], "")
        questions = "\n".join(" ".join(one["question"].split()) for one in asked)
        said = _run(means, [*ledger, "find", "--each", "--json", "-n", "10"], questions)
    found: dict[int, list[str]] = {}
    for line in said.splitlines():
        hit = json.loads(line)
        found.setdefault(hit["line"], []).append(hit["ref"])
    return found


def _run(bench: Bench, command: Sequence[str], stdin: str) -> str:
    ran = subprocess.run(
        command, env=bench.environ, input=stdin, capture_output=True, text=True, check=True
    )
    return ran.stdout


def _ndcg(found: Sequence[str], worth: Mapping[str, int]) -> float:
    def gain(worths: Sequence[int]) -> float:
        return sum(one / math.log2(place + 2) for place, one in enumerate(worths[:10]))

    ideal = gain(sorted(worth.values(), reverse=True))
    return gain([worth.get(ref, 0) for ref in found]) / ideal if ideal else 0.0


PARTS: dict[str, Callable[[Bench], None]] = {"table": table, "size": size, "cranfield": cranfield}


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, help="keep the ledgers here for the next run")
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--corpus", type=Path, help="a text file, or a folder of them")
    parser.add_argument("--cranfield", type=Path, help="where cranfield.docs.jsonl and so on lie")
    parser.add_argument("--rounds", type=int, default=9, help="pairs for each command")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal was missed."""
    asked = _asked(argv)
    with tempfile.TemporaryDirectory() as room:
        folder = asked.dir or Path(room)
        folder.mkdir(parents=True, exist_ok=True)
        compile_package()
        bench = Bench(asked=asked, folder=folder, environ=environment(folder), report=Report())
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        base = compare(BASE, bench.environ, asked.rounds)
        bench.report.times("import sqlite3, against itself", base, None)
        for name in asked.only:
            PARTS[name](bench)
    if bench.report.missed:
        print("missed: " + ", ".join(bench.report.missed))
    return int(bool(bench.report.missed))


if __name__ == "__main__":
    sys.exit(main())
