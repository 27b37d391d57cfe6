"""What a query names and nothing is called: the tag, the project, the writer that was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ledgernote.domain.entries import Filter
from ledgernote.domain.near import nearest
from ledgernote.domain.text import clean_name
from ledgernote.ledger import places
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.recipes import actor_names
from ledgernote.ledger.tags import find_tags, tags_of
from ledgernote.notebook.titled import is_named, titled

NAMES: Mapping[str, Callable[[Reader], list[str]]] = {
    "tag": lambda reader: [name for name, _ in tags_of(reader)],
    "project": lambda reader: [project.name for project in places.projects(reader)],
    "actor": actor_names,
}
THERE: Mapping[str, Callable[[Reader, str], object]] = {
    "tag": find_tags,
    "project": places.find_project,
    "thread": lambda reader, name: is_named(reader, name) or titled(reader, name),
    "actor": lambda reader, name: clean_name(name) in actor_names(reader),
}


def is_there(reader: Reader, one: Filter) -> bool:
    """Whether something is called as a filter says."""
    return one.field in THERE and bool(THERE[one.field](reader, one.value))


def absent(reader: Reader, filters: Iterable[Filter]) -> Iterator[str]:
    """What of *filters* names nothing that there is, in sentences.

    An actor may be a model, so of one that is like no other nothing is said.
    """
    for one in dict.fromkeys(filters):
        if one.field in NAMES and not is_there(reader, one):
            near = nearest(one.value, NAMES[one.field](reader))
            if near or one.field != "actor":
                meant = f"; there is {near}" if near else ""
                yield f"there is no {one.field} {one.value}{meant}"
