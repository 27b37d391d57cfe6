"""The one way of a turn: question → context → answer → kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledgernote.domain.turns import Context, Model, TurnEvent
from ledgernote.notebook.notebook import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Text that comes with a question: piped, from a file, from a command."""

    text: str | bytes
    source: str
    """Where it came from, e.g. `stdin`, a path, `!ls`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, as a face gives it."""

    text: str
    thread: str | None = None
    """Name or handle of the thread; made by that name when new. None: see `goes_on`."""
    goes_on: bool = False
    """In the thread that this actor used last; else a new one."""
    material: tuple[Material, ...] = ()
    given: tuple[str, ...] = ()
    """Handles of entries to bring along."""
    system: str | None = None
    budget: int | None = None
    replay: int | None = None
    """Tokens; None means as the settings say."""
    log: bool = True
    """False writes nothing at all."""
    mute: bool = False


def take_turn(notebook: Notebook, question: Question, model: Model) -> Iterator[TurnEvent]:
    """Carry one question from the keyboard to the ledger and back to the screen.

    Yields `Asked` (when logged), `Replayed`, `Said` …, `Kept`. The caller wraps it in
    `contextlib.closing`; whatever was said until then is kept. `Kept.error` says why an
    answer was cut short. Raises `UsageError`, `NoSuchThing`, `DoesNotFit`, `LedgerError`.
    """
    raise NotImplementedError


def preview(notebook: Notebook, question: Question, model: Model) -> Context:
    """What would be sent, and why; writes nothing and has the digest that the turn will have."""
    raise NotImplementedError


def recorded(notebook: Notebook, name: str) -> Context:
    """What was sent for an answer, made again from its recipe. Raises `NoSuchThing`."""
    raise NotImplementedError
