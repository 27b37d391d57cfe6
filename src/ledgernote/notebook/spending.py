"""What answers have used: tokens and cost, by model."""

from __future__ import annotations

from datetime import datetime

from ledgernote.ledger import keep, places, usage
from ledgernote.ledger.usage import Spent
from ledgernote.notebook.notebook import Notebook

__all__ = ["Spent", "spent"]


def spent(
    notebook: Notebook, *, thread: str | None = None, since: datetime | None = None
) -> list[Spent]:
    """By model, the dearest first: of a thread (a fork's own part), else of the project."""
    project = places.find_project(notebook.ledger, notebook.project)
    if project is None:
        return []
    line = notebook.thread_id(thread) if thread else None
    moment = keep.microseconds(since) if since else None
    return usage.by_model(notebook.ledger, project, line, moment)
