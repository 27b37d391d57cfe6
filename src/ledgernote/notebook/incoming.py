"""One run of an import: what the names in a file mean in this ledger, and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ledgernote.domain.entries import EntryId, Kind, ProjectId, Scope, Status, ThreadId
from ledgernote.domain.text import clean_name
from ledgernote.interchange.values import Line
from ledgernote.ledger import entries, imports, keep, places
from ledgernote.ledger.ids import from_uuid
from ledgernote.ledger.writing import Writing
from ledgernote.notebook.notebook import Notebook


class Counting(Protocol):
    """The receipt that a run fills."""

    threads: int
    known: int
    revised: int

    def count(self, created: datetime) -> None:
        """An entry came in."""

    def leave_out(self, number: int, reason: str, why: str) -> None:
        """Something did not."""


def _as_id(name: str | None) -> bytes | None:
    return from_uuid(name) if name and len(name) == 36 else None


def _status(line: Line) -> Status | None:
    """An answer that was being written when it was copied is half an answer."""
    if line.kind is not Kind.ANSWER or line.status is Status.COMPLETE:
        return None
    return Status.INTERRUPTED if line.status is Status.STREAMING else line.status


def _thread(tx: Writing, project: ProjectId, name: str) -> ThreadId | None:
    """By name in the project, else by handle or id."""
    if found := imports.by_name(tx, project, name):
        return found
    other = places.resolve(tx, name, "thread") if _as_id(name) else None
    other = other or imports.by_handle(tx, name, "thread")
    return None if other is None else ThreadId(other)


def _tags(line: Line) -> list[str]:
    """The tags that have a name."""
    return [tag for tag in line.tags if clean_name(tag).removeprefix("#")]


class Incoming:
    """Keeps lines, a transaction at a time, all in one step."""

    def __init__(
        self, notebook: Notebook, receipt: Counting, *, project: str, override: str | None = None
    ) -> None:
        """*project* is for lines that name none, *override* for all."""
        self.notebook, self.receipt = notebook, receipt
        self.step: bytes | None = None
        self._project, self._override = project, override
        self._projects: dict[str, ProjectId] = {}
        self._threads: dict[tuple[ProjectId, str], ThreadId] = {}
        self._origins: dict[str, dict[str, ThreadId]] = {}
        """Source → origin → thread."""
        self._places: dict[ThreadId, ProjectId] = {}
        self._suffixes: dict[tuple[ProjectId, str], int] = {}
        self._renamed: dict[str, EntryId] = {}
        """Handles of the file whose entries got another id here."""
        self._ahead: dict[str, EntryId] = {}
        """Handles of this transaction's lines: a link may lead to a later one."""
        self._open: list[tuple[EntryId, Line]] = []
        """What replaces an entry that has not come yet."""
        self._recent: dict[tuple[str | None, str], EntryId] = {}
        """(source, ref) of this transaction; older ones are asked for."""

    def chunk(self, lines: Sequence[Line]) -> None:
        """Keep some lines in one transaction, in the order of their time."""
        ledger, now = self.notebook.ledger, self.notebook.clock()
        self._recent.clear()
        with ledger.writing(by=self.notebook.actor, now=now, step=self.step) as tx:
            self.step = tx.step
            self._ahead = {
                line.handle: EntryId(_as_id(line.id) or tx.new_id())
                for line in lines
                if line.handle
            }
            for line in sorted(lines, key=lambda line: line.created or now):
                self._keep(tx, line)

    def finish(self) -> None:
        """Tie the links that led to lines far below."""
        if not self._open:
            return
        ledger, now = self.notebook.ledger, self.notebook.clock()
        with ledger.writing(by=self.notebook.actor, now=now, step=self.step) as tx:
            for entry, line in self._open:
                found = self._named(tx, line.supersedes)
                if found is None:
                    self._nowhere(line, line.supersedes)
                else:
                    keep.supersede(tx, entry, found)

    # ---- what is here already --------------------------------------------------------

    def _is_known(self, tx: Writing, line: Line) -> bool:
        """Whether it is here; a newer state of what is here becomes a revision."""
        id_ = _as_id(line.id)
        if id_ is not None and entries.is_there(tx, id_):
            self.receipt.known += 1
            return True
        if line.ref is None:
            return False
        # A name without a source is one within its project.
        place = None if line.source is not None else self._project_of(tx, line)
        found = entries.by_source(tx, line.source, line.ref, place)
        if not found:
            return False
        self._recent[line.source, line.ref] = EntryId(found[-1][0])
        if line.revises:
            self._renew(tx, line, *found[-1])
            return True
        same = [one for one, head in found if imports.ever_said(tx, one, head, line.text)]
        if same and line.handle:
            self._ahead[line.handle] = self._renamed[line.handle] = EntryId(same[0])
        self.receipt.known += bool(same)
        return bool(same)

    def _renew(self, tx: Writing, line: Line, entry: bytes, head: bytes) -> None:
        id_ = EntryId(entry)
        title, tags = imports.title_and_tags(tx, id_)
        same_title = line.title is None or clean_name(line.title) == clean_name(title or "")
        missing = [tag for tag in _tags(line) if clean_name(tag) not in tags]
        if entries.raw_text(tx, head) != line.text or not same_title:
            keep.revise(tx, id_, line.text, title=line.title)
        elif not missing:
            self.receipt.known += 1
            return
        for tag in missing:
            keep.tag(tx, id_, tag)
        self.receipt.revised += 1

    # ---- where it belongs ------------------------------------------------------------

    def _project_of(self, tx: Writing, line: Line) -> ProjectId:
        name = self._override or line.project or self._project
        if not clean_name(name):
            name = self._project
        if name not in self._projects:
            self._projects[name] = places.need_project(tx, name)
        return self._projects[name]

    def _place(self, tx: Writing, line: Line) -> tuple[ProjectId, ThreadId | None]:
        """The project and thread; a thread that was moved here stays where it is."""
        if line.thread_ref is None or line.source is None:
            project = self._project_of(tx, line)
            return project, self._thread(tx, project, line)
        if line.source not in self._origins:
            self._origins[line.source] = imports.threads_from(tx, line.source)
        known = self._origins[line.source]
        origin = imports.thread_source(line.source, line.thread_ref)
        thread = known.get(origin)
        if thread is None:
            project = self._project_of(tx, line)
            name = self._free_name(tx, project, line.thread_name)
            known[origin] = thread = self._new_thread(tx, project, line, name, source=origin)
            self._places[thread] = project
        elif thread not in self._places:
            self._places[thread] = places.project_of(tx, thread)
        return self._places[thread], thread

    def _free_name(self, tx: Writing, project: ProjectId, wanted: str | None) -> str | None:
        """The name, with a number where another thread has it.

        The ledger would number clashing names by itself, but all names of the project anew at
        each: thousands of talks may have one title.
        """
        name = clean_name(wanted or "")
        if not name or imports.by_name(tx, project, name) is None:
            return name or None
        number = self._suffixes.get((project, name), 1) + 1
        while imports.by_name(tx, project, f"{name}-{number}"):
            number += 1
        self._suffixes[project, name] = number
        return f"{name}-{number}"

    def _thread(self, tx: Writing, project: ProjectId, line: Line) -> ThreadId | None:
        wanted = line.thread_id or line.thread
        if wanted is None:
            return None
        key = (project, wanted)
        if key not in self._threads:
            names = dict.fromkeys(name for name in (line.thread_id, line.thread) if name)
            found = next((one for name in names if (one := _thread(tx, project, name))), None)
            name = line.thread_name if line.thread_id else line.thread
            id_ = _as_id(line.thread_id)
            self._threads[key] = found or self._new_thread(tx, project, line, name, id=id_)
        return self._threads[key]

    def _new_thread(
        self, tx: Writing, project: ProjectId, line: Line, name: str | None, **more: object
    ) -> ThreadId:
        self.receipt.threads += 1
        created = line.created or tx.now
        offset = created.utcoffset()
        return places.new_thread(
            tx,
            project,
            name,
            created=keep.microseconds(created),
            offset=int(offset.total_seconds()) if offset else 0,
            **more,
        )

    # ---- keeping ---------------------------------------------------------------------

    def _named(self, tx: Writing, name: str | None) -> EntryId | None:
        """The entry that the file calls so."""
        if not name:
            return None
        here = self._renamed.get(name) or self._ahead.get(name) or _as_id(name)
        found = here or imports.by_handle(tx, name, "entry")
        return None if found is None else EntryId(found)

    def _nowhere(self, line: Line, name: str | None) -> None:
        self.receipt.leave_out(line.number, "links", f"its link to {name} leads nowhere")

    def _reply_to(self, tx: Writing, line: Line) -> EntryId | None:
        if line.follows is None:
            found = self._named(tx, line.reply_to)
            if line.reply_to and found is None:
                self._nowhere(line, line.reply_to)
            return found
        if recent := self._recent.get((line.source, line.follows)):
            return recent
        rows = entries.by_source(tx, line.source, line.follows, None)
        return EntryId(rows[-1][0]) if rows else None

    def _keep(self, tx: Writing, line: Line) -> None:
        if self._is_known(tx, line):
            return
        project, thread = self._place(tx, line)
        id_ = keep.keep(tx, self._new(tx, line, project, thread))
        if line.handle and not _as_id(line.id):
            self._renamed[line.handle] = id_
        if line.supersedes and self._named(tx, line.supersedes) is None:
            self._open.append((id_, line))
        if line.ref is not None:
            self._recent[line.source, line.ref] = id_
        self.receipt.count(line.created or tx.now)

    def _given(self, tx: Writing, handle: str | None) -> bytes | None:
        """The id that links lead to; a second line of the same handle gets another."""
        id_ = self._ahead.get(handle) if handle else None
        return None if id_ is None or entries.is_there(tx, id_) else id_

    def _new(
        self, tx: Writing, line: Line, project: ProjectId, thread: ThreadId | None
    ) -> keep.New:
        pin = line.pinned if thread or line.pinned is not Scope.THREAD else Scope.PROJECT
        given = _as_id(line.id) or self._given(tx, line.handle)
        is_answer = line.kind is Kind.ANSWER
        return keep.New(
            kind=line.kind,
            text=line.text,
            project=project,
            thread=thread,
            title=line.title,
            tags=_tags(line),
            pin=pin,
            mute=line.muted,
            private=line.private,
            supersedes=self._named(tx, line.supersedes),
            reply_to=self._reply_to(tx, line),
            created=line.created,
            edited=line.edited,
            source=line.source,
            ref=line.ref,
            model=line.model or (line.actor if is_answer else None),
            actor=(None if line.model else line.speaker) if is_answer else line.actor,
            status=_status(line),
            imported=True,
            id=EntryId(given) if given else None,
            handle=line.handle,
        )
