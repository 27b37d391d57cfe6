"""What was kept and spent: entries, tokens and cost, by whatever one wants to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.spent import Spent, total
from ledgernote.domain.turns import Costly, Model
from ledgernote.ledger import keep, places, usage
from ledgernote.ledger.usage import Cell
from ledgernote.notebook.notebook import Notebook

GROUPS: dict[str, Callable[[Cell], str | None]] = {
    "project": lambda cell: cell.project,
    "thread": lambda cell: cell.thread,
    "model": lambda cell: cell.model,
    "month": lambda cell: cell.day[:7],
    "day": lambda cell: cell.day,
}
"""What can be counted by; what gives None is in no group of it."""
_IN_TIME = ("month", "day")


def spent(
    notebook: Notebook, *, thread: str | None = None, since: datetime | None = None
) -> list[Spent]:
    """By model, the dearest first: of a thread (a fork's own part), else of the project."""
    project = places.find_project(notebook.ledger, notebook.project)
    if project is None:
        return []
    line = notebook.thread_id(thread) if thread else None
    moment = keep.microseconds(since) if since else None
    found = usage.cells(notebook.ledger, line or project, is_thread=line is not None, since=moment)
    return grouped(found, "model")


def passing(notebook: Notebook, models: Sequence[Model], project: ProjectId) -> Iterator[Costly]:
    """Each cap on a month that one more answer of *models* would pass.

    What is remembered as agreed (`go_on`) is not told again by this process.
    """
    if all(model.local for model in models):
        return
    settings = notebook.settings
    name = places.name_of(notebook.ledger, project)
    own = settings.projects.get(name, {}).get("cap", 0)
    for whose, place, cap in ((name, project, own), (None, None, settings.cap)):
        if not cap or whose in _agreed:
            continue
        month = notebook.clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        found = usage.cells(notebook.ledger, place, since=keep.microseconds(month))
        whole = total("", map(_one, found))
        each = whole.cost / whole.priced if whole.priced else 0.0
        if whole.cost + each * len(models) > cap:
            yield Costly(project=whose, spent=whole.cost, cap=cap)


_agreed: set[str | None] = set()
"""The projects, None for all, whose caps a person of this process went past."""


def go_on(passed: Costly) -> None:
    """A person agreed to pass it."""
    _agreed.add(passed.project)


def stats(
    notebook: Notebook, *, everywhere: bool, since: datetime | None = None
) -> dict[str, list[Spent]]:
    """Everything that can be counted, by each of `GROUPS`: of the project, or *everywhere*."""
    project = None if everywhere else places.find_project(notebook.ledger, notebook.project)
    if project is None and not everywhere:
        return {by: [] for by in GROUPS}
    found = usage.cells(
        notebook.ledger,
        project,
        since=keep.microseconds(since) if since else None,
        day_starts=notebook.settings.day_starts,
    )
    told = {by: grouped(found, by) for by in GROUPS}
    titles = {one.handle: one.title for one in notebook.threads(everywhere=True, archived=True)}
    told["thread"] = [replace(one, title=titles.get(one.name, "")) for one in told["thread"]]
    return told


def grouped(cells: Iterable[Cell], by: str) -> list[Spent]:
    """Cells summed by one of `GROUPS`: the dearest first, days and months in their order."""
    found: dict[str, list[Spent]] = {}
    for cell in cells:
        if name := GROUPS[by](cell):
            found.setdefault(name, []).append(_one(cell))
    rows = [total(name, own) for name, own in found.items()]
    if by in _IN_TIME:
        return sorted(rows, key=lambda row: row.name)
    return sorted(rows, key=lambda row: (-row.cost, -row.tokens_in, -row.entries, row.name))


def _one(cell: Cell) -> Spent:
    return Spent(
        name="",
        entries=cell.entries,
        answers=cell.answers,
        tokens_in=cell.tokens_in,
        tokens_out=cell.tokens_out,
        cost=cell.cost,
        priced=cell.priced,
    )
