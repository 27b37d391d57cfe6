"""How long do painting and typing take? In one process, on this machine, by themselves.

    python benchmarks/painting.py
    python benchmarks/painting.py --entries 10000

A token costs the same at the end of a long answer as in a short one; a key is drawn at once, with
100,000 questions in the ledger too. What each figure should be stands in README.md beside this.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from statistics import median

from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from ledgernote.config import Settings
from ledgernote.domain.entries import INBOX, Kind
from ledgernote.ledger.keep import New, keep
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.output import Output
from ledgernote.render.stream import MarkdownAnswer
from ledgernote.repl.complete import NotebookCompleter
from ledgernote.repl.history import Questions, questions
from ledgernote.repl.prompt import Reader
from ledgernote.repl.slash import COMMANDS

SHORT, LONG = 500, 8_000
"""Tokens of an answer."""
CHUNK = 5_000
"""Questions kept in one transaction."""
ANSWER = """## A heading

A paragraph of some length about rates, with **bold** words and `code` in it, so that there is
something to wrap and to paint, and a second sentence that goes on for a while.

- one item of a list
- another item, longer than the first

```python
def double(number: int) -> int:
    return 2 * number
```

| a | table |
|---|-------|
| 1 | row   |

"""


class Screen(StringIO):
    """A terminal that only takes."""

    def isatty(self) -> bool:
        return True


def tokens(number: int) -> list[str]:
    """So many pieces of about four letters."""
    text = ANSWER * (number * 4 // len(ANSWER) + 1)
    return [text[at : at + 4] for at in range(0, number * 4, 4)]


def painting(number: int) -> float:
    """Seconds of the processor for one token of an answer of so many."""
    screen = Screen()
    answer = MarkdownAnswer(Output(color=True, streams=(screen, screen)))
    pieces = tokens(number)
    begun = time.process_time()
    for piece in pieces:
        answer.add(piece)
    answer.end()
    return (time.process_time() - begun) / number


def ledger(folder: Path, number: int) -> Notebook:
    """A notebook with so many questions."""
    settings = Settings(
        ledger=folder / "ledger.db",
        state=folder / "state",
        config=folder / "config.toml",
        actor="ann",
    )
    book = Notebook.open(settings, create=True, say=lambda _: None)
    for start in range(0, number, CHUNK):
        with book.writing() as tx:
            for at in range(start, min(start + CHUNK, number)):
                keep(tx, New(kind=Kind.QUESTION, text=b"question %d of many" % at, project=INBOX))
    return book


def first_key(notebook: Notebook, key: str) -> float:
    """Seconds for the first prompt of a talk with *key* and Enter, the history being read."""
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        history = Questions(lambda: questions(notebook))
        reader.serve(history, NotebookCompleter(notebook, COMMANDS))
        keyboard.send_text(f"{key}\r")
        begun = time.perf_counter()
        reader.read(lambda _: "a bar")
        return time.perf_counter() - begun


def keys(notebook: Notebook, number: int) -> float:
    """Seconds for one of many keys, the suggestions from history included."""
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        history = Questions(lambda: questions(notebook))
        reader.serve(history, NotebookCompleter(notebook, COMMANDS))
        begun = time.perf_counter()
        for letter in "question 9" * (number // 10):
            keyboard.send_text(letter)
        keyboard.send_text("\r")
        reader.read(lambda _: "a bar")
        return (time.perf_counter() - begun) / number


def tab(notebook: Notebook) -> float:
    """Seconds until the list of handles stands, in the thread that makes it."""
    from prompt_toolkit.completion import CompleteEvent

    completer = NotebookCompleter(notebook, COMMANDS)
    begun = time.perf_counter()
    list(completer.get_completions(Document("/show "), CompleteEvent(completion_requested=True)))
    return time.perf_counter() - begun


def rows(asked: argparse.Namespace) -> Iterator[tuple[str, float, str, bool]]:
    """What is measured: name, figure, goal, whether it was met."""
    painting(SHORT)  # what is slow the first time
    few, many = (median(painting(number) for _ in range(3)) for number in (SHORT, LONG))
    yield f"painting, ms a token, {SHORT}", few * 1000, "", True
    yield f"painting, ms a token, {LONG:,}", many * 1000, "<= 0.5", many <= 0.0005
    yield "painting, long to short", many / few, "<= 1.3 x", many <= 1.3 * few
    with tempfile.TemporaryDirectory() as room, closing(ledger(Path(room), asked.entries)) as book:
        first_key(book, "x")  # what is slow the first time
        pairs = [first_key(book, "x") - first_key(book, "") for _ in range(asked.rounds)]
        yield "the first key, ms", median(pairs) * 1000, "<= 10", median(pairs) <= 0.010
        each = median(keys(book, 200) for _ in range(3))
        yield "a key, ms", each * 1000, "<= 16", each <= 0.016
        yield "Tab on handles (in a thread), ms", tab(book) * 1000, "", True


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    missed = 0
    for name, figure, goal, good in rows(parser.parse_args(argv)):
        missed += not good
        print(f"{name:36}{figure:9.3f}  {goal:9}{'' if not goal else 'ok' if good else 'MISSED'}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
