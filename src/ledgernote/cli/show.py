"""`show`: whole entries and whole threads."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from ledgernote.cli.call import Call
from ledgernote.domain.entries import Entry
from ledgernote.domain.errors import NoSuchThing
from ledgernote.notebook.around import around
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.around import around_head, around_record, links_view
from ledgernote.render.escape import visible
from ledgernote.render.look import Look
from ledgernote.render.records import entry_record
from ledgernote.render.views import entry_head, thread_head, thread_view, unfinished


def show(call: Call, *names: str) -> None:
    """Show an entry or a whole thread."""
    with call.notebook() as notebook:
        found = [_named(notebook, name) for name in names]
        with call.paged():
            for place, thing in enumerate(found):
                if call.out.json:
                    _record(call, notebook, thing)
                    continue
                if place:
                    call.out.data("")
                if call.out.tty:
                    _paint(call, notebook, thing)
                else:
                    _pour(call, notebook, thing, header=len(found) > 1)


def _record(call: Call, notebook: Notebook, thing: Entry | list[Entry]) -> None:
    for entry in thing if isinstance(thing, list) else [notebook.whole(thing)]:
        call.out.record(entry_record(entry) | around_record(around(notebook, entry)))


def _named(notebook: Notebook, name: str) -> Entry | list[Entry]:
    """The entry or the entries of the thread; an exact name beats a prefix of a handle.

    Of a long text only the beginning: all of it is read while it is shown.
    """
    entry, missing = None, None
    try:
        entry = notebook.beginning(name)
    except NoSuchThing as error:
        missing = error
    wanted = name.removeprefix("@").lower()
    if entry and (entry.handle == wanted or wanted.startswith("last") or len(wanted) == 36):
        return entry
    with suppress(NoSuchThing):
        thread, entries = notebook.thread(name)
        if entry is None or name in {thread.title, thread.handle}:
            return entries
    if entry is None:
        assert missing
        raise missing
    return entry


def _pour(call: Call, notebook: Notebook, thing: Entry | list[Entry], *, header: bool) -> None:
    """Into a pipe: a text alone comes out as it went in."""
    look = call.look(notebook)
    if isinstance(thing, list):
        call.out.data(thread_view(thing, look))
        return
    if header:
        call.out.data(f"{entry_head(thing, look)}\n")
    call.out.body(notebook.parts(thing))
    if not header and (why := unfinished(thing)):
        call.out.say(f"the answer {thing.handle}: {why}")


def _paint(call: Call, notebook: Notebook, thing: Entry | list[Entry]) -> None:
    """At a terminal, line by line: who leaves the pager need not wait for the rest."""
    look = call.look(notebook)
    if isinstance(thing, list):
        for place, entry in enumerate(thing):
            call.out.data("\n" * (place > 0) + thread_head(entry, look))
            _words(call, [entry.text], look)
        return
    beside = around(notebook, thing)
    call.out.data(around_head(thing, beside, look) + "\n")
    _words(call, notebook.pieces(thing), look)
    if links := links_view(beside, look):
        call.out.data("\n" + links)


def _words(call: Call, pieces: Iterable[str], look: Look) -> None:
    if not call.out.moves:
        call.out.data(visible("".join(pieces)).rstrip("\n"))
        return
    from ledgernote.render.markdown import painting

    for line in painting(pieces, width=look.width or 80, color=look.color):
        call.out.data(line)
