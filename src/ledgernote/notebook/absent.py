"""What a query names and nothing is called: the tag, the project, the writer that was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from ledgernote.domain.entries import Filter
from ledgernote.domain.text import folded
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.places import projects
from ledgernote.ledger.recipes import actor_names
from ledgernote.ledger.tags import tags_of

NAMES: Mapping[str, Callable[[Reader], list[str]]] = {
    "tag": lambda reader: [name for name, _ in tags_of(reader)],
    "project": lambda reader: [project.name for project in projects(reader)],
    "actor": actor_names,
}


def absent(reader: Reader, filters: Sequence[Filter]) -> Iterator[str]:
    """What of *filters* names nothing that there is, in sentences.

    An actor may be a model, so of one that is like no other nothing is said.
    """
    for one in (each for each in filters if not each.negated):
        names = NAMES[one.field](reader) if one.field in NAMES else [one.value]
        if one.value not in names:
            near = _near(one.value, names)
            if near or one.field != "actor":
                meant = f"; there is {near}" if near else ""
                yield f"there is no {one.field} {one.value}{meant}"


def _near(typed: str, names: Sequence[str]) -> str | None:
    """The name that differs in case and accents alone, else in a letter or two."""
    known = {folded(name): name for name in names}
    close = get_close_matches(folded(typed), known, n=1)
    return known[close[0]] if close else None
