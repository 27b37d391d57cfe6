"""Changing projects and threads: each verb is one or a few events."""

from __future__ import annotations

from ledgernote.domain.entries import EntryId, ProjectId, ThreadId
from ledgernote.domain.text import clean_name
from ledgernote.ledger import keep
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.places import new_thread
from ledgernote.ledger.writing import Writing

ENTRIES_OF = "SELECT id FROM entry WHERE thread = ? ORDER BY created, hlc, replica, rseq"


def entries_of(reader: Reader, thread: ThreadId) -> list[EntryId]:
    """All entries of a thread, those that were removed too."""
    return [EntryId(row[0]) for row in reader.rows(ENTRIES_OF, (thread,))]


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
    """Put a thread into another project, with all of its entries."""
    tx.append("thread.move", thread, {"project": project.hex()})
    for entry in entries_of(tx, thread):
        keep.move(tx, entry, project, thread)


def fork_thread(tx: Writing, project: ProjectId, last: EntryId, name: str) -> ThreadId:
    """A thread that goes on from *last*; what led there is common to both, and copied nowhere."""
    return new_thread(tx, project, name, origin=last.hex())
