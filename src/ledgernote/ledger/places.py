"""Projects, threads, tags and actors: finding them by name, making them, listing them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from ledgernote.domain.entries import Order, Project, ProjectId, Thread, ThreadId
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.near import nearest
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.handles import resolve
from ledgernote.ledger.ids import from_uuid, to_uuid
from ledgernote.ledger.writing import Writing

# One whose making was undone is gone, unless someone else keeps something in it.
PROJECT_STANDS = """
    (void = 0 OR EXISTS (SELECT 1 FROM entry WHERE entry.project = project.id AND removed = 0))"""
FIND_PROJECT = f"SELECT id FROM project WHERE shown = CAST(? AS TEXT) AND {PROJECT_STANDS}"
PROJECT_BY_ID = f"SELECT id FROM project WHERE id = ? AND {PROJECT_STANDS}"
IS_ANOTHER = """
    SELECT 1 FROM event WHERE entity = ?1 AND NOT EXISTS (SELECT 1 FROM project WHERE id = ?1)"""
THREAD_STANDS = """
    (void = 0 OR EXISTS (SELECT 1 FROM entry WHERE entry.thread = thread.id AND removed = 0))"""
LIST_PROJECTS = f"""
    SELECT id, shown, void, archived,
           (SELECT count(*) FROM entry WHERE entry.project = project.id AND removed = 0),
           (SELECT count(*) FROM thread WHERE thread.project = project.id AND {THREAD_STANDS}),
           EXISTS (SELECT 1 FROM private_mark WHERE entity = project.id),
           brief
      FROM project WHERE ?1 IS NULL OR id = ?1 ORDER BY shown"""
FIND_THREAD = f"""
    SELECT id FROM thread WHERE project = ? AND shown = CAST(? AS TEXT) AND {THREAD_STANDS}"""
IS_STANDING = f"SELECT 1 FROM thread WHERE id = ? AND {THREAD_STANDS}"
IDENTITY = """
    SELECT id, thread.shown FROM thread JOIN handle ON handle.entity = thread.id
     WHERE handle.shown = ? AND handle.thing = 'thread'"""
BRIEF_WORDS = """
    SELECT CAST(body AS TEXT) FROM payload WHERE event = ? AND slot = 0 ORDER BY part"""
# As it was then: the last common entry may be moved or taken back since.
FORKED_FROM = """
    SELECT json_extract(meta, '$.trunk'), json_extract(meta, '$.cut') FROM event
     WHERE entity = ? AND kind = 'thread.new' AND json_extract(meta, '$.trunk') IS NOT NULL"""
BEGINNING: Order = (-(2**62), 0, b"", 0)
"""Earlier than any entry."""
ENDLESS: Order = (2**62, 2**62, b"\xff" * 17, 2**62)
"""Later than any entry."""
THREAD_PROJECT = "SELECT project FROM thread WHERE id = ?"
# An empty answer has no first words, and substr makes NULL of it.
FIRST_WORDS = """
    SELECT CAST(substr(body, 1, 400) AS TEXT) FROM entry
      JOIN payload ON event = head AND slot = 0 AND part = 0
     WHERE thread = ? AND removed = 0 AND length(body) > 0
     ORDER BY kind != 'question', created, hlc, replica, rseq LIMIT 1"""
_THREADS = """
    SELECT thread.id, handle.shown, project.shown, thread.shown, thread.created, thread.offset,
           thread.archived,
           (SELECT count(*) FROM entry WHERE entry.thread = thread.id AND removed = 0),
           (SELECT max(hlc) FROM entry WHERE entry.thread = thread.id AND imported = 0
               AND kind IN ('question', 'note')),
           thread.void
      FROM thread
      JOIN handle ON handle.entity = thread.id
      LEFT JOIN project ON project.id = thread.project"""
LIST_THREADS = f"""{_THREADS}
     WHERE (?1 IS NULL OR thread.project = ?1) AND (?2 IS NULL OR thread.id = ?2)
     ORDER BY 9 DESC, thread.created DESC"""
THREADS_OF = f"{_THREADS} WHERE thread.id IN ({{}})"
PROJECT_IDS = "SELECT id FROM project"
RECENTLY_USED = """
    SELECT hlc, thread FROM entry INDEXED BY entry_used
     WHERE project = ? AND imported = 0 AND thread IS NOT NULL AND kind IN ('question', 'note')
       AND removed = 0
     ORDER BY hlc DESC LIMIT 100"""
LAST_USED = """
    SELECT entry.thread FROM entry INDEXED BY entry_used
     WHERE project = ? AND imported = 0 AND thread IS NOT NULL AND kind IN ('question', 'note')
       AND removed = 0 AND actor IN (SELECT id FROM actor WHERE name = CAST(? AS TEXT))
     ORDER BY hlc DESC LIMIT 1"""
NEWEST = """
    SELECT thread FROM entry WHERE project = ? AND thread IS NOT NULL AND removed = 0
     ORDER BY created DESC, hlc DESC, replica DESC, rseq DESC LIMIT 1"""


def moment(created: int, offset: int) -> datetime:
    """Microseconds since 1970 and seconds east of UTC as an aware time."""
    return _begin(offset) + timedelta(microseconds=created)


@cache
def _begin(offset: int) -> datetime:
    """1970, seen from a place; there are few."""
    return datetime.fromtimestamp(0, timezone(timedelta(seconds=offset)))


def moment_of_hlc(hlc: int | None) -> datetime | None:
    """The wall clock part of a hybrid clock value."""
    return None if hlc is None else moment((hlc >> 16) * 1000, 0)


# ---- projects ------------------------------------------------------------------------


def find_project(reader: Reader, name: str) -> ProjectId | None:
    """The project by that name, UUID or line of a marker."""
    row = reader.one(FIND_PROJECT, (to_bytes(clean_name(name)),))
    if row is None and (id_ := from_uuid(name) or marked(name)[0]) is not None:
        row = reader.one(PROJECT_BY_ID, (id_,))
    return None if row is None else ProjectId(row[0])


def marked(line: str) -> tuple[bytes | None, str]:
    """Id and name of `ID  # name`, as a marker holds them; without an id all of it is a name."""
    id_, sign, name = line.partition("#")
    known = from_uuid(id_.strip()) if sign else None
    return known, line if known is None else name.strip()


def the_project(reader: Reader, name: str) -> ProjectId:
    """The project by that name. Raises `NoSuchThing`."""
    found = find_project(reader, name)
    if found is None:
        id_, called = marked(name)
        typed = called or name.rstrip(" #")
        hint = "The first note or question here makes it." if id_ and called else ""
        raise NoSuchThing(f"no project named {typed!r}", hint or _near_project(reader, typed))
    return found


def _near_project(reader: Reader, typed: str) -> str:
    near = nearest(typed, (project.name for project in projects(reader)))
    return f"There is {near}. " * bool(near) + "`ledgernote projects` lists them."


def need_project(tx: Writing, name: str) -> ProjectId:
    """The project by that name, made when it is new: of a marker's id where one names it."""
    found = find_project(tx, name)
    if found is not None:
        return found
    id_, called = marked(name)
    cleaned = clean_name(called)
    if not cleaned and id_ is not None:
        raise UsageError(
            f"the marker names {to_uuid(id_)}, which this ledger does not know, and no name for it",
            "A marker holds one line, `ID  # name`; or say -p NAME.",
        )
    if not cleaned:
        raise UsageError("a project needs a name", "ledgernote -p NAME …")
    if id_ is not None and tx.one(IS_ANOTHER, (id_,)) is not None:
        raise UsageError(f"{to_uuid(id_)} is no project", "`ledgernote projects` lists them.")
    fresh = id_ or tx.new_id()
    # A marker may name one whose making was undone here: it is made once more.
    tx.append("project.new", fresh, words={"name": cleaned}, fresh=id_ is None)
    return ProjectId(fresh)


def called(reader: Reader, project: ProjectId) -> str | None:
    """The name of a project, also of one whose creation was undone; None: nobody has made it."""
    row = reader.one("SELECT shown FROM project WHERE id = ?", (project,))
    return None if row is None else str(row[0])


def name_of(reader: Reader, project: ProjectId) -> str:
    """The same, for a list: what is in no project stands in the inbox."""
    return called(reader, project) or "inbox"


def _brief(reader: Reader, event: bytes) -> str:
    return "".join(row[0] for row in reader.rows(BRIEF_WORDS, (event,)))


def projects(reader: Reader, only: ProjectId | None = None) -> list[Project]:
    """Every project that was not undone, by name."""
    return [
        Project(
            id=ProjectId(row[0]),
            name=row[1],
            archived=bool(row[3]),
            entries=row[4],
            threads=row[5],
            private=bool(row[6]),
            brief=None if row[7] is None else _brief(reader, row[7]),
        )
        for row in reader.rows(LIST_PROJECTS, (only,))
        if not row[2] or row[4]
    ]


# ---- threads -------------------------------------------------------------------------


def by_name(reader: Reader, project: ProjectId, name: str) -> ThreadId | None:
    """The thread of the project that is shown by exactly that name."""
    row = reader.one(FIND_THREAD, (project, to_bytes(clean_name(name))))
    return None if row is None else ThreadId(row[0])


def find_thread(reader: Reader, project: ProjectId, name: str) -> ThreadId | None:
    """The thread by its name in the project, else by handle or UUID."""
    found = by_name(reader, project, name) or resolve(reader, name, "thread")
    if found is None or reader.one(IS_STANDING, (found,)) is None:
        return None
    return ThreadId(found)


def new_thread(tx: Writing, project: ProjectId, name: str | None = None, **more: Any) -> ThreadId:
    """Start a thread; *more* may hold `id`, `created`, `offset` and `source`.

    For a fork also *origin*, the hex of the last entry that it has in common with the thread it
    left, *trunk*, that thread's, and *cut*, the place of that entry in the one order.
    """
    fresh = more.pop("id", None) or tx.new_id()
    words = {"name": clean_name(name)} if name else {}
    if source := more.pop("source", None):
        words["source"] = source
    meta = {"project": project.hex(), "handle": tx.handle_length(fresh), "created": tx.created}
    tx.append("thread.new", fresh, {**meta, **more}, words=words, fresh=True)
    return ThreadId(fresh)


def identity(reader: Reader, handle: str) -> tuple[str, str | None]:
    """UUID and given name of the thread that is shown as *handle*."""
    row = reader.one(IDENTITY, (handle,))
    return to_uuid(row[0]), row[1]


def lineage(reader: Reader, thread: ThreadId) -> list[tuple[ThreadId, Order]]:
    """A thread, then those it was forked from, each with the last order that belongs to it."""
    found, last = [(thread, ENDLESS)], thread
    while row := reader.one(FORKED_FROM, (last,)):
        last = ThreadId(bytes.fromhex(row[0]))
        if any(last == known for known, _ in found):
            break
        created, hlc, replica, rseq = json.loads(row[1])
        # Cut where the fork itself is cut: what came later there is not part of it.
        cut = (created, hlc, bytes.fromhex(replica), rseq)
        found.append((last, min(cut, found[-1][1])))
    return found


def project_of(reader: Reader, thread: ThreadId) -> ProjectId:
    """The project a thread belongs to."""
    return ProjectId(reader.one(THREAD_PROJECT, (thread,))[0])


def last_used(reader: Reader, project: ProjectId, actor: str) -> ThreadId | None:
    """The thread of the project that this actor last put a question or note in."""
    row = reader.one(LAST_USED, (project, to_bytes(actor)))
    return None if row is None else ThreadId(row[0])


def to_go_on(reader: Reader, project: ProjectId, actor: str) -> ThreadId | None:
    """The thread that this actor used last; the newest where none was used, as after an import."""
    if used := last_used(reader, project, actor):
        return used
    row = reader.one(NEWEST, (project,))
    return None if row is None else ThreadId(row[0])


def title_from(text: str) -> str:
    """A title made from first words."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + "…"


def title_of(reader: Reader, thread: bytes, name: str | None) -> str:
    """The given name, else the first words of the first question; a new fork's are its trunk's."""
    if name is not None:
        return name
    if row := reader.one(FIRST_WORDS, (thread,)):
        return title_from(row[0])
    trunk = lineage(reader, ThreadId(thread))[1:2]
    return f"{title_of(reader, trunk[0][0], None)} (fork)" if trunk else ""


def threads(
    reader: Reader, project: ProjectId | None = None, only: ThreadId | None = None
) -> list[Thread]:
    """The threads of a project, or of all, last used first."""
    rows = reader.rows(LIST_THREADS, (project, only))
    return [_thread(reader, row) for row in rows if not row[9] or row[7]]


def threads_of(reader: Reader, ids: Sequence[ThreadId]) -> list[Thread]:
    """The threads of these ids, in their order."""
    rows = {row[0]: row for row in reader.among(THREADS_OF, ids) if not row[9] or row[7]}
    return [_thread(reader, rows[id_]) for id_ in ids if id_ in rows]


def _thread(reader: Reader, row: Any) -> Thread:
    return Thread(
        id=ThreadId(row[0]),
        handle=row[1],
        project=row[2] or "inbox",
        title=title_of(reader, row[0], row[3]),
        named=row[3] is not None,
        created=moment(row[4], row[5]),
        archived=bool(row[6]),
        entries=row[7],
        used=moment_of_hlc(row[8]),
    )


def project_ids(reader: Reader) -> list[ProjectId]:
    """Ids of all projects."""
    return [ProjectId(row[0]) for row in reader.rows(PROJECT_IDS)]


def recently_used(reader: Reader, projects: Iterable[ProjectId]) -> list[ThreadId]:
    """The threads in which somebody put a question or note last, by the last hundred of each."""
    rows = [row for project in projects for row in reader.rows(RECENTLY_USED, (project,))]
    return list(dict.fromkeys(ThreadId(row[1]) for row in sorted(rows, reverse=True)))
