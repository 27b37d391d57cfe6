"""Changing what is kept: editing, moving, removing, making private; every change is an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledgernote.domain.changes import Erased
from ledgernote.domain.entries import Entry, EntryId, ProjectId, ThreadId
from ledgernote.domain.errors import NoSuchThing, UsageError, WouldReveal
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import to_bytes
from ledgernote.ledger import entries, housekeeping, integrity, keep, lists, places
from ledgernote.ledger.tags import find_tags, need_tag
from ledgernote.ledger.writing import Writing
from ledgernote.notebook import undoing
from ledgernote.notebook.notebook import CHUNK, Notebook
from ledgernote.notebook.revealing import guarded


def edit(notebook: Notebook, read: Entry, text: str, *, title: str | None = None) -> Entry:
    """A new revision of an entry as it was *read*; its former words stay in its history.

    Whoever else has changed it since *read*: both texts stay, as versions. Raises `UsageError`.
    """
    if not text.strip():
        raise UsageError(
            "there is nothing left to keep", f"`ledgernote rm {read.handle}` hides it."
        )

    def do(tx: Writing, entry: Entry) -> None:
        keep.revise(tx, entry.id, to_bytes(text), title=title, base=read.revision)

    return notebook.alter([read], do)[0]


def move(
    notebook: Notebook, names: Iterable[str], project: str, *, agreed: bool = False
) -> list[Entry]:
    """Put entries into another project, out of their threads; a thread goes with all it holds.

    Raises `WouldReveal` when they are private only by where they are and nobody *agreed*.
    """
    target = places.the_project(notebook.ledger, project)
    wanted = list(dict.fromkeys(names))
    named = {name: notebook.thread_of(name) for name in wanted}
    threads = [thread for thread in named.values() if thread]
    loose = [notebook.entry(name).id for name, thread in named.items() if thread is None]
    moved = [entry.id for entry in notebook.named(wanted)]
    relocate(notebook, threads, loose, target, agreed=agreed)
    return entries.by_ids(notebook.ledger, moved)


def relocate(
    notebook: Notebook,
    threads: Sequence[ThreadId],
    loose: Sequence[EntryId],
    target: ProjectId,
    *,
    agreed: bool,
) -> None:
    """Put threads with all they hold and *loose* entries into another project, in one step.

    Of several transactions where a thread is long; what comes into it meanwhile moves too.
    """
    step: bytes | None = None
    try:
        while True:
            with notebook.ledger.writing(by=notebook.actor, now=notebook.clock(), step=step) as tx:
                first, step = step is None, tx.step
                left = [
                    (entry, thread)
                    for thread in threads
                    for entry in housekeeping.left_behind(tx, thread, target, CHUNK)
                ]
                if not (first or left):
                    return
                moving = [entry for entry, _ in left] + (list(loose) if first else [])
                with guarded(tx, moving, agreed=agreed):
                    for thread in threads if first else ():
                        housekeeping.move_thread(tx, thread, target)
                    for entry in loose if first else ():
                        keep.move(tx, entry, target)
                    for entry, thread in left:
                        keep.move(tx, entry, target, thread)
    except WouldReveal:
        if step is not None:
            undoing.forget(notebook, step)
        raise


def remove(notebook: Notebook, names: Iterable[str]) -> list[Entry]:
    """Hide entries from every list and from replay; `undo` brings them back.

    A thread stands for all its entries.
    """
    return notebook.alter(notebook.named(names), lambda tx, entry: keep.remove(tx, entry.id))


# ---- private -------------------------------------------------------------------------


@frozen
class Marked:
    """What carries a mark of privacy, or no longer does."""

    name: str
    """A handle, `tag:NAME` or `project:NAME`."""
    id: bytes
    entry: Entry | None = None
    """As it stands after the change, for an entry."""


def make_private(notebook: Notebook, names: Iterable[str]) -> list[Marked]:
    """Never let entries, tags (`tag:x`) or projects (`project:x`) leave for a remote model."""
    wanted = list(names)
    with notebook.writing() as tx:
        found = [one for name in wanted for one in _marked(notebook, tx, name, new=True)]
        for one in found:
            keep.mark_private(tx, one.id)
    return _now(notebook, found)


def unmake_private(
    notebook: Notebook, names: Iterable[str], *, agreed: bool = False
) -> list[Marked]:
    """Take their own marks off. Raises `WouldReveal` when nobody *agreed*."""
    wanted = list(names)
    with notebook.writing() as tx:
        found = [one for name in wanted for one in _marked(notebook, tx, name, new=False)]
        with guarded(tx, [one.id for one in found], agreed=agreed):
            for one in found:
                keep.unmark_private(tx, one.id)
    return _now(notebook, found)


def _marked(notebook: Notebook, tx: Writing, name: str, *, new: bool) -> list[Marked]:
    """The things that a name means; a *new* tag is made, to be private from the start."""
    kind, colon, rest = name.partition(":")
    if colon and kind == "project":
        return [Marked(name=name, id=places.the_project(tx, rest))]
    if (colon and kind == "tag") or name.startswith("#"):
        label = rest if colon and kind == "tag" else name[1:]
        ids = find_tags(tx, label) or ([need_tag(tx, label)] if new else [])
        if not ids:
            raise NoSuchThing(f"no tag is called {label!r}", "`ledgernote tags` lists them.")
        return [Marked(name=f"tag:{label}", id=id_) for id_ in ids]
    thread = notebook.thread_of(name)
    inside = lists.ids_in_thread(tx, thread) if thread else [notebook.entry(name).id]
    return [Marked(name=one.handle, id=one.id, entry=one) for one in entries.by_ids(tx, inside)]


def _now(notebook: Notebook, found: list[Marked]) -> list[Marked]:
    """The same, with the entries as they stand now, and tags of one name once."""
    ids = [EntryId(one.id) for one in found if one.entry]
    standing = {entry.id: entry for entry in entries.by_ids(notebook.ledger, ids)}
    unique = {one.name: one for one in found}
    return [
        Marked(name=one.name, id=one.id, entry=standing.get(EntryId(one.id)))
        for one in unique.values()
    ]


# ---- for good ------------------------------------------------------------------------


def purge(notebook: Notebook, names: Iterable[str]) -> list[Erased]:
    """Erase the words of entries for good, from every file of the ledger.

    Raises `LedgerBusy` when another program still reads the old pages: they are out of the
    notebook then, and the next open finishes the files.
    """
    wanted = [notebook.entry(name, removed=True) for name in dict.fromkeys(names)]
    found: list[Erased] = []

    def do(tx: Writing, entry: Entry) -> None:
        found.append(Erased(handle=entry.handle, answers=tuple(integrity.purge(tx, entry.id))))

    notebook.alter(wanted, do)
    integrity.scrub(notebook.ledger, by=notebook.actor, now=notebook.clock())
    return found
