"""Does a context begin with the one before? Providers cache the longest common beginning.

    python benchmarks/prefix.py
    python benchmarks/prefix.py --turns 60 --budget 8000 2000

One thread, a model that follows a script, and a notebook that grows between the turns: notes
are kept, pinned, superseded and edited. The context of each turn must begin with all bytes of
the one before it, but where the budget was outgrown and the thread was planned anew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean

import make_sample

from ledgernote.config import Settings
from ledgernote.domain.entries import Scope
from ledgernote.domain.text import to_bytes
from ledgernote.domain.turns import Context, Kept, Piece, Usage, WindowFrom
from ledgernote.ledger import keep
from ledgernote.notebook import labels
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question, take_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """A model that says what it was told to."""

    says: str
    name: str = "openai/scripted"
    local: bool = False
    window: int = 200_000
    window_from: WindowFrom = WindowFrom.TABLE
    address: str | None = None
    sees: bool = False

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        """The script, a sentence at a time."""
        for sentence in self.says.split(". "):
            yield Piece(text=sentence + ". ")
        yield Usage()


def _sent(context: Context) -> bytes:
    """A context as one run of bytes."""
    return b"".join(f"{one.role}\0{one.content}\0".encode() for one in context.messages)


def _common(one: bytes, other: bytes) -> int:
    """Bytes in which both begin alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _grow(notebook: Notebook, turn: int, texts: Iterator[str]) -> None:
    """What happens in a notebook between two questions."""
    kept = [notebook.note(NewNote(text=text)) for text in islice(texts, 3)]
    if turn % 7 == 3:
        labels.pin(notebook, [kept[0].handle], Scope.PROJECT)
    if turn % 7 == 5:
        notebook.note(NewNote(text=f"Not so: {kept[1].text}", supersedes=kept[1].handle))
    if turn % 7 == 6:
        first = notebook.latest(0)[turn]
        notebook.change(
            [first.handle], lambda tx, entry: keep.revise(tx, entry.id, to_bytes("Mended."))
        )


def _contexts(folder: Path, turns: int, budget: int) -> Iterator[Context]:
    settings = Settings(
        ledger=folder / "ledger.db", state=folder, config=folder / "config.toml", actor="reader"
    )
    texts = cycle(str(row["text"]) for _, row in make_sample.turns())
    questions = cycle(question for _, _, question, _ in make_sample.QUESTIONS)
    with closing(Notebook.open(settings, create=True, say=print)) as notebook:
        for turn in range(turns):
            _grow(notebook, turn, texts)
            question = Question(
                text=f"{next(questions)} ({turn + 1})", thread="long", budget=budget
            )
            model = Scripted(says=f"In short, {next(texts)} That is all I know of it. " * 3)
            with closing(take_turn(notebook, question, model)) as events:
                yield from (event.context for event in events if isinstance(event, Kept))


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--budget", type=int, nargs="+", default=[16_000, 4_000])
    return parser.parse_args(argv)


def measure(turns: int, budget: int) -> bool:
    """Run one thread and print it; whether every context kept what it had to."""
    before, broken, replanned = b"", 0, 0
    shares: list[float] = []
    print(f"\nbudget {budget:,}\n{'turn':>4}{'tokens':>9}{'bytes':>9}{'common':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for turn, context in enumerate(_contexts(Path(folder), turns, budget), start=1):
            sent = _sent(context)
            common = _common(before, sent)
            note = ""
            if context.replanned:
                replanned += 1
                note = "  planned anew"
            elif not sent.startswith(before):
                broken += 1
                note = "  BROKEN"
            if before:
                shares.append(common / len(before))
            print(f"{turn:4}{context.tokens:9,}{len(sent):9,}{common:9,}{note}")
            before = sent
    whole = sum(share == 1 for share in shares)
    print(
        f"{whole} of {len(shares)} contexts begin with all of the one before; "
        f"planned anew {replanned} times; common beginning {fmean(shares):.1%} of it on average"
    )
    return not broken


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when bytes were taken away without a re-plan."""
    asked = _asked(argv)
    kept = [measure(asked.turns, budget) for budget in asked.budget]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
