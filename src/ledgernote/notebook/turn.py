"""The one way of a turn: question → context → answer → kept.

Every face drives the same generator. The question is committed before anything else; the
answer grows in a draft within a second of being said; whoever stops reading stops the model,
and what was said until then is kept.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import nullcontext

from ledgernote.domain.entries import Entry, EntryId, Kind, ProjectId, ThreadId
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import (
    Asked,
    Consent,
    Context,
    Decision,
    Kept,
    Model,
    TurnEvent,
)
from ledgernote.ledger import drafts, entries, keep, places, undo
from ledgernote.ledger.writing import Writing
from ledgernote.models.given import without_secrets
from ledgernote.notebook import instead, spending
from ledgernote.notebook.again import Again, again, tell_of_change
from ledgernote.notebook.meaning import indexing
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.planning import Planner
from ledgernote.notebook.question import (
    Material,
    Question,
    Spot,
    body_of,
    brought,
    material,
    spot_of,
    system_text,
)
from ledgernote.notebook.recorded import recorded
from ledgernote.notebook.saying import Committed, Speaking, Where, said
from ledgernote.notebook.together import said_together
from ledgernote.replay.assemble import Plan, kept
from ledgernote.replay.recipe import Identity

__all__ = [
    "Material",
    "Question",
    "asked_already",
    "keep_unasked",
    "material",
    "preview",
    "recorded",
    "take_turn",
]


def take_turn(
    notebook: Notebook, question: Question, model: Model, *others: Model
) -> Generator[TurnEvent, Decision | None, None]:
    """Carry one question from the keyboard to the ledger and back to the screen.

    Yields `Asked` (when logged), `Consent` where that is needed, `Replayed`, `Said` …, `Kept`;
    with *others*, the same context goes to all at once, and the last three repeat, in their
    order. A `Retry` says that a model is asked again, or another, and `Replayed` may follow once
    more. A `Consent` is answered with `send`; without an answer its entries are withheld. The
    caller wraps it in `contextlib.closing`; whatever was said until then is kept. `Kept.error`
    says why an answer was cut short. Raises `UsageError`, `NoSuchThing`, `DoesNotFit`,
    `LedgerError`.
    """
    if not (question.again or question.text.strip()):
        raise UsageError("there is no question", "Type one, or pipe one in.")
    if not others:
        yield (yield from instead.carried(notebook, question, model, _one))
    else:
        speakers = yield from _speakers(notebook, question, (model, *others))
        with indexing(notebook) if question.log else nullcontext():
            yield from said_together(speakers)


def _one(
    notebook: Notebook, question: Question, model: Model
) -> Generator[TurnEvent, Decision | None, Kept]:
    """One question to one model; gives how it ended."""
    speakers = yield from _speakers(notebook, question, (model,))
    with indexing(notebook) if question.log else nullcontext():
        return (yield from said(speakers[0]))


def _speakers(
    notebook: Notebook, question: Question, models: tuple[Model, ...]
) -> Generator[TurnEvent, Decision | None, list[Speaking]]:
    """Who is to answer, each with all that is sent to it; the question is kept, if it is to be."""
    if not question.log:
        planner, plan = yield from _planned(notebook, question, models)
        project = places.find_project(notebook.ledger, notebook.project)
        yield from spending.afforded(notebook, models, plan.context.tokens, project)
        return [Speaking(planner, plan, each) for each in models]
    planner, plan, asked = yield from _begun(notebook, question, models)
    where, entry = asked.where, asked.question
    yield from spending.afforded(notebook, models, plan.context.tokens, where.project)
    return [Speaking(planner, plan, each, where, entry) for each in models]


def _begun(
    notebook: Notebook, question: Question, models: tuple[Model, ...]
) -> Generator[TurnEvent, Decision | None, tuple[Planner, Plan, Committed]]:
    """The question is committed, then all is planned that is sent for it."""
    _close_dead_drafts(notebook)
    once_more = again(notebook, question, models) if question.again else None
    question = once_more.asked if once_more else question
    earlier = once_more.earlier if once_more else None
    given = brought(notebook, question)
    with notebook.ledger.snapshot() as then:
        asked = (
            _ask_again(notebook, once_more)
            if once_more
            else _keep_question(notebook, question, models)
        )
        yield Asked(question=asked.question, material=asked.material)
        notebook.tell_of_keys((asked.question, *asked.material))
        if asked.system is not None:
            question = replace(question, system=asked.system)
        planner = Planner(notebook, question, models, given, asked.question.created, earlier)
        spot = Spot(asked.where.project, asked.where.thread)
        found = planner.plan(then, spot)
    plan = yield from planner.settle(found, spot, (asked.question, *asked.material))
    if once_more:
        tell_of_change(notebook, once_more, plan.context)
    plan = kept(plan, _identity(asked.question), [_identity(each) for each in asked.material])
    return planner, plan, asked


def keep_unasked(notebook: Notebook, question: Question, *, named: bool = False) -> Asked:
    """Commit a question that nobody can be asked now, and its material. Raises `Ambiguous`.

    *named*: a model was named for it, and nobody knows which that is.
    """
    kept = _keep_question(notebook, question, () if named else None)
    return Asked(question=kept.question, material=kept.material)


def asked_already(notebook: Notebook, question: Question, kept: Asked) -> Question:
    """*question* as it is asked after `keep_unasked`: its answer is of the same step."""
    entry = kept.question
    return replace(
        question,
        text="",
        material=(),
        thread=entry.thread,
        goes_on=False,
        again=entry.handle,
        step=undo.step_of(notebook.ledger, entry.revision),
    )


def preview(notebook: Notebook, question: Question, model: Model, *others: Model) -> Context:
    """What would be sent, and why; writes nothing and has the digest that the turn will have.

    What nobody has consented to is withheld, as in a turn where nobody is there to ask.
    """
    planning = _planned(notebook, question, (model, *others))
    while True:
        try:
            next(planning)
        except StopIteration as planned:
            plan: Plan = planned.value[1]
            return plan.context


def _planned(
    notebook: Notebook, question: Question, models: tuple[Model, ...]
) -> Generator[Consent, Decision | None, tuple[Planner, Plan]]:
    """The plan of a question that nobody keeps, or of one that is kept and nobody asks now."""
    once_more = again(notebook, question, models) if question.again else None
    question = once_more.asked if once_more else question
    earlier = once_more.earlier if once_more else None
    moment = once_more.entry.created if once_more else notebook.clock()
    given = brought(notebook, question)
    with notebook.ledger.snapshot() as now:
        planner = Planner(notebook, question, models, given, moment, earlier)
        spot = spot_of(notebook, now, question)
        found = planner.plan(now, spot)
    return planner, (yield from planner.settle(found, spot))


# ---- keeping the question ------------------------------------------------------------


def _close_dead_drafts(notebook: Notebook) -> None:
    """Answers whose writer died become entries before the snapshot, so that it has them."""
    if any(not draft.alive for draft in drafts.read(notebook.ledger, notebook.ledger.state)):
        with notebook.writing():
            """Opening a transaction closes them."""


def _keep_question(
    notebook: Notebook, question: Question, models: tuple[Model, ...] | None
) -> Committed:
    """Commit the question and its material, before anything else; *models* are to be asked."""
    with notebook.writing() as tx:
        spot = spot_of(notebook, tx, question)
        system = system_text(notebook, question, spot)
        project = spot.project or places.need_project(tx, notebook.project)
        thread = spot.thread or places.new_thread(tx, project, question.thread)
        material = _keep_material(tx, question, project, thread)
        asked = keep.keep(
            tx,
            keep.New(
                kind=Kind.QUESTION,
                text=body_of(question.text),
                project=project,
                thread=thread,
                system=system,
                options=_options(question),
                mute=question.mute,
                more=_put_to(models, once=question.once) if models is not None else None,
            ),
        )
        step = tx.step
    found = entries.by_ids(notebook.ledger, [asked, *material])
    where = Where(project=project, thread=thread, step=step)
    return Committed(question=found[0], material=tuple(found[1:]), where=where, system=system)


def _options(question: Question) -> str | None:
    told = without_secrets(question.options)
    return json.dumps(told, ensure_ascii=False) if told else None


def _put_to(models: tuple[Model, ...], *, once: bool) -> Mapping[str, object]:
    """Whom a question is put to: who dies before the answer leaves no other word of that."""
    told: dict[str, object] = {"models": [model.name for model in models]}
    if any(not model.local for model in models):
        told["remote"] = True
    if once:
        told["once"] = True
    return told


def _ask_again(notebook: Notebook, once_more: Again) -> Committed:
    """The question as it stands, with what comes along now, which is committed first."""
    spot = spot_of(notebook, notebook.ledger, once_more.asked)
    entry, asked = once_more.entry, once_more.asked
    thread = spot.thread or entry.thread_id
    assert thread is not None  # every question has one
    project, step = places.project_of(notebook.ledger, thread), asked.step
    here = places.threads(notebook.ledger, None, thread)[0]  # it may be a fork of its thread
    fresh: list[EntryId] = []
    if new := asked.material[len(once_more.material) :]:
        with notebook.writing() as tx:
            fresh = _keep_material(tx, replace(asked, material=new), project, thread)
            step = tx.step
    return Committed(
        question=replace(entry, thread=here.handle, thread_title=here.title),
        material=(*once_more.material, *entries.by_ids(notebook.ledger, fresh)),
        where=Where(project=project, thread=thread, step=step),
    )


def _keep_material(
    tx: Writing, question: Question, project: ProjectId, thread: ThreadId
) -> list[EntryId]:
    return [
        keep.keep(
            tx,
            keep.New(
                kind=Kind.NOTE,
                text=body_of(each.text),
                project=project,
                thread=thread,
                source=each.source,
                image=each.image,
                mute=question.mute,
            ),
        )
        for each in question.material
    ]


def _identity(entry: Entry) -> Identity:
    return Identity(entry.id, entry.revision, entry.handle)
