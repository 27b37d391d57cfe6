"""What was kept and spent: entries, tokens and cost, by whatever one wants to see it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime, timedelta

from ledgernote.domain.entries import ProjectId
from ledgernote.domain.errors import OverCap
from ledgernote.domain.frozen import replace
from ledgernote.domain.spent import Spent, total
from ledgernote.domain.turns import Costly, Decision, Model
from ledgernote.ledger import keep, places, usage
from ledgernote.ledger.usage import Cell
from ledgernote.models.table import facts_of
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


def afforded(
    notebook: Notebook, models: Sequence[Model], tokens: int, project: ProjectId | None
) -> Generator[Costly, Decision | None, None]:
    """Ask before a month costs more than the settings allow. Raises `OverCap`.

    The turn is taken to cost what its context of *tokens* does by the table of prices, or as much
    as the answers before it. Who goes on is asked again when the cap is spent once more.
    """
    paid = [model for model in models if not model.local]
    if not paid:
        return
    caps: list[tuple[str | None, ProjectId | None, float]] = [(None, None, notebook.settings.cap)]
    if project is not None:
        own = places.name_of(notebook.ledger, project)
        caps.append((own, project, notebook.settings.projects.get(own, {}).get("cap", 0.0)))
    for name, place, cap in caps:
        if not cap:
            continue
        month = month_of(notebook)
        found = usage.cells(notebook.ledger, place, since=keep.microseconds(month))
        whole = total("", map(_one, found))
        each = whole.cost / whole.priced if whole.priced else 0.0
        prices = [_price(model, tokens) for model in paid]
        turn = sum(max(each, price) for price in prices)
        limit = notebook.agreed.get((name, month), cap)
        if whole.cost + turn > limit:
            upto = cap * (int((whole.cost + turn) // cap) + 1)
            asked = Costly(
                project=name,
                spent=whole.cost,
                usual=each,
                context=sum(prices),
                cap=limit,
                upto=upto,
            )
            if (yield asked) is None:
                raise _over(asked, cap)
            notebook.agreed[name, month] = upto


def _price(model: Model, tokens: int) -> float:
    """US dollars for a context of so many tokens, where the table knows the price."""
    return (facts_of(model.name).price_in or 0.0) * tokens / 1e6


def _over(asked: Costly, cap: float) -> OverCap:
    name = f"projects.{asked.project}.cap" if asked.project else "cap"
    return OverCap(
        str(replace(asked, cap=cap)),
        f"`ledgernote config set {name} {asked.upto:g}` allows more.",
    )


def month_of(notebook: Notebook) -> datetime:
    """When this month began: its first day begins when the settings say."""
    starts = timedelta(minutes=notebook.settings.day_starts)
    today = notebook.clock() - starts
    return today.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + starts


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
