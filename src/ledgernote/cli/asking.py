"""What `ask`, `context` and `chat` share: the material, the numbers, and how a turn is shown."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ledgernote.cli import pipe
from ledgernote.cli.call import Call, read_file
from ledgernote.domain.errors import ModelError, UsageError
from ledgernote.domain.text import to_text
from ledgernote.domain.tokens import tokens
from ledgernote.domain.turns import Kept, Model, Replayed, TurnEvent
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Material, Question, take_turn
from ledgernote.render.receipts import cut_line, receipt_view, usage_line

STDIN = "stdin"


def size(text: str | None, option: str, least: int = 1) -> int | None:
    """The tokens that an option names, if it was given. Raises `UsageError`."""
    return None if text is None else tokens(text, option, least)


def asked(call: Call, words: list[str]) -> tuple[str, tuple[Material, ...]]:
    """The question, and the text piped beside it; without words the pipe is the question.

    Raises `UsageError` when there is neither.
    """
    if words == ["-"]:
        words, piped = [], pipe.read()
    elif pipe.is_given() or not (words or pipe.is_terminal()):
        piped = pipe.read(call.out.say)
    else:
        piped = b""
    text = " ".join(words) if words else to_text(piped).strip()
    if not text.strip():
        raise UsageError("there is no question", 'ledgernote ask "what changed since June?"')
    beside = (Material(text=piped, source=STDIN),) if words and piped.strip() else ()
    return text, beside


def brought(files: Iterable[str]) -> tuple[tuple[Material, ...], tuple[str, ...]]:
    """What `-f` brings along: the text of files, and handles of entries."""
    material, given = [], []
    for name in files:
        if name.startswith(("http://", "https://")) or Path(name).expanduser().exists():
            material.append(Material(text=read_file(name), source=name))
        else:
            given.append(name)
    return tuple(material), tuple(given)


def streamed(call: Call, notebook: Notebook, question: Question, model: Model) -> Kept:
    """Carry a question through, its answer on stdout as it comes.

    Whatever was said is kept when it is cut short, and the reader is told as what.
    """
    from ledgernote.render.stream import paint

    now, me = notebook.clock(), notebook.actor
    with (
        _told_when_interrupted(call, notebook, question),
        closing(_events(notebook, question, (model,))) as events,
    ):
        kept = paint(events, call.out, markdown=True, now=now, me=me)
    if kept is None:
        raise ModelError("the model said nothing", "Try again, or another model with -m.")
    return kept


def collected(
    call: Call, notebook: Notebook, question: Question, models: tuple[Model, ...]
) -> Iterator[Kept]:
    """Carry a question through; each model's answer as a whole, and nothing on stdout."""
    with (
        _told_when_interrupted(call, notebook, question),
        closing(_events(notebook, question, models)) as events,
    ):
        for event in events:
            if isinstance(event, Replayed):
                look = call.look(notebook, talk=True)
                call.out.talk(receipt_view(event.context, look))
            elif isinstance(event, Kept):
                if line := cut_line(event):
                    call.out.say(line)
                call.out.talk(usage_line(event))
                yield event


def _events(
    notebook: Notebook, question: Question, models: tuple[Model, ...]
) -> Generator[TurnEvent, None, None]:
    yield from take_turn(notebook, question, *models)


@contextmanager
def _told_when_interrupted(call: Call, notebook: Notebook, question: Question) -> Iterator[None]:
    begun = notebook.clock()
    try:
        yield
    except KeyboardInterrupt:
        # What is older was kept by somebody else, or long ago: the question was not.
        for entry in notebook.latest(1, since=begun) if question.log else ():
            call.out.say(f"interrupted; the {entry.kind} is kept as {entry.handle}")
        raise
