"""Marks on entries: tags, pins, mutes. Every change is an event, and each says what it did."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ledgernote.cli.call import NOTHING, Call
from ledgernote.cli.confirm import agreeing
from ledgernote.cli.words import listed
from ledgernote.domain.entries import Entry, Scope
from ledgernote.domain.errors import UsageError
from ledgernote.domain.text import clean_name
from ledgernote.domain.times import parse_duration
from ledgernote.notebook import labels
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.records import entry_record


def tag(call: Call, tags: str, *names: str) -> None:
    """Put tags on entries."""
    wanted = _tags(tags)
    with call.notebook() as notebook:
        _tell(call, notebook, labels.tag(notebook, names, wanted), f"tagged {_hashed(wanted)}")


def untag(call: Call, tags: str, *names: str, yes: bool = False) -> int | None:
    """Take tags off entries."""
    wanted = _tags(tags)

    def told(entry: Entry) -> Told:
        gone = tuple(name for name in wanted if clean_name(name) in entry.tags)
        absent = [name for name in wanted if name not in gone]
        return (
            f"no longer {_hashed(gone)}" if gone else "",
            f"has no tag {' '.join(absent)}" if absent else "",
        )

    def do(notebook: Notebook, some: list[str]) -> None:
        agreeing(call, partial(labels.untag, notebook, some, wanted), yes=yes)

    return _change(call, names, told, do)


def pin(
    call: Call,
    *names: str,
    duration: str | None = None,
    thread: bool = False,
    everywhere: bool = False,
) -> None:
    """Always replay entries."""
    if thread and everywhere:
        raise UsageError("a pin is for its thread or everywhere, not both", "Give one of them.")
    scope = Scope.THREAD if thread else Scope.EVERYWHERE if everywhere else Scope.PROJECT
    length = parse_duration(duration) if duration is not None else None
    if duration is not None and not length:
        raise UsageError(f"{duration!r} is no length of time", "Try 30d, 2w, 3 months.")
    with call.notebook() as notebook:
        until = notebook.clock() + length if length else None
        kept = labels.pin(notebook, names, scope, until=until)
        _tell(call, notebook, kept, f"pinned ({scope})" + f" for {duration}" * bool(length))


def unpin(call: Call, *names: str) -> int | None:
    """Replay entries when they matter."""

    def told(entry: Entry) -> Told:
        return ("no longer pinned", "") if entry.pinned else ("", "is not pinned")

    return _change(call, names, told, labels.unpin)


def mute(call: Call, *names: str) -> None:
    """Keep and find entries, but never replay them."""

    def told(entry: Entry) -> Told:
        return ("", "is muted already") if entry.muted else ("muted", "")

    _change(call, names, told, labels.mute)


def unmute(call: Call, *names: str) -> int | None:
    """Replay entries when they matter again."""

    def told(entry: Entry) -> Told:
        return ("no longer muted", "") if entry.muted else ("", "is not muted")

    return _change(
        call, names, told, lambda notebook, some: labels.mute(notebook, some, muted=False)
    )


Told = tuple[str, str]
"""What becomes of an entry, and what of the request it had already; empty where nothing does."""


def _change(
    call: Call,
    names: tuple[str, ...],
    told: Callable[[Entry], Told],
    do: Callable[[Notebook, list[str]], object],
) -> int | None:
    """Do it to the entries it means something for, and say of each what was so."""
    with call.notebook() as notebook:
        found = [(entry, *told(entry)) for entry in map(notebook.entry, dict.fromkeys(names))]
        changing = [entry.handle for entry, done, _ in found if done]
        if changing:
            do(notebook, changing)
        for entry, *sentences in found:
            if call.out.json:
                call.out.record(entry_record(notebook.entry(entry.handle)))
            for sentence in filter(None, sentences):
                call.out.say(f"{entry.handle} {sentence}")
    return None if changing else NOTHING


def _tags(words: str) -> tuple[str, ...]:
    wanted = tuple(clean_name(name).removeprefix("#") for name in listed([words]))
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
