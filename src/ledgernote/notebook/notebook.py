"""An open notebook: one ledger, one actor, one project and the clock.

What faces ask for by name, they ask here; names become ids and ids become entries again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from ledgernote.config import Settings
from ledgernote.domain.entries import (
    Entry,
    EntryId,
    Kind,
    Project,
    Scope,
    Status,
    Thread,
)
from ledgernote.domain.errors import LedgerError, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import holds_key
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger import entries, integrity, keep, lists, places
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.tags import tags_of
from ledgernote.ledger.writing import Writing
from ledgernote.notebook.names import Names
from ledgernote.notebook.revealing import guarded

if TYPE_CHECKING:
    from ledgernote.ledger.verdict import Verdict


def now_here() -> datetime:
    """This moment with the local UTC offset."""
    return datetime.now().astimezone()


CHUNK = 500
"""Entries that one transaction of 250 ms can change."""
MOST = 2**31
"""Nobody lists more entries; a larger number means the same."""


@frozen
class NewNote:
    """A note as a face gives it; names are handles or thread names as typed."""

    text: str | bytes
    title: str | None = None
    tags: tuple[str, ...] = ()
    pin: Scope | None = None
    mute: bool = False
    private: bool = False
    supersedes: str | None = None
    saved_from: str | None = None
    at: datetime | None = None
    source: str | None = None
    ref: str | None = None
    thread: str | None = None
    image: bytes | None = None
    """What the text is, or ends with, the line of."""


class Notebook(Names):
    """What a researcher can do with entries, threads and projects."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        *,
        project: str | None = None,
        clock: Callable[[], datetime] = now_here,
    ) -> None:
        """*project* is a name, an id or the line of a marker; None means `inbox`."""
        self.ledger = ledger
        self.settings = settings
        self.actor = settings.actor
        self.project = project or "inbox"
        self.clock = clock
        self.say: Callable[[str], None] = lambda _: None
        """Hears what a person should know of how a thing was done."""
        self.agreed: dict[tuple[str | None, datetime], float] = {}
        """US dollars up to which a person has agreed to go past the cap of a project (None: of
        all) in the month that begins then."""

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        project: str | None = None,
        create: bool,
        say: Callable[[str], None],
        clock: Callable[[], datetime] = now_here,
    ) -> Notebook:
        """Open the ledger that *settings* name, made when *create*. Raises a `LedgerError`."""
        ledger = Ledger.open(settings.ledger, state=settings.state, create=create, say=say)
        notebook = cls(ledger, settings, project=project, clock=clock)
        notebook.say = say
        if unfinished := integrity.pending(ledger):
            notebook._finish(unfinished, say)
        return notebook

    def _finish(self, unfinished: set[str], say: Callable[[str], None]) -> None:
        if "rebuild" in unfinished:
            say("a rebuild did not end; until `ledgernote doctor --rebuild`, lists are incomplete")
        if "scrub" in unfinished and self.ledger.writable:
            try:
                integrity.scrub(self.ledger, by=self.actor, now=self.clock(), tries=1)
            except LedgerError as error:  # what was asked for is not what hangs
                say(str(error))

    def close(self) -> None:
        """Let go of the file."""
        self.ledger.close()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction of this actor, now."""
        with self.ledger.writing(by=self.actor, now=self.clock()) as tx:
            yield tx

    # ---- keeping ---------------------------------------------------------------------

    def note(self, note: NewNote) -> Entry:
        """Keep one note in the current project, which is made when new. Raises `UsageError`."""
        return self.notes([note])[0]

    def notes(self, notes: Iterable[NewNote]) -> list[Entry]:
        """Keep several notes in one step and one commit."""
        with self.writing() as tx:
            ids = [self._keep(tx, self._new(tx, note)) for note in notes]
        kept = entries.by_ids(self.ledger, ids)
        self.tell_of_keys(kept)
        return kept

    def tell_of_keys(self, kept: Iterable[Entry]) -> None:
        """Say which entries hold what looks like a key: it is replayed like any words."""
        for one in kept:
            if holds_key(one.text):
                self.say(
                    f"{one.handle} holds what looks like a key: `ledgernote purge {one.handle}`"
                    " erases it for good"
                )

    def _keep(self, tx: Writing, new: keep.New) -> EntryId:
        """Keep it, unless the same words stand under its name at its source."""
        if new.ref is None:
            return keep.keep(tx, new)
        from ledgernote.ledger import imports  # most notes have no such name

        known = imports.same(tx, new)
        if known is not None and new.private:  # never less private than was asked for
            keep.mark_private(tx, known)
        return known or keep.keep(tx, new)

    def _new(self, tx: Writing, note: NewNote) -> keep.New:
        text = note.text if isinstance(note.text, bytes) else to_bytes(note.text)
        if not text.strip():
            raise UsageError("there is nothing to keep", "Type some words, or pipe some in.")
        linked = {
            link: self.entry(name).id if (name := getattr(note, link)) else None
            for link in ("supersedes", "saved_from")
        }
        thread = self.thread_id(note.thread) if note.thread else None
        # A thread named by its handle may be of another project, and then the note is too.
        project = places.project_of(tx, thread) if thread else None
        return keep.New(
            kind=Kind.NOTE,
            text=text,
            project=project or places.need_project(tx, self.project),
            thread=thread,
            title=note.title,
            tags=note.tags,
            pin=note.pin,
            mute=note.mute,
            private=note.private,
            created=note.at,
            source=note.source,
            ref=note.ref,
            image=note.image,
            supersedes=linked["supersedes"],
            saved_from=linked["saved_from"],
        )

    # ---- changing --------------------------------------------------------------------

    def change(self, names: Iterable[str], do: Callable[[Writing, Entry], object]) -> list[Entry]:
        """Do one thing to several entries in one step; gives them as they stand then.

        Raises before anything is changed when a name is unknown.
        """
        return self.alter([self.entry(name) for name in names], do)

    def alter(
        self,
        found: list[Entry],
        do: Callable[[Writing, Entry], object],
        *,
        agreed: bool = True,
    ) -> list[Entry]:
        """The same for entries that were found already.

        Raises `WouldReveal` when one is no longer private then and nobody *agreed*.
        """
        if any(entry.status is Status.STREAMING for entry in found):
            raise UsageError("that answer is still being written", "Try again when it has ended.")
        size, step = CHUNK if agreed else len(found), None
        for at in range(0, len(found), size or 1):
            some = found[at : at + size]
            with self.ledger.writing(by=self.actor, now=self.clock(), step=step) as tx:
                step = tx.step
                with guarded(tx, [entry.id for entry in some], agreed=agreed):
                    for entry in some:
                        do(tx, entry)
        return entries.by_ids(self.ledger, [entry.id for entry in found])

    # ---- lists -----------------------------------------------------------------------

    def latest(
        self,
        number: int = 20,
        *,
        project: bool = False,
        since: datetime | None = None,
        actor: str | None = None,
    ) -> list[Entry]:
        """The newest entries, oldest of them first; of all projects unless *project*.

        0 is all. Long texts are cut to their first passage.
        """
        return lists.latest(
            self.ledger,
            lists.Latest(
                number=min(number, MOST),
                project=self.project_id() if project else None,
                since=keep.microseconds(since) if since else None,
                actor=clean_name(actor) if actor else None,
            ),
        )

    def whole(self, entry: Entry) -> Entry:
        """The entry with all of its text."""
        return entries.whole(self.ledger, entry)

    def image(self, entry: Entry) -> bytes:
        """The bytes of an entry's image; empty where it has none."""
        return entries.image_bytes(self.ledger, entry)

    def every(self, *, project: bool = False) -> Iterator[Entry]:
        """Every entry with all of its text, in the one order, in constant memory."""
        return lists.every(self.ledger, self.project_id() if project else None)

    def tags(self, *, everywhere: bool = False) -> list[tuple[str, int]]:
        """Names of tags and how many entries carry them."""
        return tags_of(self.ledger, None if everywhere else self.project_id())

    def projects(self, *, archived: bool = False) -> list[Project]:
        """The projects by name, those that are *archived* only when wanted."""
        found = places.projects(self.ledger)
        return [one for one in found if archived or not one.archived]

    def threads(self, *, everywhere: bool = False, archived: bool = False) -> list[Thread]:
        """The threads of the current project, last used first; *archived* only when wanted."""
        found = places.threads(self.ledger, None if everywhere else self.project_id())
        return [one for one in found if archived or not one.archived]

    def pins(self, thread: str | None = None) -> list[Entry]:
        """What is always replayed here."""
        project = places.find_project(self.ledger, self.project)
        if project is None:
            return []
        place = self.thread_id(thread) if thread else None
        now = keep.microseconds(self.clock())
        return entries.by_ids(self.ledger, keep.pins(self.ledger, project, place, now))

    # ---- trust -----------------------------------------------------------------------

    def verify(self) -> Verdict:
        """Check every hash, link and commitment."""
        from ledgernote.ledger.verdict import verify  # what hashes loads more than a `find` needs

        return verify(self.ledger)

    def rebuild(self) -> int:
        """Make every projection again from the log; the number of events."""
        return integrity.rebuild(self.ledger, by=self.actor, now=self.clock())
