"""The kinds of events: one line each, with the slots of its words and its fold.

A fold changes the state of one entity, a plain dict, by one event. Events reach it in
the one order of the log (hlc, replica, rseq), so that "the last writer wins" is "set it"
and the state is a function of the set of events, not of their arrival. A kind that is
not in the table is kept, verified and passed on, and folds to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledgernote.domain.frozen import frozen

SLOTS = (
    *("text", "title", "name", "system", "material", "reasoning", "error", "source", "ref"),
    *("image", "options"),
)
"""The names of payload slots; a slot's number is its place here. Append only."""

SLOT = {name: number for number, name in enumerate(SLOTS)}

State = dict[str, Any]


@frozen
class Folding:
    """An event as a fold sees it."""

    id: bytes
    hlc: int
    replica: bytes
    rseq: int
    offset: int
    kind: str
    version: int
    actor: bytes | None
    meta: dict[str, Any]
    slots: tuple[str, ...]
    """Names of the slots that its commitment covers."""

    @property
    def order(self) -> tuple[int, bytes, int]:
        """The one order of the log."""
        return self.hlc, self.replica, self.rseq


Fold = Callable[[State, Folding, tuple[str, ...]], None]


def _born(state: State, event: Folding, slots: tuple[str, ...]) -> None:
    state.setdefault("born", event)
    _sets(state, event, slots)


def _sets(state: State, event: Folding, slots: tuple[str, ...]) -> None:
    state.update(event.meta)
    state.update({slot: event.id for slot in event.slots if slot in slots})


def _revises(state: State, event: Folding, slots: tuple[str, ...]) -> None:
    """A new text: whoever did not see the one before has made a second version."""
    _sets(state, event, slots)
    if "text" in event.slots:
        heads = state.setdefault("heads", {state["born"].id} if "born" in state else set())
        heads.discard(bytes.fromhex(event.meta["base"]))
        heads.add(event.id)
    state["edited_at"] = event.meta["at"]


def _saves(state: State, event: Folding, slots: tuple[str, ...]) -> None:
    """A search under its name: of several by one name the one saved last counts."""
    _sets(state, event, slots)
    state["saved"] = event.order


def _adds(name: str) -> Fold:
    def fold(state: State, event: Folding, slots: tuple[str, ...]) -> None:
        state.setdefault(name, {})[event.id] = event.meta.get("tag")

    return fold


def _drops(name: str) -> Fold:
    """Observed-remove: only the additions that the remover had seen."""

    def fold(state: State, event: Folding, slots: tuple[str, ...]) -> None:
        for seen in event.meta["seen"]:
            state.get(name, {}).pop(bytes.fromhex(seen), None)

    return fold


def _nothing(state: State, event: Folding, slots: tuple[str, ...]) -> None:
    """Its work is done elsewhere: in the verdicts, or in the payload."""


@frozen
class EventKind:
    """What an event of a kind may hold and does to its entity."""

    thing: str | None
    """What its entity is: `actor`, `tag`, `project`, `thread`, `entry`, `search`; None: any."""
    slots: tuple[str, ...]
    fold: Fold


def _kind(thing: str | None, slots: str, fold: Fold) -> EventKind:
    return EventKind(thing=thing, slots=tuple(slots.split()), fold=fold)


KINDS: dict[str, EventKind] = {
    "actor.new": _kind("actor", "name", _born),
    "tag.new": _kind("tag", "name", _born),
    "project.new": _kind("project", "name", _born),
    "project.rename": _kind("project", "name", _sets),
    "project.brief": _kind("project", "text", _sets),
    "project.archive": _kind("project", "", _sets),
    "thread.new": _kind("thread", "name source", _born),
    "thread.rename": _kind("thread", "name", _sets),
    "thread.move": _kind("thread", "", _sets),
    "thread.archive": _kind("thread", "", _sets),
    "entry.new": _kind(
        "entry", "text title system reasoning error source ref image options", _born
    ),
    "entry.edit": _kind("entry", "text title reasoning", _revises),
    "entry.move": _kind("entry", "", _sets),
    "entry.rename": _kind("entry", "ref", _sets),
    "entry.supersede": _kind("entry", "", _sets),
    "entry.reply": _kind("entry", "", _sets),
    "entry.mute": _kind("entry", "", _sets),
    "entry.remove": _kind("entry", "", _sets),
    "entry.pin": _kind("entry", "", _sets),
    "entry.tag": _kind("entry", "", _adds("tags")),
    "entry.untag": _kind("entry", "", _drops("tags")),
    "search.save": _kind("search", "name text", _saves),
    "search.forget": _kind("search", "", _sets),
    "private": _kind(None, "", _adds("private")),
    "unprivate": _kind(None, "", _drops("private")),
    "undo": _kind(None, "", _nothing),
    "redo": _kind(None, "", _nothing),
    "purge": _kind(None, "", _nothing),
}

VERSION = 1
"""The version written with each event; an event of a higher one folds to nothing."""


def fold(events: list[Folding]) -> State:
    """The state of one entity from its live events, in any order."""
    state: State = {}
    for event in sorted(events, key=lambda event: event.order):
        kind = KINDS.get(event.kind)
        if kind is not None and event.version <= VERSION:
            kind.fold(state, event, kind.slots)
    return state
