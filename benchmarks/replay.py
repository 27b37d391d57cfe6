"""Does replay bring the right turns? Share of the evidence that stands in a context.

    python benchmarks/replay.py                         the small set that ships with us
    python benchmarks/replay.py --data DIR --set locomo --replay 2000
    python benchmarks/replay.py --data DIR --budget 2000 --cli

Everything goes through the product: turns come in as `import jsonl` takes them, contexts come
out as `context --json` prints them. What each figure means stands in README.md beside this.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from math import log2
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any

import neutral

from ledgernote.config import Settings
from ledgernote.domain.errors import DoesNotFit
from ledgernote.models.counter import count
from ledgernote.notebook import meaning
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Question, preview
from ledgernote.render.records import context_record

EXCERPT = 160
"""Tokens of cl100k that a part of a long turn must have to count as evidence."""
APART = frozenset(("adversarial", "alone"))
"""Categories that stay out of the total: they ask for what was never said, or are there to see
that what leans on the talk does not spoil what stands alone."""

Context = dict[str, Any]
Contexts = Callable[[str, Sequence[neutral.Asked]], Iterator[Context]]
"""The contexts for questions of one conversation, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a context may take, None leaves the notebook's own setting; who tells meaning."""

    budget: int | None
    replay: int | None
    embedder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one context is worth."""

    category: str
    share: float
    """Of the evidence, that stands in the context."""
    at_5: float
    at_10: float
    """Of the evidence, among the best scored so many of the receipt."""
    gain_10: float
    """nDCG@10: of the evidence, the first places counting more."""
    tokens: int
    seconds: float


# ---- scoring -------------------------------------------------------------------------


def _holds(row: dict[str, Any], context: Context, text: str) -> bool:
    """Whether a receipt row brings a turn: all its words, or an excerpt that is long enough."""
    shown = text if row["excerpt"] is None else row["excerpt"]
    if row["excerpt"] is not None and count(shown) < EXCERPT:
        return False
    return any(shown in message["content"] for message in context["messages"])


def _ranked(receipt: Sequence[dict[str, Any]]) -> list[str]:
    """The refs of a receipt, the best scored first, each once."""
    scored = [row for row in receipt if row["score"] is not None]
    scored.sort(key=lambda row: -row["score"])
    return list(dict.fromkeys(row["ref"] for row in scored))


def _gain(hits: Sequence[bool], evidence: int) -> float:
    """Discounted gain, as a share of the most there can be."""
    gain = sum(1 / log2(place + 2) for place, hit in enumerate(hits) if hit)
    return gain / sum(1 / log2(place + 2) for place in range(min(10, evidence)))


def score(asked: neutral.Asked, context: Context, texts: dict[str, str], seconds: float) -> Score:
    """How much of the evidence a context holds; *texts* are the turns by their ids.

    A context that did not fit (`error`) holds nothing.
    """
    receipt = [row for row in context.get("receipt", ()) if row["ref"] in texts]
    found = {row["ref"] for row in receipt if _holds(row, context, texts[row["ref"]])}
    ranked = _ranked(receipt)

    def share(refs: Sequence[str] | set[str]) -> float:
        return sum(ref in refs for ref in asked.evidence) / len(asked.evidence)

    return Score(
        category=asked.category,
        share=share(found),
        at_5=share(ranked[:5]),
        at_10=share(ranked[:10]),
        gain_10=_gain([ref in asked.evidence for ref in ranked[:10]], len(asked.evidence)),
        tokens=context.get("tokens", 0),
        seconds=seconds,
    )


# ---- the two ways to the notebook ----------------------------------------------------


def in_process(folder: Path, one: neutral.BenchmarkSet, limits: Limits) -> Contexts:
    """Import and ask through the notebook, as a face does."""
    settings = Settings(
        ledger=folder / "ledger.db",
        state=folder,
        config=folder / "config.toml",
        actor="reader",
        embedder=limits.embedder,
    )

    def opened(project: str | None = None) -> closing[Notebook]:
        return closing(Notebook.open(settings, project=project, create=True, say=print))

    with opened() as notebook:
        receipt = import_lines(notebook, neutral.lines(one.turns))
        if receipt.skipped:
            raise SystemExit(f"import skipped {receipt.skipped[:3]}")
        meaning.index(notebook)

    def contexts(conv: str, questions: Sequence[neutral.Asked]) -> Iterator[Context]:
        with opened(conv) as notebook:
            model, now = the_model(notebook, "offline"), notebook.clock
            for asked in questions:
                notebook.clock = (lambda moment=asked.moment: moment) if asked.moment else now
                wanted = Question(
                    text=asked.text,
                    thread=asked.thread,
                    budget=limits.budget,
                    replay=limits.replay,
                )
                try:
                    yield context_record(preview(notebook, wanted, model))
                except DoesNotFit as error:
                    yield {"error": str(error)}

    return contexts


def through_cli(folder: Path, one: neutral.BenchmarkSet, limits: Limits) -> Contexts:
    """Import and ask through the command line, a process a conversation."""
    command = [sys.executable, "-m", "ledgernote"]
    places = {name: str(folder) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    environ = {
        **{name: value for name, value in os.environ.items() if "LEDGERNOTE" not in name},
        **places,
        "LEDGERNOTE_LEDGER": str(folder / "ledger.db"),
        "LEDGERNOTE_ACTOR": "reader",
        "LEDGERNOTE_EMBEDDER": limits.embedder,
    }
    file = folder / f"{one.name}.jsonl"
    file.write_bytes(b"".join(neutral.lines(one.turns)))
    subprocess.run([*command, "--quiet", "import", "jsonl", str(file)], env=environ, check=True)
    index = [*command, "--quiet", "doctor", "--index"]
    subprocess.run(index, env=environ, check=True, stdout=subprocess.DEVNULL)
    options = ["context", "--each", "--json", "-m", "offline"]
    for name in ("budget", "replay"):
        if (value := getattr(limits, name)) is not None:
            options += [f"--{name}", str(value)]

    def contexts(conv: str, questions: Sequence[neutral.Asked]) -> Iterator[Context]:
        if any(each.thread or each.moment for each in questions):
            raise SystemExit("--cli asks in new threads and now: this set needs more")
        asked = folder / "questions.txt"
        asked.write_text("".join(" ".join(each.text.split()) + "\n" for each in questions))
        with (
            asked.open("rb") as given,
            subprocess.Popen(
                [*command, "-p", conv, *options], env=environ, stdin=given, stdout=subprocess.PIPE
            ) as process,
        ):
            assert process.stdout is not None
            yield from map(json.loads, process.stdout)
        if process.returncode:
            raise SystemExit(f"context ended with {process.returncode}")

    return contexts


def _measured(one: neutral.BenchmarkSet, contexts: Contexts) -> Iterator[Score]:
    """The score of each question; the time is until its context was there."""
    texts: dict[str, dict[str, str]] = {}
    for turn in one.turns:
        texts.setdefault(turn["conv"], {})[turn["id"]] = turn["text"]
    for conv, group in groupby(one.questions, key=lambda asked: asked.conv):
        questions = list(group)
        found = contexts(conv, questions)
        begun = time.perf_counter()
        for asked, context in zip(questions, found, strict=True):
            seconds = time.perf_counter() - begun
            yield score(asked, context, texts[conv], seconds)
            begun = time.perf_counter()


# ---- showing -------------------------------------------------------------------------


def _line(name: str, scores: Sequence[Score]) -> str:
    shares = (
        fmean(one.share for one in scores),
        fmean(one.share == 1 for one in scores),
        fmean(one.at_5 for one in scores),
        fmean(one.at_10 for one in scores),
        fmean(one.gain_10 for one in scores),
    )
    return f"{name:28}{len(scores):6}" + "".join(f"{share:9.1%}" for share in shares)


def show(name: str, scores: Sequence[Score], limits: Limits) -> None:
    """Print the table of one set."""
    given = (
        f"{what} {n:,}" for what in ("budget", "replay") if (n := getattr(limits, what)) is not None
    )
    print(f"\n{name} · {' · '.join(given) or 'as set by default'}")
    columns = ("evidence", "whole", "R@5", "R@10", "nDCG@10")
    print(f"{'':28}{'asked':>6}" + "".join(f"{column:>9}" for column in columns))
    counted = [one for one in scores if one.category not in APART]
    for category in sorted({one.category for one in scores}):
        note = " (apart)" if category in APART else ""
        print(_line(category + note, [one for one in scores if one.category == category]))
    print(_line("all", counted))
    tokens = [one.tokens for one in scores]
    times = quantiles([one.seconds * 1000 for one in scores], n=20, method="inclusive")
    print(
        f"tokens {fmean(tokens):,.0f} mean, {max(tokens):,} max · "
        f"a question {times[9]:.0f} ms p50, {times[18]:.0f} ms p95"
    )


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    here = Path(__file__).parent / "data"
    parser.add_argument("--data", type=Path, default=here, help="folder of sets, see README.md")
    parser.add_argument("--set", default="all", help="name of a set there; all is the default")
    parser.add_argument(
        "--replay",
        type=lambda text: [int(each) for each in text.split(",")],
        default=[None],
        help="tokens for what is recalled; 500,1000,2000,4000 measures each",
    )
    parser.add_argument("--budget", type=int, help="tokens for the whole context")
    parser.add_argument("--embedder", default="none", help="`static`: with the extra `meaning`")
    parser.add_argument("--limit", type=int, help="only so many questions of each set")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--alone", action="store_true", help="ask each question in a new thread")
    where.add_argument(
        "--astray", action="store_true", help="ask each in a talk about something else"
    )
    parser.add_argument("--cli", action="store_true", help="through the command line")
    parser.add_argument("--goal", type=float, help="exit 1 when less of the evidence is found")
    return parser.parse_args(argv)


def _scores(one: neutral.BenchmarkSet, limits: Limits, asked: argparse.Namespace) -> list[Score]:
    with tempfile.TemporaryDirectory() as folder:
        way = through_cli if asked.cli else in_process
        begun = time.perf_counter()
        contexts = way(Path(folder), one, limits)
        print(f"{one.name}: {len(one.turns):,} turns in {time.perf_counter() - begun:.1f} s")
        return list(_measured(neutral.first(one, asked.limit), contexts))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a set misses `--goal`."""
    asked = _asked(argv)
    known = neutral.names(asked.data)
    wanted = known if asked.set == "all" else [asked.set]
    if not wanted or not set(wanted) <= set(known):
        raise SystemExit(f"no set {asked.set} in {asked.data}; there: {', '.join(known) or 'none'}")
    missed = False
    for name in wanted:
        one = neutral.load(asked.data, name)
        one = neutral.alone(one) if asked.alone else neutral.astray(one) if asked.astray else one
        for replay in asked.replay:
            limits = Limits(budget=asked.budget, replay=replay, embedder=asked.embedder)
            scores = _scores(one, limits, asked)
            show(name, scores, limits)
            counted = [each.share for each in scores if each.category not in APART]
            missed |= asked.goal is not None and fmean(counted) < asked.goal
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
