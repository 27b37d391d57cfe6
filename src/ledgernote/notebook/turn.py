"""The one way of a turn: question → context → answer → kept.

Every face drives the same generator. The question is committed before anything else; the
answer grows in a draft within a second of being said; whoever stops reading stops the model,
and what was said until then is kept.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from ledgernote.domain.entries import Entry, EntryId, Kind, ProjectId, Status, ThreadId
from ledgernote.domain.errors import ModelError, PrivateProject, UsageError
from ledgernote.domain.text import to_bytes
from ledgernote.domain.turns import (
    Asked,
    Citation,
    Context,
    Kept,
    LeftOut,
    Model,
    Piece,
    Replayed,
    Said,
    TurnEvent,
    Usage,
)
from ledgernote.ledger import drafts, entries, keep, places, privacy, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.models.counter import COUNTER, count, count_messages
from ledgernote.notebook.growing import Growing
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.past import Reading, brief_of, source_of, standing
from ledgernote.replay.assemble import Ask, Limits, Plan, assemble, kept
from ledgernote.replay.cite import citations, receipt
from ledgernote.replay.frame import render
from ledgernote.replay.recipe import Identity, Source, to_json, unkept

RESERVE = 4_096
"""Tokens of the window kept for the answer, or a quarter of a small window."""


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
    used: tuple[str, ...] = ()
    """Handles of entries that `/use` asked for."""
    system: str | None = None
    budget: int | None = None
    replay: int | None = None
    """Tokens; None means as the settings say."""
    log: bool = True
    """False writes nothing at all."""
    mute: bool = False


@dataclass(slots=True)
class _Kept:
    """The question once it is committed."""

    question: Entry
    material: list[Entry]
    project: ProjectId
    thread: ThreadId
    step: bytes


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


def take_turn(
    notebook: Notebook, question: Question, model: Model, *others: Model
) -> Iterator[TurnEvent]:
    """Carry one question from the keyboard to the ledger and back to the screen.

    Yields `Asked` (when logged), `Replayed`, `Said` …, `Kept`; with *others*, the same
    context goes to each in turn, and the last three repeat. The caller wraps it in
    `contextlib.closing`; whatever was said until then is kept. `Kept.error` says why an
    answer was cut short. Raises `UsageError`, `NoSuchThing`, `DoesNotFit`, `LedgerError`.
    """
    if not question.text.strip():
        raise UsageError("there is no question", "Type one, or pipe one in.")
    models = (model, *others)
    given = [notebook.entry(name) for name in (*question.given, *question.used)]
    if not question.log:
        plan = _Planner(notebook, question, models, given).plan(notebook.ledger)
        for each in models:
            yield from _unlogged(plan, each)
        return
    _close_dead_drafts(notebook)
    with notebook.ledger.snapshot() as before:
        asked = _keep_question(notebook, question)
        yield Asked(question=asked.question, material=tuple(asked.material))
        planner = _Planner(notebook, question, models, given)
        planner.refuse_private_project(asked.project)
        plan = planner.plan(before)
    plan = kept(plan, _identity(asked.question), [_identity(each) for each in asked.material])
    for each in models:
        yield from _logged(notebook, asked, plan, each)


def preview(notebook: Notebook, question: Question, model: Model, *others: Model) -> Context:
    """What would be sent, and why; writes nothing and has the digest that the turn will have."""
    given = [notebook.entry(name) for name in (*question.given, *question.used)]
    with notebook.ledger.snapshot() as before:
        planner = _Planner(notebook, question, (model, *others), given)
        planner.refuse_private_project(places.find_project(before, notebook.project))
        return planner.plan(before).context


def recorded(notebook: Notebook, name: str) -> Context:
    """What was sent for an answer, made again from its recipe. Raises `NoSuchThing`."""
    answer = notebook.entry(name)
    with notebook.ledger.snapshot() as reader:
        if answer.kind is not Kind.ANSWER or not entries.is_there(reader, answer.id):
            raise UsageError(f"{answer.handle} is no answer whose context was kept")
        event = recipes.born(reader, answer.id)
        meta = recipes.meta_of(reader, event)
        if "recipe" not in meta:
            raise UsageError(
                f"the context of {answer.handle} was not kept", "It was imported, or kept by hand."
            )
        reading = Reading(notebook, reader, set())
        recipe, blocks = reading.recipe(event), reading.blocks(event)
        messages = render(blocks, reading.words, recipe.frame)
        context = Context(
            model=recipe.model,
            budget=recipe.budget,
            tokens=count_messages(messages),
            messages=messages,
            receipt=receipt(blocks, reading.words, standing(reading, blocks)),
            left_out=tuple(_left_out(meta)),
            left_out_count=meta.get("left_out_count", 0),
            withheld=meta.get("withheld", 0),
        )
        return replace(context, faithful=context.digest == meta.get("digest"))


def _left_out(meta: dict[str, Any]) -> Iterator[LeftOut]:
    for handle, why in meta.get("left_out", ()):
        yield LeftOut(handle=handle, why=why)


# ---- planning ------------------------------------------------------------------------


class _Planner:
    """Plans one context, for one model or the same for several."""

    def __init__(
        self,
        notebook: Notebook,
        question: Question,
        models: tuple[Model, ...],
        given: list[Entry],
    ) -> None:
        self.notebook, self.question, self.models = notebook, question, models
        self.now = notebook.clock()
        self.given = given
        self.clearance = all(model.local for model in models)

    def refuse_private_project(self, project: ProjectId | None) -> None:
        """A model that is not local gets nothing of a private project. Raises."""
        if project is None or self.clearance:
            return
        if privacy.is_marked(self.notebook.ledger, project):
            names = ", ".join(model.name for model in self.models if not model.local)
            raise PrivateProject(
                f"the project {self.notebook.project} is private and {names} is not local",
                "Ask a local model: -m offline, or set models.NAME.local in the config.",
            )

    def plan(self, reader: Reader) -> Plan:
        """The plan; made once more when something became private while we planned."""
        also_private: set[bytes] = set()
        while True:
            plan = self._plan(reader, also_private)
            if self.clearance:
                return plan
            sent = {row.entry for row in plan.context.receipt}
            fresh = privacy.private_among(self.notebook.ledger, sent) - also_private
            if not fresh:
                return plan
            also_private |= fresh

    def _plan(self, reader: Reader, also_private: set[bytes]) -> Plan:
        notebook, question = self.notebook, self.question
        reading = Reading(notebook, reader, also_private)
        project = places.find_project(reader, notebook.project) or ProjectId(bytes(16))
        thread = _thread(notebook, reader, question)
        given = [reading.marked(source_of(entry, notebook.actor)) for entry in self.given]
        number = len(question.given)
        offset = self.now.utcoffset()
        ask = Ask(
            question=question.text,
            day=self.now.date().isoformat(),
            offset=int(offset.total_seconds()) if offset else 0,
            material=(*self._material(), *given[:number]),
            used=tuple(given[number:]),
            system=_system(notebook, question, thread),
            brief=brief_of(reader, project),
            model=self.models[0].name,
            clearance=self.clearance,
        )
        past = reading.past(question.text, project, thread)
        return assemble(ask, past, self._limits(), count, count_messages)

    def _material(self) -> Iterator[Source]:
        for number, each in enumerate(self.question.material, start=1):
            text = (
                each.text
                if isinstance(each.text, str)
                else each.text.decode("utf-8", "surrogateescape")
            )
            yield Source(
                entry=EntryId(bytes(16)),
                text=text,
                source=each.source,
                created=self.now,
                revision=unkept(number),
                order=(keep.microseconds(self.now), 0, b"", number),
            )

    def _limits(self) -> Limits:
        settings, question = self.notebook.settings, self.question
        window = min(model.window for model in self.models)
        room = window - min(RESERVE, window // 4)
        return Limits(
            budget=min(question.budget or settings.budget, room),
            replay=settings.replay if question.replay is None else question.replay,
            counter=COUNTER,
        )


def _thread(notebook: Notebook, reader: Reader, question: Question) -> ThreadId | None:
    """The thread that the question goes into, as far as it exists."""
    project = places.find_project(reader, notebook.project)
    if project is None:
        return None
    if question.thread is not None:
        return places.find_thread(reader, project, question.thread)
    return places.last_used(reader, project, notebook.actor) if question.goes_on else None


def _system(notebook: Notebook, question: Question, thread: ThreadId | None) -> str | None:
    """The system text to set now: a thread keeps the one it has until another is given."""
    if question.system is not None or thread is not None:
        return question.system
    return notebook.settings.system or None


# ---- keeping the question ------------------------------------------------------------


def _close_dead_drafts(notebook: Notebook) -> None:
    """Answers whose writer died become entries before the snapshot, so that it has them."""
    if any(not draft.alive for draft in drafts.read(notebook.ledger, notebook.ledger.state)):
        with notebook.writing():
            """Opening a transaction closes them."""


def _keep_question(notebook: Notebook, question: Question) -> _Kept:
    """Commit the question and its material, before anything else."""
    with notebook.writing() as tx:
        project = places.need_project(tx, notebook.project)
        thread = _thread(notebook, tx, question)
        system = _system(notebook, question, thread)
        if thread is None:
            thread = places.new_thread(tx, project, question.thread)
        material = [
            keep.keep(
                tx,
                keep.New(
                    kind=Kind.NOTE,
                    text=each.text if isinstance(each.text, bytes) else to_bytes(each.text),
                    project=project,
                    thread=thread,
                    source=each.source,
                    mute=question.mute,
                ),
            )
            for each in question.material
        ]
        asked = keep.keep(
            tx,
            keep.New(
                kind=Kind.QUESTION,
                text=to_bytes(question.text),
                project=project,
                thread=thread,
                system=system,
                mute=question.mute,
            ),
        )
        step = tx.step
    found = entries.by_ids(notebook.ledger, [asked, *material])
    return _Kept(question=found[0], material=found[1:], project=project, thread=thread, step=step)


def _identity(entry: Entry) -> Identity:
    return Identity(entry.id, entry.revision, entry.handle)


# ---- answering -----------------------------------------------------------------------


def _speak(model: Model, context: Context, answer: _Answer) -> Generator[Said, None, None]:
    """What the model says, piece by piece; *answer* knows how it went in the end."""
    try:
        with closing(iter(model.stream(context))) as stream:  # type: ignore[type-var]
            for piece in stream:
                if isinstance(piece, Piece):
                    answer.pieces.append(piece.text)
                    yield Said(text=piece.text, reasoning=piece.reasoning)
                else:
                    answer.usage = piece
        answer.status = Status.COMPLETE
        if not answer.text.strip():
            answer.error = ModelError(
                f"{model.name} answered with nothing", "Ask again, or ask another model with -m."
            )
    except (ModelError, KeyboardInterrupt) as error:
        answer.error = error
    if not answer.text.strip():
        answer.status = Status.FAILED


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


def _citations(answer: _Answer, context: Context) -> tuple[Citation, ...]:
    return citations(answer.text, {row.handle for row in context.receipt if row.handle})


def _draft_meta(asked: _Kept, plan: Plan, context: Context) -> dict[str, Any]:
    """What the answer's event will hold, from the start."""
    meta: dict[str, Any] = {
        "recipe": to_json(plan.recipe),
        "digest": context.digest,
        "withheld": context.withheld,
        "left_out": [[row.handle, row.why] for row in context.left_out],
        "left_out_count": context.left_out_count,
    }
    if asked.question.muted:
        meta["muted"] = True
    if any(row.private for row in context.receipt):
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


def _outcome(asked: _Kept | None, answer: _Answer, context: Context, model: Model) -> Kept:
    return Kept(
        question=asked.question if asked else None,
        answer=None,
        text=answer.text,
        status=answer.status,
        usage=_counted(answer, context, model),
        context=context,
        citations=_citations(answer, context),
        error=answer.error,
    )


def _unlogged(plan: Plan, model: Model) -> Iterator[TurnEvent]:
    context = replace(plan.context, model=model.name)
    yield Replayed(context=context)
    answer = _Answer()
    yield from _speak(model, context, answer)
    yield _outcome(None, answer, context, model)


def _logged(notebook: Notebook, asked: _Kept, plan: Plan, model: Model) -> Iterator[TurnEvent]:
    context = replace(plan.context, model=model.name)
    plan = replace(plan, recipe=replace(plan.recipe, model=model.name))
    growing = Growing(notebook, asked.step)
    place = (asked.project, asked.thread)
    growing.begin(asked.question, place, model.name, _draft_meta(asked, plan, context))
    answer, begun = _Answer(), time.monotonic()
    kept: list[Kept] = []
    try:
        yield Replayed(context=context)
        for said in _speak(model, context, answer):
            growing.hear(said.text, said.reasoning)
            yield said
    finally:  # also when the reader has stopped us: what was said is kept
        outcome = _outcome(asked, answer, context, model)
        more = _end_meta(answer, outcome, time.monotonic() - begun)
        entry = growing.end(answer.text, answer.status, more)
        kept.append(replace(outcome, answer=entry, status=entry.status))
    yield kept[0]
