"""What the names that people type stand for: entries, threads, the project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledgernote.domain.entries import Entry, EntryId, Kind, ProjectId, Thread, ThreadId
from ledgernote.domain.errors import Ambiguous, NoSuchThing
from ledgernote.ledger import entries, lists, places
from ledgernote.ledger.ledger import Ledger


class Names:
    """The names of a ledger, as this actor means them in this project."""

    ledger: Ledger
    actor: str
    project: str

    @property
    def project_name(self) -> str:
        """The current project as people call it, also before it is made."""
        id_ = places.find_project(self.ledger, self.project)
        return places.name_of(self.ledger, id_) if id_ else places.marked(self.project)[1]

    def project_id(self) -> ProjectId:
        """The current project. Raises `NoSuchThing` when nobody has made it yet."""
        return places.the_project(self.ledger, self.project)

    def entry(self, name: str, *, removed: bool = False) -> Entry:
        """The entry by handle, unique prefix, UUID or `@last`, with all of its text.

        With *removed* also one that was removed. Raises `NoSuchThing` and `Ambiguous`.
        """
        return entries.whole(self.ledger, self.beginning(name, removed=removed))

    def beginning(self, name: str, *, removed: bool = False) -> Entry:
        """The same, of a long text only its beginning."""
        found = lists.find(self.ledger, name, self.actor, removed=removed)
        if found is None:
            raise NoSuchThing(
                f"nothing is called {name!r}", "`ledgernote log` and `find` show handles."
            )
        return found

    def parts(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of all of its text, part by part."""
        return entries.parts(self.ledger, entry)

    def pieces(self, entry: Entry) -> Iterator[str]:
        """All of its text, piece by piece."""
        return entries.pieces(self.ledger, entry)

    def thread_id(self, name: str) -> ThreadId | None:
        """The thread of the current project by that name, or any by that handle.

        `@last` is the one that this actor used last.
        """
        project = places.find_project(self.ledger, self.project)
        if name == "@last":
            return places.last_used(self.ledger, project, self.actor) if project else None
        return places.find_thread(self.ledger, project or ProjectId(b""), name)

    def named(self, names: Iterable[str]) -> list[Entry]:
        """The entries by those names, each once; a thread stands for all its entries.

        Raises `NoSuchThing` and `Ambiguous`.
        """
        found: dict[EntryId, Entry] = {}
        for name in names:
            thread = self.thread_of(name)
            each = self._own_entries(thread) if thread else [self.entry(name)]
            found |= {entry.id: entry for entry in each}
        return list(found.values())

    def _own_entries(self, thread: ThreadId) -> list[Entry]:
        """Without what it shares with the thread that it was forked from."""
        return [entry for entry in self.in_thread(thread) if entry.thread_id == thread]

    def thread_of(self, name: str) -> ThreadId | None:
        """The thread that a name means where entries are meant too; those come first.

        Raises `NoSuchThing` for what is neither, and `Ambiguous`.
        """
        try:
            self.entry(name)
        except Ambiguous:
            raise
        except NoSuchThing:
            if thread := self.thread_id(name):
                return thread
            raise
        return None

    def thread(self, name: str) -> tuple[Thread, list[Entry]]:
        """A thread and its entries, oldest first, each with all of its text.

        Raises `NoSuchThing`.
        """
        id_ = self.thread_id(name)
        if id_ is None:
            raise NoSuchThing(f"no thread is called {name!r}", "`ledgernote threads` lists them.")
        found = [entries.whole(self.ledger, entry) for entry in self.in_thread(id_)]
        return places.threads(self.ledger, None, id_)[0], found

    def in_thread(self, thread: ThreadId) -> list[Entry]:
        """The entries of a thread, oldest first."""
        return lists.in_thread(self.ledger, thread)

    def newer(self, thread: str, hlc: int) -> list[Entry]:
        """What came into a thread after a moment of the ledger's clock, oldest first."""
        id_ = self.thread_id(thread)
        return lists.newer(self.ledger, id_, hlc) if id_ else []

    def last_thread(self, *, newest: bool = False) -> Thread | None:
        """The thread of this project that this actor last put a question or note in.

        With *newest* the newest one where there is none.
        """
        project = places.find_project(self.ledger, self.project)
        find = places.to_go_on if newest else places.last_used
        id_ = project and find(self.ledger, project, self.actor)
        return places.threads(self.ledger, None, id_)[0] if id_ else None

    def last(self, kind: Kind | None = None) -> EntryId | None:
        """This actor's newest recorded entry, of that kind."""
        return lists.last(self.ledger, self.actor, kind)
