"""What replay takes from beyond its project: what saved searches find that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ledgernote.config import Settings
from ledgernote.domain.entries import ProjectId
from ledgernote.ledger import candidates, places, saved
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.nearness import Where
from ledgernote.ledger.saved import Saved
from ledgernote.ledger.search import Search
from ledgernote.replay.query import parse


def further(
    reader: Reader, project: ProjectId, settings: Settings, moment: datetime
) -> Iterator[Where]:
    """The places of `projects.NAME.replay_from`; dates in them count from the question's."""
    for found in _named(reader, places.name_of(reader, project), settings):
        if found is not None:
            yield _place(reader, found, settings, moment)


def unknown(reader: Reader, settings: Settings) -> list[str]:
    """Sentences for what `replay_from` names and nobody has saved."""
    return [
        f"projects.{project}.replay_from: no search is saved as {name!r}"
        for project, table in settings.projects.items()
        for name in table.get("replay_from", ())
        if saved.by_name(reader, name.removeprefix("@")) is None
    ]


def _named(reader: Reader, project: str, settings: Settings) -> Iterator[Saved | None]:
    for name in settings.projects.get(project, {}).get("replay_from", ()):
        yield saved.by_name(reader, name.removeprefix("@"))


def _place(reader: Reader, found: Saved, settings: Settings, moment: datetime) -> Where:
    from ledgernote.notebook.find import limits, names_project  # few projects are fed
    from ledgernote.notebook.saved import meant

    query, _ = meant(reader, parse(found.query))
    since, until = limits(query, moment, settings.day_starts)
    project = None if names_project(query) else found.project
    return candidates.found_by(Search(query=query, project=project, since=since, until=until))
