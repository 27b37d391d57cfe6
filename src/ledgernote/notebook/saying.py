"""What a model says, until it is kept."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ledgernote.domain.entries import Entry, Kind, ProjectId, Status, ThreadId
from ledgernote.domain.errors import ModelBusy, ModelError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.turns import (
    Context,
    Kept,
    Model,
    Piece,
    Replayed,
    Retry,
    Said,
    TurnEvent,
    Usage,
)
from ledgernote.models.counter import count
from ledgernote.notebook import learned
from ledgernote.notebook.growing import Growing
from ledgernote.notebook.planning import Planner
from ledgernote.replay.assemble import Plan
from ledgernote.replay.cite import citations
from ledgernote.replay.recipe import to_json

LONGEST = 60.0
"""Seconds that a provider may ask to wait; for more, nobody sits before a screen."""


@frozen
class Where:
    """Where an answer is kept."""

    project: ProjectId
    thread: ThreadId
    step: bytes | None = None
    """What it joins, so that one undo takes the whole turn back; None: one of its own."""


@frozen
class Committed:
    """The question and its material, once they are committed."""

    question: Entry
    material: tuple[Entry, ...]
    where: Where


@dataclass(slots=True)
class _Answer:
    """An answer in the making."""

    pieces: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    status: Status = Status.INTERRUPTED
    error: BaseException | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def unlogged(planner: Planner, plan: Plan, model: Model) -> Generator[TurnEvent, None, Kept]:
    """Let *model* answer and keep nothing. Gives how it ended."""
    context = replace(plan.context, model=model.name)
    yield Replayed(context=context)
    answer = _Answer()
    yield from _speak(model, context, answer, planner)
    return _outcome(None, answer, context, model)


def logged(
    planner: Planner, where: Where, plan: Plan, model: Model, question: Entry | None = None
) -> Generator[TurnEvent, None, Kept]:
    """Let *model* answer and keep what it says, however it ends. Gives how it ended.

    Without a *question* it is a task's, and is kept as a summary.
    """
    context = replace(plan.context, model=model.name)
    plan = replace(plan, recipe=replace(plan.recipe, model=model.name))
    growing = Growing(planner.notebook, where.step)
    place = (where.project, where.thread)
    answer, begun = _Answer(), time.monotonic()
    kept: list[Kept] = []
    try:
        meta = _draft_meta(plan, context, private=planner.private_head)
        if question is None:
            meta["kind"] = Kind.SUMMARY
        elif question.muted:
            meta["muted"] = True
        if not model.local:
            meta["remote"] = True
        growing.begin(question.id if question else None, place, model.name, meta)
        yield Replayed(context=context)
        with _closed(_speak(model, context, answer, planner)) as saying:
            for said in saying:
                if isinstance(said, Said):
                    growing.hear(said.text, said.reasoning)
                yield said
    finally:  # also when the reader has stopped us: what was said is kept
        outcome = _outcome(question, answer, context, model)
        more = _end_meta(answer, outcome, time.monotonic() - begun)
        entry = growing.end(answer.status, more) if growing.id else None
        status = entry.status if entry else answer.status
        kept.append(replace(outcome, answer=entry, status=status))
    learned.count_of(planner.notebook.settings, context, kept[0].usage)
    return kept[0]


@contextmanager
def _closed(stream: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """The stream, closed at the end where it can be: that lets go of the model's connection."""
    try:
        yield stream
    finally:
        if close := getattr(stream, "close", None):
            close()


def _speak(
    model: Model, context: Context, answer: _Answer, planner: Planner
) -> Generator[Retry | Said, None, None]:
    """What the model says, piece by piece; *answer* knows how it went in the end."""
    try:
        yield from _patiently(model, context, answer, planner)
        answer.status = Status.COMPLETE
        if not answer.text.strip():
            answer.error = ModelError(
                f"{model.name} answered with nothing", "Ask again, or ask another model with -m."
            )
    except (ModelError, KeyboardInterrupt) as error:
        answer.error = error
    if not answer.text.strip():
        answer.status = Status.FAILED


def _patiently(
    model: Model, context: Context, answer: _Answer, planner: Planner
) -> Generator[Retry | Said, None, None]:
    """Ask until something is said; from then on nothing is asked again."""
    tried = 0
    while True:
        try:
            planner.check()
            with _closed(iter(model.stream(context))) as stream:
                for piece in stream:
                    if isinstance(piece, Piece):
                        answer.pieces.append(piece.text)
                        yield Said(text=piece.text, reasoning=piece.reasoning)
                    else:
                        answer.usage = piece
            return
        except ModelBusy as error:
            wait = wait_for(error, tried, planner.notebook.settings.retries)
            if wait is None or answer.pieces:
                raise
            yield Retry(model=model.name, seconds=wait, error=error)
        tried += 1
        time.sleep(wait)


def wait_for(error: ModelBusy, tried: int, most: int) -> float | None:
    """Seconds until a model is asked again; None where that is of no use."""
    if tried >= most:
        return None
    if error.wait is None:
        return 0.5 * 2.0**tried
    return error.wait if error.wait <= LONGEST else None


def _counted(answer: _Answer, context: Context, model: Model) -> Usage:
    """The usage as the provider reports it, else as we count."""
    usage = answer.usage
    if usage.tokens_in is not None:
        return usage
    return replace(
        usage,
        tokens_in=context.tokens,
        tokens_out=count(answer.text),
        served_model=usage.served_model or model.name,
        source="counted",
    )


def _draft_meta(plan: Plan, context: Context, *, private: bool) -> dict[str, Any]:
    """What the answer's event will hold, from the start."""
    meta: dict[str, Any] = {
        "recipe": to_json(plan.recipe),
        "digest": context.digest,
        "withheld": context.withheld,
        "no_consent": [[row.example.hex(), row.entries] for row in context.no_consent],
        "left_out": [[row.handle, row.why] for row in context.left_out],
        "left_out_count": context.left_out_count,
    }
    if private or any(row.private for row in context.receipt):
        meta["private"] = True
    return meta


def _end_meta(answer: _Answer, kept: Kept, seconds: float) -> dict[str, Any]:
    """What is known only when the answer has ended."""
    usage = kept.usage
    handles = {row.handle: row.entry.hex() for row in kept.context.receipt}
    return {
        "usage": {
            "in": usage.tokens_in,
            "out": usage.tokens_out,
            "cost": usage.cost,
            "source": usage.source,
            "served": usage.served_model,
            "seconds": round(seconds, 3),
        },
        "citations": [
            [one.start, one.end, handles.get(one.handle), one.verdict] for one in kept.citations
        ],
    }


def _outcome(question: Entry | None, answer: _Answer, context: Context, model: Model) -> Kept:
    handles = {row.handle for row in context.receipt if row.handle}
    return Kept(
        question=question,
        answer=None,
        text=answer.text,
        status=answer.status,
        usage=_counted(answer, context, model),
        context=context,
        citations=citations(answer.text, handles),
        error=answer.error,
    )
