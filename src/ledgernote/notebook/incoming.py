"""One run of an import: what the names in a file mean in this ledger, and what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from ledgernote.domain.entries import EntryId, Kind, ProjectId, Scope, Status, ThreadId
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.interchange.values import Line
from ledgernote.ledger import entries, housekeeping, imports, integrity, keep, places, privacy
from ledgernote.ledger.handles import by_handle, resolve
from ledgernote.ledger.ids import from_uuid
from ledgernote.ledger.search import passages
from ledgernote.ledger.writing import Writing
from ledgernote.notebook.links import Ends, Links
from ledgernote.notebook.notebook import Notebook

TIED = 200
"""Links that are made in one transaction."""


class Counting(Protocol):
    """The receipt that a run fills."""

    threads: int
    known: int
    revised: int
    briefs: list[str]

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
    if found := places.by_name(tx, project, name):
        return found
    other = resolve(tx, name, "thread") if _as_id(name) else None
    other = other or by_handle(tx, name, "thread")
    return None if other is None else ThreadId(other)


def _tags(line: Line) -> list[str]:
    """The tags that have a name."""
    return [tag for tag in line.tags if clean_name(tag).removeprefix("#")]


LARGE = 4
"""An import that is such a part of the ledger has the whole index merged: so what all imports
together cost stays in proportion to the ledger."""


class Incoming:
    """Keeps lines, a transaction at a time, all in one step."""

    def __init__(
        self,
        notebook: Notebook,
        receipt: Counting,
        *,
        project: str,
        override: str | None = None,
        by: str | None = None,
    ) -> None:
        """*project* is for lines that name none, *override* for all; *by* is whose step it is."""
        self.notebook, self.receipt = notebook, receipt
        self._by = by or notebook.actor
        self._before = passages(notebook.ledger)
        integrity.expect(notebook.ledger, integrity.MUCH)
        self.step: bytes | None = None
        self._project, self._override = project, override
        self._projects: dict[str, ProjectId] = {}
        self._made: set[ProjectId] = set()
        """Projects of this import that have no brief yet."""
        self._threads: dict[tuple[ProjectId, str], ThreadId] = {}
        self._origins: dict[str, dict[str, ThreadId]] = {}
        """Source → origin → thread."""
        self._places: dict[ThreadId, ProjectId] = {}
        self._suffixes: dict[tuple[ProjectId, str], int] = {}
        self._links = Links()
        self._recent: dict[tuple[str | None, str], EntryId] = {}
        """(source, ref) of this transaction; older ones are asked for."""

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction in the step of this run."""
        ledger, now = self.notebook.ledger, self.notebook.clock()
        self._recent.clear()
        with ledger.writing(by=self._by, now=now, step=self.step) as tx:
            self.step = tx.step
            yield tx

    def chunk(self, lines: Sequence[Line]) -> None:
        """Keep some lines in one transaction."""
        with self.writing() as tx:
            self.take(tx, lines)

    def take(self, tx: Writing, lines: Sequence[Line]) -> None:
        """Keep some lines, in the order of their time."""
        own = [(line, self._own_id(tx, line)) for line in lines]
        self._links.begin(tx, own)
        for line, id_ in sorted(own, key=lambda one: one[0].created or tx.now):
            self._keep(tx, line, id_)

    def taken(self, line: Line) -> EntryId | None:
        """What a line of this transaction with a `ref` has become."""
        return self._recent.get((line.source, line.ref or ""))

    def finish(self) -> None:
        """Tie the links that led to lines far below; what is found is found faster from then on."""
        while pending := self._links.pending(TIED):
            with self.writing() as tx:
                for entry, link in pending:
                    if not self._links.tie(tx, entry, link):
                        self.receipt.leave_out(link.number, "links", str(link))
        ledger, now = self.notebook.ledger, self.notebook.clock()
        integrity.expect(ledger)
        there = passages(ledger)
        large = (there - self._before) * LARGE > there
        integrity.merge(
            ledger, -integrity.PAGES if large else integrity.PAGES, by=self._by, now=now
        )

    # ---- what is here already --------------------------------------------------------

    def _own_id(self, tx: Writing, line: Line) -> EntryId | None:
        """The id that a line brings along; one that cannot be is named, and the line kept."""
        if not line.id:
            return None
        id_ = _as_id(line.id)
        if id_ is not None and not imports.is_other(tx, id_, "entry"):
            return EntryId(id_)
        why = "is no UUID" if id_ is None else "is that of another thing"
        self.receipt.leave_out(line.number, "ids", f"its id {line.id[:40]!r} {why}: it got another")
        return None

    def _is_known(self, tx: Writing, line: Line, id_: EntryId | None) -> bool:
        """Whether it is here; a newer state of what is here becomes a revision."""
        if id_ is not None:  # two entries of one source and text may both be meant
            known = imports.is_there(tx, id_)
            self.receipt.known += known
            return known
        if line.ref is None:
            return False
        # A name without a source is one within its project.
        place = None if line.source is not None else self._project_of(tx, line)
        found = imports.by_source(tx, line.source, line.ref, place)
        if not found:
            return False
        self._recent[line.source, line.ref] = EntryId(found[-1][0])
        if line.revises:
            self.renew(tx, line, *found[-1])
            return True
        same = [one for one, head in found if imports.ever_said(tx, one, head, line.text)]
        if same and line.handle:
            self._links.rename(line.handle, EntryId(same[0]))
        self.receipt.known += bool(same)
        return bool(same)

    def renew(self, tx: Writing, line: Line, entry: bytes, head: bytes) -> None:
        """Bring an entry up to what stands in its file now.

        A tag that came from there goes when it is gone there; one that was given here stays.
        """
        id_ = EntryId(entry)
        title, tags = imports.title_and_tags(tx, id_)
        same_title = line.title is None or clean_name(line.title) == clean_name(title or "")
        given = {clean_name(tag).removeprefix("#") for tag in _tags(line)}
        missing = [tag for tag in _tags(line) if clean_name(tag) not in tags]
        gone = [event for tag, event in imports.tagged_there(tx, id_) if tag not in given]
        if entries.raw_text(tx, head) != line.text or not same_title:
            keep.revise(tx, id_, line.text, title=line.title)
        elif not (missing or gone):
            self.receipt.known += 1
            return
        for tag in missing:
            keep.tag(tx, id_, tag, imported=True)
        if gone:
            keep.take_off(tx, id_, gone)
        self.receipt.revised += 1

    # ---- where it belongs ------------------------------------------------------------

    def _project_of(self, tx: Writing, line: Line) -> ProjectId:
        name = self._override or line.project or self._project
        if name not in self._projects:
            known = name if clean_name(name) else self._project
            is_new = places.find_project(tx, known) is None
            self._projects[name] = places.need_project(tx, known)
            if is_new:
                self._made.add(self._projects[name])
        return self._projects[name]

    def _describe(self, tx: Writing, line: Line, project: ProjectId) -> None:
        """Give a project what its file says of it.

        A brief only to one that this import makes: models follow it in every thread of the
        project, and whoever wrote the file is not who works in one that was here.
        """
        if line.project_private and not privacy.is_marked(tx, project):
            keep.mark_private(tx, project)
        if project in self._made and line.project_brief:
            self._made.remove(project)
            housekeeping.set_brief(tx, project, to_bytes(line.project_brief))
            self.receipt.briefs.append(places.name_of(tx, project))

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
        if not name or places.by_name(tx, project, name) is None:
            return name or None
        number = self._suffixes.get((project, name), 1) + 1
        while places.by_name(tx, project, f"{name}-{number}"):
            number += 1
        self._suffixes[project, name] = number
        return f"{name}-{number}"

    def _thread(self, tx: Writing, project: ProjectId, line: Line) -> ThreadId | None:
        wanted = line.thread_id or line.thread
        if wanted is None:
            return None
        key = (project, wanted)
        if key not in self._threads:
            id_ = _as_id(line.thread_id)
            # With an id, the handle beside it may be that of another thread here.
            names = [line.thread_id] if id_ else [line.thread_id, line.thread]
            tried = (_thread(tx, project, name) for name in names if name)
            found = next((one for one in tried if one), None)
            name = line.thread_name if line.thread_id else line.thread
            id_ = None if id_ and imports.is_other(tx, id_, "thread") else id_
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

    def _followed(self, tx: Writing, line: Line, ref: str) -> EntryId | None:
        """The entry that *ref* names where the line came from."""
        if recent := self._recent.get((line.source, ref)):
            return recent
        rows = imports.by_source(tx, line.source, ref, None)
        return EntryId(rows[-1][0]) if rows else None

    def _keep(self, tx: Writing, line: Line, id_: EntryId | None) -> None:
        if self._is_known(tx, line, id_):
            return
        place = self._place(tx, line)
        if not self._override:
            self._describe(tx, line, place[0])
        ends = self._links.ends(tx, line)
        if line.follows is not None:
            ends["reply_to"] = self._followed(tx, line, line.follows)
        given = id_ or self._links.free_id(tx, line.handle)
        entry = keep.keep(tx, _new(line, given, place, ends))
        if line.handle and id_ is None:
            self._links.rename(line.handle, entry)
        self._links.keep_open(entry, line, ends)
        if line.ref is not None:
            self._recent[line.source, line.ref] = entry
        self.receipt.count(line.created or tx.now)


def _new(
    line: Line, id_: EntryId | None, place: tuple[ProjectId, ThreadId | None], ends: Ends
) -> keep.New:
    project, thread = place
    pin_thread = _as_id(line.pinned_thread_id)
    nowhere = line.pinned is Scope.THREAD and not (thread or pin_thread)
    is_answer = line.kind is Kind.ANSWER
    saved_from = _as_id(line.saved_from_id)
    return keep.New(
        kind=line.kind,
        text=line.text,
        project=project,
        thread=thread,
        title=line.title,
        tags=_tags(line),
        pin=Scope.PROJECT if nowhere else line.pinned,
        pin_until=line.pinned_until,
        pin_thread=ThreadId(pin_thread) if pin_thread else None,
        mute=line.muted,
        private=line.private,
        supersedes=ends.get("supersedes"),
        reply_to=ends.get("reply_to"),
        saved_from=EntryId(saved_from) if saved_from else None,
        created=line.created,
        edited=line.edited,
        source=line.source,
        ref=line.ref,
        image=line.image,
        model=line.model or (line.actor if is_answer else None),
        actor=(None if line.model else line.speaker) if is_answer else line.actor,
        status=_status(line),
        imported=True,
        id=id_,
        handle=line.handle,
        more=line.whom,
    )
