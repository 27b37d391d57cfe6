"""What replay takes from beyond its project: what saved searches find that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ledgernote.config import Settings
from ledgernote.ledger import candidates, saved
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.keep import microseconds
from ledgernote.ledger.nearness import Where
from ledgernote.ledger.search import Search
from ledgernote.ledger.ways import terms, unseen
from ledgernote.replay.bounded import bounded
from ledgernote.replay.query import parse


def further(reader: Reader, project: str, settings: Settings, moment: datetime) -> Iterator[Where]:
    """The places of `projects.NAME.replay_from`; dates in them count from the question's."""
    for name in settings.projects.get(project, {}).get("replay_from", ()):
        search = _search(reader, name, settings, moment)
        if isinstance(search, Search):
            yield candidates.found_by(search)


def useless(reader: Reader, settings: Settings, moment: datetime) -> list[str]:
    """Sentences for what `replay_from` names and nothing is replayed from."""
    named = (
        (one, name) for one, t in settings.projects.items() for name in t.get("replay_from", ())
    )
    found = ((one, _search(reader, name, settings, moment)) for one, name in named)
    return [f"projects.{one}.replay_from: {why}" for one, why in found if isinstance(why, str)]


def _search(reader: Reader, name: str, settings: Settings, moment: datetime) -> Search | str:
    """What a saved search looks for, or why nothing is replayed from it."""
    from ledgernote.notebook.find import names_project  # few are fed
    from ledgernote.notebook.saved import meant
    from ledgernote.notebook.spans import timed

    found = saved.by_name(reader, name.removeprefix("@"))
    if found is None:
        return f"no search is saved as {name!r}"
    query, _ = bounded(meant(reader, parse(found.query))[0])
    if any((one.field, one.value) == ("is", "private") for one in query.filters):
        # What is private depends on more than the entry, and nothing less may decide it.
        return f"@{found.name} asks for is:private, which replay decides by itself"
    if blind := next(filter(unseen, terms(query)), None):
        return f"@{found.name} asks for {blind.text!r}, which is in no index that replay looks in"
    project = None if names_project(query) else found.project
    search = Search(query=query, now=microseconds(moment), project=project)
    return timed(search, moment, settings.day_starts)
