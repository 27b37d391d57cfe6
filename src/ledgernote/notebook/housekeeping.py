"""Keeping projects and threads in order; every change is an event."""

from __future__ import annotations

from ledgernote.domain.entries import INBOX, Project, ProjectId, Status, Thread, ThreadId
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger import housekeeping, places
from ledgernote.notebook.changing import relocate
from ledgernote.notebook.notebook import Notebook


def new_project(notebook: Notebook, name: str) -> Project:
    """Make a project. Raises `UsageError` when there is one of that name."""
    if places.find_project(notebook.ledger, name) is not None:
        raise UsageError(
            f"there is a project {clean_name(name)!r} already",
            f"`ledgernote project use {clean_name(name)}` works in it.",
        )
    with notebook.writing() as tx:
        made = places.need_project(tx, name)
    return _project(notebook, made)


def project(notebook: Notebook, name: str) -> Project:
    """The project by that name. Raises `NoSuchThing`."""
    return _project(notebook, places.the_project(notebook.ledger, name))


def rename_project(notebook: Notebook, name: str, new: str) -> Project:
    """Call a project otherwise; gives it as it is shown then, with a suffix on a clash."""
    wanted = places.the_project(notebook.ledger, name)
    if wanted == INBOX:
        raise UsageError("inbox keeps its name", "`ledgernote project new NAME` makes another.")
    with notebook.writing() as tx:
        housekeeping.rename_project(tx, wanted, _name(new))
    return _project(notebook, wanted)


def archive_project(notebook: Notebook, name: str, *, archived: bool) -> Project:
    """Leave a project out of lists, or take it in again."""
    wanted = places.the_project(notebook.ledger, name)
    with notebook.writing() as tx:
        housekeeping.archive_project(tx, wanted, archived=archived)
    return _project(notebook, wanted)


def set_brief(notebook: Notebook, name: str, text: str) -> Project:
    """What stands at the head of every context of the project; empty takes it away."""
    wanted = places.the_project(notebook.ledger, name)
    with notebook.writing() as tx:
        housekeeping.set_brief(tx, wanted, to_bytes(text.strip()))
    return _project(notebook, wanted)


def rename_thread(notebook: Notebook, name: str, new: str) -> Thread:
    """Call a thread otherwise; gives it as it is shown then, with a suffix on a clash."""
    wanted = the_thread(notebook, name)
    with notebook.writing() as tx:
        housekeeping.rename_thread(tx, wanted, _name(new))
    return _thread(notebook, wanted)


def move_thread(notebook: Notebook, name: str, project: str, *, agreed: bool = False) -> Thread:
    """Put a thread with all it holds into another project.

    Raises `WouldReveal` when it is private only by where it is and nobody *agreed*.
    """
    wanted = the_thread(notebook, name)
    target = places.the_project(notebook.ledger, project)
    relocate(notebook, [wanted], [], target, agreed=agreed)
    return _thread(notebook, wanted)


def archive_thread(notebook: Notebook, name: str, *, archived: bool) -> Thread:
    """Leave a thread out of lists, or take it in again."""
    wanted = the_thread(notebook, name)
    with notebook.writing() as tx:
        housekeeping.archive_thread(tx, wanted, archived=archived)
    return _thread(notebook, wanted)


def the_thread(notebook: Notebook, name: str) -> ThreadId:
    """The thread by name or handle. Raises `NoSuchThing`."""
    found = notebook.thread_id(name)
    if found is None:
        raise NoSuchThing(f"no thread is called {name!r}", "`ledgernote threads` lists them.")
    return found


def _name(name: str) -> str:
    if not clean_name(name):
        raise UsageError("a name needs a letter at least", "Give another one.")
    return name


def _project(notebook: Notebook, id_: ProjectId) -> Project:
    return next(one for one in places.projects(notebook.ledger, id_))


def _thread(notebook: Notebook, id_: ThreadId) -> Thread:
    return places.threads(notebook.ledger, None, id_)[0]


def fork_thread(
    notebook: Notebook, name: str, *, at: str | None = None, new: str | None = None
) -> Thread:
    """A second line of talk that shares what a thread holds up to *at*, its last entry unless told.

    Raises `NoSuchThing`, and `UsageError` for an entry of another thread.
    """
    thread, found = notebook.thread(name)
    found = [entry for entry in found if entry.status is not Status.STREAMING]
    last = notebook.entry(at) if at else found[-1] if found else None
    if last is None or last.id not in {entry.id for entry in found}:
        what = f"{last.handle} is not part of it" if last else "it is empty"
        raise UsageError(
            f"{thread.title!r} cannot be forked there: {what}", "--at HANDLE of its own."
        )
    with notebook.writing() as tx:
        # A title made of first words stays so: copied into a name, no purge would reach them.
        title = _name(new) if new else f"{thread.title} (fork)" if thread.named else None
        made = housekeeping.fork_thread(tx, thread.id, last, title)
    return _thread(notebook, made)
