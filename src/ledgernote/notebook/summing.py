"""What a model makes of a whole thread: a summary that stands in for it, and a name.

Both are tasks that the frame words; nobody's question is kept for them.
"""

from __future__ import annotations

import sys
from collections.abc import Generator

from ledgernote.domain.entries import ThreadId
from ledgernote.domain.errors import UsageError
from ledgernote.domain.turns import Consent, Costly, Decision, Model, Reason, TurnEvent
from ledgernote.ledger import places
from ledgernote.models.providers import OFFLINE
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.planning import Planner
from ledgernote.notebook.question import Question, Spot
from ledgernote.notebook.saying import Speaking, Where, said
from ledgernote.notebook.spending import afforded
from ledgernote.replay.assemble import Plan
from ledgernote.replay.recipe import Task

_Turn = Generator[TurnEvent, Decision | None, None]

TITLE_LENGTH = 80
"""Characters of a name that a model has given."""


def can_sum_up(model: Model) -> bool:
    """Whether the model makes words of its own; `offline` only quotes."""
    return model.name != OFFLINE


def sum_up(notebook: Notebook, thread: ThreadId, model: Model, budget: int | None = None) -> _Turn:
    """Have *model* sum a thread up: from its next turn on, the summary is sent in place of it.

    What it covers stays and is found and recalled as before; its receipt names it. All since
    the last summary is read, as far as the model's window reaches, or *budget*. Yields what a turn
    yields but `Asked`. Raises `UsageError` where nothing was said since, `PrivateProject`.
    """
    planner, plan = yield from _planned(
        notebook, thread, model, Task.SUMMARY, budget or sys.maxsize
    )
    project = places.project_of(notebook.ledger, thread)
    where = Where(project=project, thread=thread)
    yield (yield from said(Speaking(planner, plan, model, where)))


def entitle(notebook: Notebook, thread: ThreadId, model: Model) -> _Turn:
    """Have *model* name a thread; what it says is kept nowhere: `name_from` its last event.

    Yields what a turn yields but `Asked`. Raises `UsageError`, `PrivateProject`.
    """
    planner, plan = yield from _planned(notebook, thread, model, Task.TITLE)
    yield (yield from said(Speaking(planner, plan, model)))


def name_from(text: str) -> str:
    """The name in what a model said: its first line, without the marks around it."""
    lines = [line for line in text.splitlines() if line.strip()]
    plain = lines[0].strip(" \t#*_\"'“”«»`.") if lines else ""
    if len(plain) <= TITLE_LENGTH:
        return plain
    whole, _, cut = plain[: TITLE_LENGTH + 1].rpartition(" ")
    return whole.strip() or cut[:TITLE_LENGTH]


def _planned(
    notebook: Notebook, thread: ThreadId, model: Model, task: Task, budget: int | None = None
) -> Generator[Consent | Costly, Decision | None, tuple[Planner, Plan]]:
    if not can_sum_up(model):
        raise UsageError(
            "offline only quotes the notebook: it can neither sum up nor name",
            "/model NAME first; /models lists those that can be asked.",
        )
    question = Question(text="", task=task, budget=budget)
    with notebook.ledger.snapshot() as now:
        planner = Planner(notebook, question, (model,), [], notebook.clock())
        spot = Spot(places.project_of(now, thread), thread)
        found = planner.plan(now, spot)
    plan = yield from planner.settle(found, spot)
    _demand_talk(plan)
    yield from afforded(notebook, (model,), plan.context.tokens, spot.project)
    return planner, plan


def _demand_talk(plan: Plan) -> None:
    """Raises `UsageError` where the thread holds nothing but its last summary."""
    rows = plan.context.receipt
    if any(row.reason is Reason.RECENT for row in rows):
        return
    last = [row.handle for row in rows if row.reason is Reason.SUMMARY]
    since = f" since the summary {last[0]}" if last else " here that may be sent"
    raise UsageError(f"nothing was said{since}", "Ask something first.")
