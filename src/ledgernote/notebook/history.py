"""Everything that happened to an entry, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledgernote.domain.changes import Change
from ledgernote.domain.entries import Entry, ProjectId
from ledgernote.ledger import entries, places
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.handles import handle_of
from ledgernote.ledger.history import Event, events_of
from ledgernote.ledger.tags import tag_name
from ledgernote.notebook.notebook import Notebook

Meta = dict[str, Any]
Told = Callable[[Reader, Meta], str]


def _project(reader: Reader, meta: Meta) -> str:
    return places.name_of(reader, ProjectId(bytes.fromhex(meta["project"])))


def _entry(reader: Reader, id_: str) -> str:
    return handle_of(reader, bytes.fromhex(id_)) or "an entry that is gone"


def _pinned(reader: Reader, meta: Meta) -> str:
    return f"pinned ({meta['pin']['scope']})" if meta["pin"] else "no longer pinned"


def _removed(meta: Meta) -> str:
    if not meta["removed"]:
        return "brought back"
    return "hidden with its file" if meta.get("with_file") else "removed"


WHAT: dict[str, Told] = {
    "entry.new": lambda reader, meta: f"kept in {_project(reader, meta)}",
    "entry.edit": lambda reader, meta: "edited",
    "entry.move": lambda reader, meta: f"moved to {_project(reader, meta)}",
    "entry.supersede": lambda reader, meta: f"replaces {_entry(reader, meta['supersedes'])}",
    "entry.mute": lambda reader, meta: "muted" if meta["muted"] else "no longer muted",
    "entry.rename": lambda reader, meta: "its file has another name",
    "entry.remove": lambda reader, meta: _removed(meta),
    "entry.pin": _pinned,
    "entry.tag": lambda reader, meta: f"tagged #{tag_name(reader, meta['tag'])}",
    "entry.untag": lambda reader, meta: "untagged",
    "private": lambda reader, meta: "made private",
    "unprivate": lambda reader, meta: "no longer private by itself",
    "purge": lambda reader, meta: "its words erased for good",
}
"""What the kinds of events are called; another one is told by its name."""


def history(notebook: Notebook, name: str) -> tuple[Entry, list[Change]]:
    """An entry and everything that happened to it, oldest first. Raises `NoSuchThing`."""
    entry = notebook.entry(name, removed=True)
    return entry, [
        _change(notebook.ledger, event) for event in events_of(notebook.ledger, entry.id)
    ]


def _change(reader: Reader, event: Event) -> Change:
    tell = WHAT.get(event.kind)
    return Change(
        at=places.moment((event.hlc >> 16) * 1000, event.offset),
        actor=event.actor or "",
        kind=event.kind,
        what=tell(reader, event.meta) if tell else event.kind,
        text=entries.text_of(reader, event.id) if event.has_text else None,
        undone=event.undone,
    )
