"""Where you were, and what the notebook brings back by itself: bare `ledgernote`.

Everything here is read by an index and a limit: it costs the same however long the ledger is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from ledgernote.domain.entries import Entry, Kind, ProjectId, Status, Thread
from ledgernote.domain.frozen import frozen
from ledgernote.ledger import entries, keep, lists, places
from ledgernote.ledger.keep import microseconds
from ledgernote.notebook.notebook import Notebook

WINDOW = 100
"""How many of the newest entries are looked through; what is older is no longer open."""
OLD = timedelta(days=30)
"""After so long a pin deserves another look."""
WEEKS = (1, 2, 3, 4)
"""So many weeks ago is long enough to be forgotten, and near enough to matter."""
THREADS, OTHERS = 5, 3
"""How many threads are named, and how many of everything else: a screen is soon full."""


@frozen
class Home:
    """What waits in the notebook, newest first."""

    threads: tuple[Thread, ...] = ()
    interrupted: tuple[Entry, ...] = ()
    """Answers that were cut short, nothing said in their thread since."""
    open: tuple[Entry, ...] = ()
    """Questions without an answer, nothing said in their thread since."""
    day: tuple[Entry, ...] = ()
    """Notes of this day in earlier weeks and years, one a day."""
    pins: tuple[Entry, ...] = ()
    """Old ones, oldest first."""
    empty: bool = True
    """Nothing was ever kept."""


def home(notebook: Notebook, *, everywhere: bool) -> Home:
    """What waits in this project, or *everywhere*."""
    latest = notebook.latest(WINDOW, project=not everywhere)
    project = None if everywhere else notebook.project_id()
    return Home(
        threads=tuple(_threads(notebook, latest, project)),
        interrupted=tuple(one for one in _last_words(latest) if one.status is Status.INTERRUPTED)[
            :OTHERS
        ],
        open=tuple(
            one for one in _last_words(latest) if one.kind is Kind.QUESTION and not one.muted
        )[:OTHERS],
        day=tuple(_on_this_day(notebook, project)),
        pins=tuple(_old_pins(notebook)),
        empty=not latest,
    )


def _threads(notebook: Notebook, latest: list[Entry], project: ProjectId | None) -> list[Thread]:
    """Those that were used last; where none was, as after an import, those of the newest."""
    reader = notebook.ledger
    scopes = [project] if project else places.project_ids(reader)
    used = places.recently_used(reader, scopes)
    newest = [entry.thread_id for entry in reversed(latest) if entry.thread_id]
    ids = list(dict.fromkeys(used or newest))
    found = [one for one in places.threads_of(reader, ids[: 4 * THREADS]) if not one.archived]
    return found[:THREADS]


def _last_words(latest: list[Entry]) -> list[Entry]:
    """The last of each thread, newest first; a question is, where its answer is empty."""
    last = {entry.thread: entry for entry in latest if entry.text or entry.kind is not Kind.ANSWER}
    last.pop(None, None)
    return sorted(last.values(), key=lambda entry: entry.order, reverse=True)


def _old_pins(notebook: Notebook) -> list[Entry]:
    project = places.find_project(notebook.ledger, notebook.project)
    if project is None:
        return []
    now = notebook.clock()
    old, present = microseconds(now - OLD), microseconds(now)
    found = keep.old_pins(notebook.ledger, project, (present, old), OTHERS)
    return entries.by_ids(notebook.ledger, found)


def _on_this_day(notebook: Notebook, project: ProjectId | None) -> list[Entry]:
    reader, oldest = notebook.ledger, lists.oldest(notebook.ledger)
    if oldest is None:
        return []
    days = same_days(notebook.clock(), notebook.settings.day_starts, oldest)
    found = (lists.note_between(reader, microseconds(a), microseconds(b), project) for a, b in days)
    some = [id_ for id_ in found if id_ is not None]
    return entries.by_ids(reader, some[:OTHERS])


def same_days(
    now: datetime, day_starts: int, oldest: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Begin and end of this day in earlier weeks and years, the latest first."""
    start = timedelta(minutes=day_starts)
    today = (now - start).date()
    days = [today - timedelta(weeks=weeks) for weeks in WEEKS]
    for year in range(today.year - 1, oldest.year - 1, -1):
        try:
            days.append(today.replace(year=year))
        except ValueError:  # the 29th of February
            continue
    for day in days:
        begin = datetime.combine(day, time(), now.tzinfo) + start
        yield begin, begin + timedelta(days=1)
