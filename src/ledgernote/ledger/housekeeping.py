"""Changing projects and threads: each verb is one or a few events."""

from __future__ import annotations

from ledgernote.domain.entries import Entry, EntryId, ProjectId, ThreadId
from ledgernote.domain.text import clean_name
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.places import new_thread, project_of
from ledgernote.ledger.writing import Writing

LEFT_BEHIND = """
    SELECT id FROM entry WHERE thread = ? AND project != ?
     ORDER BY created, hlc, replica, rseq LIMIT ?"""


def rename_project(tx: Writing, project: ProjectId, name: str) -> None:
    """Call it otherwise; a name that is taken is shown with a suffix."""
    tx.append("project.rename", project, words={"name": clean_name(name)})


def set_brief(tx: Writing, project: ProjectId, text: bytes) -> None:
    """What stands at the head of every context of the project; empty takes it away."""
    tx.append("project.brief", project, words={"text": text})


def archive_project(tx: Writing, project: ProjectId, *, archived: bool = True) -> None:
    """Leave it out of lists; what is in it is found as before."""
    tx.append("project.archive", project, {"archived": archived})


def rename_thread(tx: Writing, thread: ThreadId, name: str) -> None:
    """Call it otherwise; a name that is taken in its project is shown with a suffix."""
    tx.append("thread.rename", thread, words={"name": clean_name(name)})


def archive_thread(tx: Writing, thread: ThreadId, *, archived: bool = True) -> None:
    """Leave it out of lists; what is in it is found as before."""
    tx.append("thread.archive", thread, {"archived": archived})


def move_thread(tx: Writing, thread: ThreadId, project: ProjectId) -> None:
    """Put a thread into another project; its entries follow, each by a move of its own."""
    tx.append("thread.move", thread, {"project": project.hex()})


def left_behind(reader: Reader, thread: ThreadId, project: ProjectId, limit: int) -> list[EntryId]:
    """Entries of a thread that are not in *project* yet, those that were removed too."""
    return [EntryId(row[0]) for row in reader.rows(LEFT_BEHIND, (thread, project, limit))]


def fork_thread(tx: Writing, trunk: ThreadId, last: Entry, name: str | None) -> ThreadId:
    """A thread that goes on from *last*; what led there is common to both, and copied nowhere."""
    created, hlc, replica, rseq = last.order
    cut = [created, hlc, replica.hex(), rseq]
    project = project_of(tx, trunk)
    return new_thread(tx, project, name, origin=last.id.hex(), trunk=trunk.hex(), cut=cut)
