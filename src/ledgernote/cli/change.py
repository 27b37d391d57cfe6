"""`edit`, `move`, `rm`, `private`, `unprivate`: each change of an entry says what it did."""

from __future__ import annotations

from functools import partial

from ledgernote.cli import pipe
from ledgernote.cli.call import Call, counted
from ledgernote.cli.confirm import agreeing
from ledgernote.domain.entries import Entry
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.notebook import changing
from ledgernote.render.records import entry_record
from ledgernote.render.rescue import rescuing


def edit(
    call: Call,
    name: str,
    *,
    title: str | None = None,
) -> None:
    """Change the words of an entry: in the editor, or by what is piped in."""
    with call.notebook() as notebook:
        read = notebook.entry(name)
        held = bytearray()
        with rescuing(call.out, lambda: [bytes(held)]):
            if pipe.is_given():
                pipe.read(call.out.say, held)
            elif title is None:
                from ledgernote.cli.editor import edit as edit_in_place

                held += to_bytes(read.text)
                edit_in_place(held, call.environ)
            text = to_text(bytes(held)) if held else read.text
            if text.rstrip("\n") == read.text.rstrip("\n") and title is None:
                held.clear()
                call.out.say(f"{read.handle} is as it was")
                return
            changed = changing.edit(notebook, read, text.rstrip("\n"), title=title)
            held.clear()
        _tell(call, [notebook.whole(changed)], "changed")
        if changed.versions > 1:
            call.out.say(f"someone else changed it too: `ledgernote history {changed.handle}`")


def move(
    call: Call,
    *names: str,
    yes: bool = False,
) -> None:
    """Put entries or threads into another project."""
    *handles, project = names
    with call.notebook() as notebook:
        do = partial(changing.move, notebook, handles, project)
        _tell(call, agreeing(call, do, yes=yes), f"moved to {project}")


def rm(call: Call, *names: str) -> None:
    """Hide entries everywhere; undo brings them back, purge erases."""
    with call.notebook() as notebook:
        gone = changing.remove(notebook, names)
        _tell(call, gone, "removed")
        call.out.say("`ledgernote undo` brings back what was removed; `purge` erases for good")


def private(call: Call, *names: str) -> None:
    """Never let entries leave for a model that is not local."""
    with call.notebook() as notebook:
        _tell_marked(call, changing.make_private(notebook, names), "private")


def unprivate(call: Call, *names: str, yes: bool = False) -> None:
    """Take the marks of privacy off again."""
    with call.notebook() as notebook:
        do = partial(changing.unmake_private, notebook, names)
        _tell_marked(call, agreeing(call, do, yes=yes), "no longer private")


def _tell_marked(call: Call, marked: list[changing.Marked], done: str) -> None:
    for one in marked:
        if one.entry is None:
            if call.out.json:
                call.out.record({"name": one.name, "private": done == "private"})
            call.out.say(f"{one.name} {done}")
            continue
        stays = one.entry.private and done != "private"
        why = "its own mark is off; it stays private by its tags, project or what it was made from"
        _tell(call, [one.entry], why if stays else done)


def _tell(call: Call, entries: list[Entry], done: str) -> None:
    if call.out.json:
        for entry in entries:
            call.out.record(entry_record(entry))
    if len(entries) > 20:
        call.out.say(f"{counted(len(entries), 'entry', 'entries')} {done}")
        return
    for entry in entries:
        call.out.say(f"{entry.handle} {done}")
