"""Marks on entries: tags, pins, mutes. Every change is an event, and each says what it did."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from ledgernote.cli.call import Call
from ledgernote.cli.words import Handles, listed
from ledgernote.domain.entries import Entry, Scope
from ledgernote.domain.errors import UsageError
from ledgernote.domain.times import parse_duration
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.records import entry_record

Tags = Annotated[str, Argument(metavar="TAG[,TAG]")]


def tag(call: Call, tags: Tags, names: Handles) -> None:
    """Put tags on entries."""
    wanted = _tags(tags)
    with call.notebook() as notebook:
        _tell(call, notebook, notebook.tag(names, wanted), f"tagged {_hashed(wanted)}")


def untag(call: Call, tags: Tags, names: Handles) -> None:
    """Take tags off entries."""
    wanted = _tags(tags)
    with call.notebook() as notebook:
        _tell(call, notebook, notebook.untag(names, wanted), f"no longer {_hashed(wanted)}")


def pin(
    call: Call,
    names: Handles,
    *,
    duration: Annotated[str | None, Option("--for")] = None,
    thread: Annotated[bool, Option("--thread")] = False,
    everywhere: Annotated[bool, Option("--everywhere")] = False,
) -> None:
    """Always replay entries."""
    if thread and everywhere:
        raise UsageError("a pin is for its thread or everywhere, not both", "Give one of them.")
    scope = Scope.THREAD if thread else Scope.EVERYWHERE if everywhere else Scope.PROJECT
    length = parse_duration(duration) if duration is not None else None
    if duration is not None and length is None:
        raise UsageError(f"{duration!r} is no length of time", "Try 30d, 2w, 3 months.")
    with call.notebook() as notebook:
        until = notebook.clock() + length if length else None
        kept = notebook.pin(names, scope, until=until)
        _tell(call, notebook, kept, f"pinned ({scope})" + f" for {duration}" * bool(length))


def unpin(call: Call, names: Handles) -> None:
    """Replay entries when they matter."""
    with call.notebook() as notebook:
        _tell(call, notebook, notebook.unpin(names), "no longer pinned")


def mute(call: Call, names: Handles) -> None:
    """Keep and find entries, but never replay them."""
    with call.notebook() as notebook:
        _tell(call, notebook, notebook.mute(names), "muted")


def unmute(call: Call, names: Handles) -> None:
    """Replay entries when they matter again."""
    with call.notebook() as notebook:
        _tell(call, notebook, notebook.mute(names, muted=False), "no longer muted")


def _tags(words: str) -> tuple[str, ...]:
    wanted = tuple(name.removeprefix("#") for name in listed([words]))
    if not all(wanted) or not wanted:
        raise UsageError("a tag needs a name", "ledgernote tag NAME HANDLE…")
    return wanted


def _hashed(tags: tuple[str, ...]) -> str:
    return " ".join(f"#{name}" for name in tags)


def _tell(call: Call, notebook: Notebook, entries: list[Entry], done: str) -> None:
    for entry in entries:
        if call.out.json:
            call.out.record(entry_record(notebook.whole(entry)))
        call.out.say(f"{entry.handle} {done}")
