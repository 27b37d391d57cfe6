"""What stands around an entry: its links both ways, its revisions, what its answer was made of."""

from __future__ import annotations

from collections.abc import Mapping

from ledgernote.domain.entries import Entry
from ledgernote.domain.frozen import field, frozen


@frozen(kw_only=False)
class Link:
    """A `[[name]]` in a note."""

    name: str
    end: Entry | None
    """What it leads to; None while nothing has that name."""


@frozen
class Around:
    """What `show` says beside the words of an entry."""

    links: tuple[Link, ...] = ()
    linked_from: tuple[Entry, ...] = ()
    """Notes that link here, oldest first."""
    edits: int = 0
    replayed: Mapping[str, int] = field(default_factory=dict)
    """Of an answer: how many entries beside its thread were replayed for it, by reason."""
    cited: tuple[str, ...] = ()
    """Of an answer: handles, in its order."""
    used: int = 0
    """How many answers it was replayed for."""
    siblings: tuple[Entry, ...] = ()
    """Other answers to the same question; of a question its answers, where there are several."""
