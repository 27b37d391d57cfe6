"""Learns the weights of replay/rank.py from benchmark sets, and says what they are worth.

    python benchmarks/learn.py --data DIR --set beam
    python benchmarks/learn.py --data DIR --set locomo --ablate

Turns come in and candidates come out through the notebook, features as a receipt holds them.
The fit is a listwise softmax (the share of a question's evidence that a candidate is, against
the others of that question) with a penalty for large weights; Newton's steps, a second or two.
Figures are cross-validated: each conversation is ranked by weights from all the others.
Needs numpy (the extra `learn`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from math import log2
from pathlib import Path
from typing import Any

import neutral
import numpy as np
from replay import APART

from ledgernote.config import Settings
from ledgernote.notebook import meaning
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.ranking import ranked
from ledgernote.notebook.reading import Reading
from ledgernote.notebook.transfer import import_lines
from ledgernote.replay.rank import FEATURES

PENALTY = 0.005
STEPS = 8
SCALE = 10.0
"""Weights are printed divided by it, so that scores stay small."""
FOUND = ("R@5", "R@10", "R@50", "nDCG@10")
BY_HAND = {
    **{"superseded": -0.2, "tagged": 0.3, "replaces": 1.0, "replaced": 1.0},
    **{"corrects": 1.0, "alike": -1.0, "disputed": -1.0, "newest": 1.0},
    **{"before": 0.0, "answers": 0.0},
}
"""What no set holds, and what `replies` stands in the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The candidates of one question: a row of features each, and which are evidence."""

    conv: str
    category: str
    features: Any
    is_evidence: Any
    evidence: int
    """How many turns hold the answer; some may be no candidates."""


# ---- what there is to learn from -----------------------------------------------------


def read(one: neutral.BenchmarkSet, embedder: str) -> list[Ranked]:
    """The candidates of every question of a set, with that setting of `embedder`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            ledger=folder / "l.db",
            state=folder,
            config=folder / "c.toml",
            actor="reader",
            embedder=embedder,
        )
        with closing(Notebook.open(settings, create=True, say=print)) as notebook:
            import_lines(notebook, neutral.lines(one.turns))
            meaning.index(notebook)
        return list(_read(settings, one.questions))


def _read(settings: Settings, questions: Iterable[neutral.Asked]) -> Iterator[Ranked]:
    now = datetime.now(UTC)
    for conv, group in groupby(questions, key=lambda asked: asked.conv):
        with (
            closing(Notebook.open(settings, project=conv, create=True, say=print)) as notebook,
            notebook.ledger.snapshot() as reader,
        ):
            for asked in group:
                found = ranked(Reading(notebook, reader, now), asked.text, notebook.project_id())
                yield Ranked(
                    conv=conv,
                    category=asked.category,
                    features=np.array([row.features for row in found]),
                    is_evidence=np.array([row.source.ref in asked.evidence for row in found]),
                    evidence=len(asked.evidence),
                )


# ---- fitting -------------------------------------------------------------------------


def fit(questions: Sequence[Ranked], columns: Sequence[int]) -> Any:
    """The weights of some features, for all of these questions."""
    some = [one for one in questions if one.category not in APART and one.is_evidence.any()]
    rows = np.concatenate([one.features[:, columns] for one in some])
    wanted = np.concatenate([one.is_evidence / one.evidence for one in some])
    spread = rows.std(0)
    spread[spread == 0] = np.inf  # what never differs weighs nothing
    rows = (rows - rows.mean(0)) / spread
    starts = np.cumsum([0, *(len(one.is_evidence) for one in some)])[:-1]
    return _newton(rows, wanted, starts) / spread


def _newton(rows: Any, wanted: Any, starts: Any) -> Any:
    """Newton's steps, halved while they lead uphill."""
    sizes = np.diff([*starts, len(rows)])
    share = np.add.reduceat(wanted, starts)
    ridge = 2 * PENALTY * np.eye(rows.shape[1])

    def chances(weights: Any) -> tuple[Any, float]:
        score = rows @ weights
        score -= np.repeat(np.maximum.reduceat(score, starts), sizes)
        total = np.add.reduceat(np.exp(score), starts)
        loss = (share @ np.log(total) - wanted @ score) / len(starts)
        return np.exp(score) / np.repeat(total, sizes), loss + PENALTY * weights @ weights

    weights = np.zeros(rows.shape[1])
    chance, loss = chances(weights)
    for _ in range(STEPS):
        expected = np.repeat(share, sizes) * chance
        slope = rows.T @ (expected - wanted) / len(starts) + 2 * PENALTY * weights
        means = np.add.reduceat(rows * chance[:, None], starts)
        bend = rows.T @ (rows * expected[:, None]) - (means * share[:, None]).T @ means
        step = np.linalg.solve(bend / len(starts) + ridge, slope)
        before = loss
        while True:
            chance, loss = chances(weights - step)
            if loss <= before or np.abs(step).max() < 1e-6:
                break
            step = step / 2
        weights = weights - step
    return weights


# ---- measuring -----------------------------------------------------------------------


def validated(questions: Sequence[Ranked], columns: Sequence[int]) -> dict[str, float]:
    """What weights from the other conversations find in each, in per cent."""
    scores: list[tuple[float, ...]] = []
    for conv in dict.fromkeys(one.conv for one in questions):
        weights = fit([one for one in questions if one.conv != conv], columns)
        here = [one for one in questions if one.conv == conv and one.category not in APART]
        scores += [_score(one, one.features[:, columns] @ weights) for one in here]
    return dict(zip(FOUND, (100 * np.array(scores).mean(0)).tolist(), strict=True))


def _score(one: Ranked, scores: Any) -> tuple[float, ...]:
    hits = one.is_evidence[np.argsort(-scores, kind="stable")]
    gain = sum(1 / log2(place + 2) for place in np.flatnonzero(hits[:10]))
    ideal = sum(1 / log2(place + 2) for place in range(min(10, one.evidence)))
    return (*(hits[:n].sum() / one.evidence for n in (5, 10, 50)), gain / ideal)


def _line(name: str, found: dict[str, float], besides: dict[str, float] | None = None) -> str:
    cells = [f"{found[key] - (besides or {}).get(key, 0):+8.1f}" for key in FOUND]
    return f"{name:24}" + "".join(cells if besides else [cell.replace("+", " ") for cell in cells])


def show(name: str, questions: Sequence[Ranked], *, ablate: bool) -> None:
    """Print what is found, what each feature brings, and the table of weights."""
    columns = np.concatenate([one.features for one in questions]).T
    every = [
        at
        for at, feature in enumerate(FEATURES)
        if feature not in BY_HAND and np.ptp(columns[at]) > 0
    ]
    whole = validated(questions, every)
    print(f"\n{name}, cross-validated by conversation\n{'':24}" + "".join(f"{k:>8}" for k in FOUND))
    print(_line("all features", whole), flush=True)
    for at in every if ablate else ():
        without = validated(questions, [each for each in every if each != at])
        print(_line(f"without {FEATURES[at]}", without, whole), flush=True)
    weights = dict(zip([FEATURES[at] for at in every], fit(questions, every) / SCALE, strict=True))
    weights = dict.fromkeys(FEATURES, 0.0) | weights | BY_HAND
    print("\n".join(f'    "{feature}": {weights[feature]:.3f},' for feature in FEATURES))


def main(argv: Sequence[str] | None = None) -> int:
    """Read the sets, and show each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).parent / "data")
    parser.add_argument("--set", action="append", help="names of sets there; all is the default")
    parser.add_argument("--embedder", default="none", help="`static`: with the extra `meaning`")
    parser.add_argument("--ablate", action="store_true", help="what each feature brings")
    asked = parser.parse_args(argv)
    for name in asked.set or neutral.names(asked.data):
        show(name, read(neutral.load(asked.data, name), asked.embedder), ablate=asked.ablate)
    return 0


if __name__ == "__main__":
    sys.exit(main())
