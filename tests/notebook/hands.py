"""What the notebook's tests share: a model that follows a script, and turns carried through."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry
from ledgernote.domain.turns import (
    Asked,
    Context,
    Kept,
    Piece,
    Replayed,
    Said,
    TurnEvent,
    Usage,
    WindowFrom,
)
from ledgernote.ledger import drafts, lists
from ledgernote.ledger.connection import Reader
from ledgernote.notebook import growing
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question, take_turn

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

Event = TypeVar("Event", bound=TurnEvent)


class Clock:
    """A clock that moves a second at each look."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass
class Scripted:
    """A model that says *pieces* and then raises *error*, if there is one."""

    pieces: tuple[str, ...] = ("As you ", "noted.")
    error: BaseException | None = None
    local: bool = True
    window: int = 200_000
    sees: bool = False
    window_from: WindowFrom = WindowFrom.NOBODY
    address: str | None = None
    name: str = "scripted/a"
    usage: Usage | None = None
    look: Callable[[], object] = lambda: None
    """Called when the model is asked."""
    pause: Callable[[str], object] = lambda _: None
    """Called with each piece before it is said."""
    look_back: Callable[[], object] = lambda: None
    """Called when the last piece was said."""
    contexts: list[Context] = field(default_factory=list)
    """What it was asked."""
    closed: bool = False
    """Whoever asked has let go of it."""

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        self.contexts.append(context)
        self.look()
        try:
            for piece in self.pieces:
                self.pause(piece)
                yield Piece(text=piece)
            self.look_back()
            if self.error is not None:
                raise self.error
            if self.usage is not None:
                yield self.usage
        finally:
            self.closed = True

    @property
    def sent(self) -> str:
        """All that was ever sent to it."""
        return "\n".join(m.content for context in self.contexts for m in context.messages)


@dataclass(frozen=True)
class Turn:
    """The events of one turn."""

    events: list[TurnEvent]

    def all(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def question(self) -> Entry:
        return self.all(Asked)[0].question

    @property
    def material(self) -> tuple[Entry, ...]:
        return self.all(Asked)[0].material

    @property
    def context(self) -> Context:
        return self.all(Replayed)[0].context

    @property
    def said(self) -> str:
        return "".join(event.text for event in self.all(Said))

    @property
    def kept(self) -> Kept:
        return self.all(Kept)[0]

    @property
    def answer(self) -> Entry:
        answer = self.kept.answer
        assert answer is not None
        return answer


def ask(
    notebook: Notebook, question: str | Question, model: Scripted | Any = None, **more: Any
) -> Turn:
    """Carry a turn through to its end; *more* are fields of the question."""
    if isinstance(question, str):
        question = Question(text=question)
    asked = replace(question, **more)
    return Turn(list(take_turn(notebook, asked, model or Scripted())))


@contextmanager
def beside(
    settings: Settings, *, actor: str | None = None, project: str | None = None, **more: Any
) -> Iterator[Notebook]:
    """The same ledger opened once more, by another hand."""
    settings = replace(settings, actor=actor or settings.actor)
    notebook = Notebook.open(settings, project=project, create=True, say=lambda _: None, **more)
    try:
        yield notebook
    finally:
        notebook.close()


def texts(notebook: Notebook) -> list[str]:
    """The words of everything kept, oldest first."""
    return [notebook.whole(entry).text for entry in notebook.latest(0)]


def everything(reader: Reader) -> dict[str, list[Any]]:
    """Every row of every table that holds anything, to see whether a byte has changed."""
    tables = [
        row[0]
        for row in reader.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    return {table: reader.rows(f"SELECT * FROM {table}") for table in tables}


def events(reader: Reader) -> int:
    """How many events the ledger holds."""
    return int(reader.one("SELECT count(*) FROM event")[0])


def sent(context: Context) -> str:
    """All words of a context."""
    return "\n".join(message.content for message in context.messages)


def dead(
    notebook: Notebook,
    question: Question,
    pieces: tuple[str, ...],
    kind: Callable[..., Scripted] = Scripted,
) -> Entry:
    """A process of its own asks, and is killed when *pieces* stand in its draft.

    Gives the answer as its readers see it then.
    """
    child = os.fork()
    if child == 0:
        try:
            growing.EVERY = 0.01  # else each such test would wait for half a second
            with beside(notebook.settings, project=notebook.project) as mine:
                ask(mine, question, kind(pieces, look_back=lambda: _die_when_written(mine)))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    (found,) = lists.open_drafts(notebook.ledger)
    return found


def _die_when_written(notebook: Notebook) -> None:
    def written() -> bool:
        (draft,) = drafts.read(notebook.ledger, notebook.ledger.state)
        return any(
            drafts.text_of(notebook.ledger, draft.id, slot) for slot in ("text", "reasoning")
        )

    while not written():
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGKILL)
