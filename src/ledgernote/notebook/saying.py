"""What a model says, until it is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from ledgernote.domain.entries import Entry, Kind, ProjectId, Status, ThreadId
from ledgernote.domain.errors import ModelBusy, ModelError, TooLong
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import (
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
from ledgernote.models.failures import wordless
from ledgernote.notebook import learned
from ledgernote.notebook.growing import Growing
from ledgernote.notebook.planning import Planner
from ledgernote.replay.assemble import Plan
from ledgernote.replay.cite import citations
from ledgernote.replay.written import to_json

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
    system: str | None = None
    """The system text that was set with it, of which the snapshot of its plan knows nothing."""


class Speaking:
    """One model's answer in the making: begun, heard, ended, whatever happens in between.

    Without *where* nothing of it is kept; without a *question* it is kept as a summary.
    """

    def __init__(
        self,
        planner: Planner,
        plan: Plan,
        model: Model,
        where: Where | None = None,
        question: Entry | None = None,
    ) -> None:
        self._context = replace(plan.context, model=model.name)
        self._plan = replace(plan, recipe=replace(plan.recipe, model=model.name))
        self.planner, self.notebook, self._model = planner, planner.notebook, model
        self._where, self._question = where, question
        self._growing = Growing(planner.notebook, where.step, self._until_now) if where else None
        self._pieces: list[str] = []
        self._usage = Usage()
        self._served: str | None = None
        """Who answers, as its provider has told until now."""
        self._status = Status.INTERRUPTED
        self._error: BaseException | None = None
        self._kept: Kept | None = None
        self._begun = time.monotonic()

    def begin(self) -> Replayed:
        """Open the draft, if anything is kept, and say what is sent."""
        if self._where and self._growing:
            place = (self._where.project, self._where.thread)
            asked = self._question.id if self._question else None
            self._growing.begin(asked, place, self._model.name, self._meta())
        return Replayed(context=self._context)

    def warm(self) -> None:
        """Pay for what is slow the first time, before anything is sent."""
        if heat := getattr(self._model, "warm", None):
            heat()

    def pieces(
        self, check: Callable[[], None], pause: Callable[[float], object] = time.sleep
    ) -> Generator[Retry | Said, None, None]:
        """What the model says, heard by the draft. Touches no ledger: any thread may run it.

        *check* looks once more whether all of it may go. Raises what is not the model's fault.
        """
        try:
            yield from self._patiently(check, pause)
            self._status = Status.COMPLETE
        except (ModelError, KeyboardInterrupt) as error:
            self._error = error

    def _patiently(
        self, check: Callable[[], None], pause: Callable[[float], object]
    ) -> Generator[Retry | Said, None, None]:
        """Ask until something is said; from then on nothing is asked again."""
        tried = 0
        while True:
            try:
                check()
                yield from self._streamed()
                return
            except ModelBusy as error:
                wait = wait_for(error, tried, self.notebook.settings.retries)
                if wait is None or self._pieces:
                    raise
                yield Retry(model=self._model.name, seconds=wait, error=error)
            tried += 1
            pause(wait)

    def _streamed(self) -> Generator[Said, None, None]:
        with closed(iter(self._model.stream(self._context))) as stream:
            for piece in stream:
                if isinstance(piece, Piece):
                    self._pieces.append(piece.text)
                    self._served = piece.served_model or self._served
                    if self._growing:
                        self._growing.hear(piece.text, piece.reasoning)
                    yield Said(text=piece.text, reasoning=piece.reasoning)
                else:
                    self._usage = piece

    def end(self, error: BaseException | None = None) -> Kept:
        """Keep what was said until now, once; *error* says what stopped it from outside."""
        if self._kept is None:
            try:
                self._kept = self._ended(error)
            except KeyboardInterrupt:  # Ctrl-C once more: first what was said, then that
                self._kept = self._ended(error)
                raise
        return self._kept

    def _ended(self, error: BaseException | None) -> Kept:
        text = "".join(self._pieces)
        status, error = self._status, error or self._error
        if not text.strip():
            status = Status.FAILED
            error = error or wordless(self._model.name, self._usage.finish)
        outcome = self._outcome(text, status, error)
        if self._growing and self._growing.id:
            more = _end_meta(outcome, time.monotonic() - self._begun)
            entry = self._growing.end(status, more)
            outcome = replace(outcome, answer=entry, status=entry.status if entry else status)
            learned.count_of(self.notebook.settings, self._model, self._context, outcome.usage)
        return outcome

    def learn_from(self, outcome: Kept) -> None:
        """A refusal's window, for the next time: all of several are sent the same, and once."""
        if isinstance(outcome.error, TooLong):
            settings, keep = self.notebook.settings, self._growing is not None
            learned.refused(settings, self._model, self._context, outcome.error, keep=keep)

    def _meta(self) -> dict[str, Any]:
        """What the answer's event will hold, from the start."""
        context = self._context
        meta: dict[str, Any] = {
            "recipe": to_json(self._plan.recipe),
            "digest": context.digest,
            "withheld": context.withheld,
            "no_consent": [[row.example.hex(), row.entries] for row in context.no_consent],
            "left_out": [[row.handle, row.why] for row in context.left_out],
            "left_out_count": context.left_out_count,
        }
        if self.planner.private_head or any(row.private for row in context.receipt):
            meta["private"] = True
        if self._question is None:
            meta["kind"] = Kind.SUMMARY
        elif self._question.muted:
            meta["muted"] = True
        if not self._model.local:
            meta["remote"] = True
        return meta

    def _outcome(self, text: str, status: Status, error: BaseException | None) -> Kept:
        handles = {row.handle for row in self._context.receipt if row.handle}
        return Kept(
            question=self._question,
            answer=None,
            text=text,
            status=status,
            usage=self._counted(text),
            context=self._context,
            citations=citations(text, handles),
            error=error,
        )

    def _counted(self, text: str) -> Usage:
        """The usage as the provider reports it, else as we count; nothing where none answered."""
        if self._usage.tokens_in is not None:
            return self._usage
        if not self._pieces:
            return replace(self._usage, tokens_out=None, served_model=None, source=None)
        return self._begun_with(count(text))

    def _begun_with(self, tokens_out: int) -> Usage:
        """As we count what was said until now, priced as a whole answer is."""
        usage = replace(
            self._usage,
            tokens_in=self._context.tokens,
            tokens_out=tokens_out,
            served_model=self._usage.served_model or self._served or self._model.name,
            source="counted",
        )
        return learned.priced(self._model, usage)

    def _until_now(self, tokens_out: int) -> dict[str, Any]:
        """The usage that stands in the draft: whoever is killed has no time to tell it."""
        return _usage_meta(self._begun_with(tokens_out), time.monotonic() - self._begun)


def wait_for(error: ModelBusy, tried: int, most: int) -> float | None:
    """Seconds until a model is asked again; None where that is of no use."""
    if tried >= most:
        return None
    if error.wait is None:
        return 0.5 * 2.0**tried
    return error.wait if error.wait <= LONGEST else None


def said(speaking: Speaking) -> Generator[TurnEvent, None, Kept]:
    """Let a model speak, and keep what it says, however it ends. Gives how it ended."""
    kept: list[Kept] = []
    try:
        yield speaking.begin()
        with closed(speaking.pieces(speaking.planner.check)) as saying:
            yield from saying
    finally:  # also when the reader has stopped us: what was said is kept
        kept.append(speaking.end())
    return kept[0]


@contextmanager
def closed(stream: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """The stream, closed at the end where it can be: that lets go of the model's connection."""
    try:
        yield stream
    finally:
        if close := getattr(stream, "close", None):
            close()


def _end_meta(kept: Kept, seconds: float) -> dict[str, Any]:
    """What is known only when the answer has ended."""
    handles = {row.handle: row.entry.hex() for row in kept.context.receipt}
    return {
        "usage": _usage_meta(kept.usage, seconds),
        "citations": [
            [one.start, one.end, handles.get(one.handle), one.verdict] for one in kept.citations
        ],
    }


def _usage_meta(usage: Usage, seconds: float) -> dict[str, Any]:
    return {
        "in": usage.tokens_in,
        "out": usage.tokens_out,
        "cached": usage.tokens_cached,
        "finish": usage.finish,
        "cost": usage.cost,
        "price": usage.price,
        "source": usage.source,
        "served": usage.served_model,
        "seconds": round(seconds, 3),
    }
