"""What the names in a file lead to: entries of this ledger, or lines that are still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen
from ledgernote.interchange.values import Line
from ledgernote.ledger import imports, keep
from ledgernote.ledger.handles import by_handle
from ledgernote.ledger.ids import from_uuid
from ledgernote.ledger.writing import Writing

TIES: dict[str, Callable[[Writing, EntryId, EntryId], None]] = {
    "supersedes": keep.supersede,
    "reply_to": keep.reply,
}
"""The links of an entry, and how each is made when what it leads to has come later."""
Ends = dict[str, EntryId | None]
"""Link → what it leads to; None where that is not here."""


@frozen
class Link:
    """A link of a line, by the handle or UUID, or both, that the file gives."""

    number: int
    """Of the line."""
    what: str
    name: str | None
    id: str | None

    def __str__(self) -> str:
        return f"its link to {self.name or self.id} leads nowhere"


def _links(line: Line) -> Iterator[Link]:
    for what in TIES:
        name, id_ = getattr(line, what), getattr(line, f"{what}_id")
        if name or id_:
            yield Link(number=line.number, what=what, name=name, id=id_)


class Links:
    """The names of one run of an import."""

    def __init__(self) -> None:
        self._renamed: dict[str, EntryId] = {}
        """Handles of the file whose entries got another id here."""
        self._ahead: dict[str, EntryId] = {}
        """Handles of this transaction's lines: a link may lead to a later one."""
        self._coming: set[EntryId] = set()
        self._open: list[tuple[EntryId, Link]] = []
        """Links whose ends had not come when their lines did."""

    def begin(self, tx: Writing, lines: Iterable[tuple[Line, EntryId | None]]) -> None:
        """Know the lines of a transaction, each with the id it brings along."""
        named = [(line.handle, id_) for line, id_ in lines]
        self._ahead = {
            handle: id_ or EntryId(tx.new_id()) for handle, id_ in named if handle is not None
        }
        self._coming = {id_ for _, id_ in named if id_ is not None}

    def free_id(self, tx: Writing, handle: str | None) -> EntryId | None:
        """The id that links to *handle* lead to; a second line of that handle gets another."""
        id_ = self._ahead.get(handle) if handle else None
        return None if id_ is None or imports.is_there(tx, id_) else id_

    def rename(self, handle: str, id_: EntryId) -> None:
        """What the file calls *handle* is this entry."""
        self._ahead[handle] = self._renamed[handle] = id_

    def ends(self, tx: Writing, line: Line) -> Ends:
        """Where the links of a line lead."""
        return {link.what: self._end(tx, link) for link in _links(line)}

    def _end(self, tx: Writing, link: Link) -> EntryId | None:
        exact = from_uuid(link.id or "") or from_uuid(link.name or "")
        if exact is not None:
            known = exact in self._coming or imports.is_there(tx, exact)
            return EntryId(exact) if known else None
        name = link.name or ""
        here = self._renamed.get(name) or self._ahead.get(name)
        found = here or by_handle(tx, name, "entry")
        return None if found is None else EntryId(found)

    def keep_open(self, entry: EntryId, line: Line, ends: Ends) -> None:
        """Remember the links of a line that lead nowhere yet."""
        if None in ends.values():
            self._open += [(entry, link) for link in _links(line) if ends[link.what] is None]

    def pending(self, number: int) -> list[tuple[EntryId, Link]]:
        """Some of the links that are open at the end of the file; each is given once."""
        taken, self._open = self._open[:number], self._open[number:]
        return taken

    def tie(self, tx: Writing, entry: EntryId, link: Link) -> bool:
        """Make a link whose end has come since; False when it has not."""
        end = self._end(tx, link)
        if end is not None:
            TIES[link.what](tx, entry, end)
        return end is not None
