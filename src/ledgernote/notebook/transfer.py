"""Entries in and out: what an import brought, and what it did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from ledgernote.domain.entries import Entry, EntryId, Kind, ProjectId, Scope, Status, ThreadId
from ledgernote.interchange.jsonl import Damaged, Line, read
from ledgernote.ledger import entries, keep, places
from ledgernote.ledger.ids import from_uuid
from ledgernote.ledger.writing import Writing
from ledgernote.notebook.notebook import Notebook

CHUNK = 400
"""Lines of one transaction: well under the 250 ms that it may hold the lock."""


@dataclass(slots=True)
class ImportReceipt:
    """What came in, and what was skipped and why."""

    entries: int = 0
    threads: int = 0
    known: int = 0
    """Were here already."""
    first: datetime | None = None
    last: datetime | None = None
    skipped: list[tuple[int, str]] = field(default_factory=list)
    """(line, why)."""


def _as_id(name: str | None) -> bytes | None:
    return from_uuid(name) if name and len(name) == 36 else None


class _Import:
    """One run: what names in the file mean in this ledger."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.receipt = ImportReceipt()
        self.step: bytes | None = None
        self._projects: dict[str, ProjectId] = {}
        self._threads: dict[tuple[ProjectId, str], ThreadId] = {}
        self._renamed: dict[str, EntryId] = {}
        """Handles of the file whose entries got another id here."""

    def chunk(self, lines: Sequence[Line | Damaged]) -> None:
        """Keep some lines in one transaction, in the order of their time."""
        ledger, now = self.notebook.ledger, self.notebook.clock()
        with ledger.writing(by=self.notebook.actor, now=now, step=self.step) as tx:
            self.step = tx.step
            good: list[Line] = []
            for line in lines:
                if isinstance(line, Damaged):
                    self.receipt.skipped.append((line.number, line.why))
                else:
                    good.append(line)
            for line in sorted(good, key=lambda line: line.created or now):
                self._keep(tx, line)

    def _project(self, tx: Writing, name: str) -> ProjectId:
        if name not in self._projects:
            self._projects[name] = places.need_project(tx, name)
        return self._projects[name]

    def _thread(self, tx: Writing, project: ProjectId, line: Line) -> ThreadId | None:
        wanted = line.thread_id or line.thread
        if wanted is None:
            return None
        key = (project, wanted)
        if key not in self._threads:
            found = places.find_thread(tx, project, wanted)
            if found is None and line.thread and line.thread != wanted:
                found = places.find_thread(tx, project, line.thread)
            self._threads[key] = found or self._new_thread(tx, project, line)
        return self._threads[key]

    def _new_thread(self, tx: Writing, project: ProjectId, line: Line) -> ThreadId:
        self.receipt.threads += 1
        created = line.created or tx.now
        offset = created.utcoffset()
        name = line.thread_name if line.thread_id else line.thread
        return places.new_thread(
            tx,
            project,
            name,
            id=_as_id(line.thread_id),
            created=keep.microseconds(created),
            offset=int(offset.total_seconds()) if offset else 0,
        )

    def _is_known(self, tx: Writing, line: Line, project: ProjectId) -> bool:
        id_ = _as_id(line.id)
        if id_ is not None and entries.is_there(tx, id_):
            return True
        if line.ref is None:
            return False
        place = None if line.source is not None else project
        found = entries.by_source(tx, line.source, line.ref, place)
        return any(entries.raw_text(tx, head) == line.text for _, head in found)

    def _linked(self, tx: Writing, line: Line, name: str | None) -> EntryId | None:
        if name is None:
            return None
        found = self._renamed.get(name) or _as_id(name) or places.resolve(tx, name, "entry")
        if found is None:
            self.receipt.skipped.append((line.number, f"its link to {name} leads nowhere"))
        return None if found is None else EntryId(found)

    def _keep(self, tx: Writing, line: Line) -> None:
        project = self._project(tx, line.project or self.notebook.project)
        if self._is_known(tx, line, project):
            self.receipt.known += 1
            return
        thread = self._thread(tx, project, line)
        pin = line.pinned if thread or line.pinned is not Scope.THREAD else Scope.PROJECT
        given = _as_id(line.id)
        id_ = keep.keep(
            tx,
            keep.New(
                kind=line.kind,
                text=line.text,
                project=project,
                thread=thread,
                title=line.title,
                tags=line.tags,
                pin=pin,
                mute=line.muted,
                private=line.private,
                supersedes=self._linked(tx, line, line.supersedes),
                reply_to=self._linked(tx, line, line.reply_to),
                created=line.created,
                edited=line.edited,
                source=line.source,
                ref=line.ref,
                model=line.model or (line.actor if line.kind is Kind.ANSWER else None),
                actor=None if line.kind is Kind.ANSWER else line.actor,
                status=None if line.status is Status.COMPLETE else line.status,
                imported=True,
                id=EntryId(given) if given else None,
                handle=line.handle,
            ),
        )
        if line.handle and not given:
            self._renamed[line.handle] = id_
        self._count(line.created or tx.now)

    def _count(self, created: datetime) -> None:
        receipt = self.receipt
        receipt.entries += 1
        receipt.first = min(receipt.first or created, created)
        receipt.last = max(receipt.last or created, created)


def import_lines(
    notebook: Notebook, lines: Iterable[bytes], progress: Callable[[int], None] | None = None
) -> ImportReceipt:
    """Bring JSON lines in, in one step, in constant memory; *progress* is told the lines read.

    A known id is skipped; so is the same (source, ref) with the same text.
    """
    run = _Import(notebook)
    parsed: Iterator[Line | Damaged] = read(lines)
    number = 0
    while chunk := list(islice(parsed, CHUNK)):
        run.chunk(chunk)
        number += len(chunk)
        if progress is not None:
            progress(number)
    return run.receipt


def export(notebook: Notebook, *, project: bool) -> Iterator[tuple[Entry, str | None, str | None]]:
    """Every entry with its thread's UUID and given name, in the one order, in constant memory."""
    known: dict[str, tuple[str, str | None]] = {}
    for entry in notebook.every(project=project):
        if entry.thread is None:
            yield entry, None, None
            continue
        if entry.thread not in known:
            known[entry.thread] = places.identity(notebook.ledger, entry.thread)
        yield (entry, *known[entry.thread])
