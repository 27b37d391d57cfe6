"""`note`: words, a pipe, files or the editor become notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from ledgernote.cli import pipe
from ledgernote.cli.call import Call, read_file
from ledgernote.cli.words import listed
from ledgernote.domain import images
from ledgernote.domain.entries import Entry, Scope
from ledgernote.domain.errors import LedgernoteError, UsageError
from ledgernote.domain.text import to_bytes
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.render.output import BrokenOutput
from ledgernote.render.records import entry_record
from ledgernote.render.rescue import rescuing
from ledgernote.render.views import kept_line

BETWEEN = re.compile(rb"\r?\n(?:[ \t]*\r?\n)+")
"""What stands between two paragraphs."""


Words = tuple[str, ...]


class Text(NamedTuple):
    """Something to keep, and where it came from."""

    body: bytes
    source: str | None = None
    image: bytes | None = None
    """What the text ends with the line of."""


def note(  # noqa: PLR0913  each is an option of the contract
    call: Call,
    *text: str,
    tag: tuple[str, ...] = (),
    pin: bool = False,
    mute: bool = False,
    title: str | None = None,
    file: tuple[str, ...] = (),
    edit: bool = False,
    private: bool = False,
    supersedes: str | None = None,
    at: str | None = None,
    ref: str | None = None,
    split: bool = False,
    each: bool = False,
) -> None:
    """Keep a note."""
    marks: dict[str, Any] = {
        "tags": tuple(name.removeprefix("#") for name in listed(tag)),
        "pin": Scope.PROJECT if pin else None,
        "mute": mute,
        "private": private,
        "title": title,
        "supersedes": supersedes,
        "at": call.moment(at) if at is not None else None,
        "ref": ref,
    }
    if each and (text not in ((), ("-",)) or file or edit):
        raise UsageError("--each takes its notes from a pipe", "ledgernote note --each <FILE")
    if each:
        _keep_each(call, marks)
    else:
        held: list[bytearray] = []
        with rescuing(call.out, lambda: [bytes(one) for one in held]):
            texts = _texts(call, text, file, held, edit=edit)
            _keep(call, list(texts), marks, held, split=split)


def _keep(
    call: Call, texts: list[Text], marks: dict[str, Any], held: list[bytearray], *, split: bool
) -> None:
    """All of it in one step, and then *held* no more; with *split* a note for each paragraph."""
    if split:
        texts = [part for one in texts for part in _split(one)]
    if not any(one.body.strip() for one in texts):
        raise UsageError("there is nothing to keep", "Type some words, or pipe some in.")
    with call.notebook(writes=True) as notebook:
        kept = notebook.notes(
            NewNote(text=one.body, source=one.source, image=one.image, **marks) for one in texts
        )
        held.clear()
        _tell(call, notebook, kept)


def _texts(
    call: Call, words: Words, files: Words, held: list[bytearray], *, edit: bool
) -> Iterator[Text]:
    """What is to be kept, in the order given: words lead, then a file, then what is piped.

    The words stand above each of several files, the pipe below the last. All of it stands in
    *held* as soon as it is here.
    """
    lead, piped = to_bytes(" ".join(_without_dash(words))), bytearray()
    held += [bytearray(lead), piped]
    alone = not (lead or edit or files or pipe.is_terminal())
    if pipe.is_given() or alone or words == ("-",):
        pipe.read(call.out.say if words != ("-",) else None, piped)
    texts = [_joined(Text(lead, name), read_file(name), name) for name in files] or [Text(lead)]
    texts[-1] = _joined(texts[-1], bytes(piped))
    waiting = [bytearray(one.body) for one in texts]
    held[:] = [*waiting, piped] if images.media_of(bytes(piped[:16])) else waiting
    if edit:
        from ledgernote.cli.editor import edit as edit_in_place

        for one in waiting:
            edit_in_place(one, call.environ)
    yield from (
        Text(bytes(w), one.source, one.image) for w, one in zip(waiting, texts, strict=True)
    )


def _without_dash(words: Words) -> Words:
    """The words before a last `-`, which stands for what is piped; alone it always does."""
    dash = words[-1:] == ("-",) and (len(words) == 1 or pipe.is_given())
    return words[:-1] if dash else words


def _joined(lead: Text, body: bytes, name: str | None = None) -> Text:
    """A text with another below it; an image, called *name*, is its line. Raises `UsageError`."""
    found = images.taken(body, name or "the piped image")
    if found and lead.image:
        raise UsageError("a note holds one image", "Keep them one by one.")
    if found:
        lead, body = lead._replace(image=body), to_bytes(images.line(found, name))
    both = lead.body + b"\n\n" + body if lead.body and body.strip() else lead.body or body
    return lead._replace(body=both)


def _split(text: Text) -> list[Text]:
    """A text for each paragraph; the last one has the image."""
    parts = [part.strip(b"\r\n") for part in BETWEEN.split(text.body) if part.strip()]
    found = [Text(part, text.source) for part in parts]
    return [*found[:-1], *(one._replace(image=text.image) for one in found[-1:])]


def _keep_each(call: Call, marks: dict[str, Any]) -> None:
    """One note a line, each kept before the next is read."""
    if pipe.is_terminal():
        call.out.say("one note a line; Ctrl-D ends")
    held = bytearray()
    with rescuing(call.out, lambda: [bytes(held)]):
        try:
            _keep_lines(call, marks, held)
        except LedgernoteError:
            pipe.read(call.out.say, held)  # what follows is not kept either
            raise


def _keep_lines(call: Call, marks: dict[str, Any], held: bytearray) -> None:
    lines = (line for line in pipe.lines(held) if line.strip())
    line = next(lines, None)
    if line is None:
        raise UsageError("there is nothing to keep", "Pipe in one note a line.")
    with call.notebook(writes=True) as notebook:
        while line is not None:
            kept = notebook.note(NewNote(text=line, **marks))
            # A reader that has left has left the handles, not the notes.
            with suppress(BrokenOutput):
                _tell(call, notebook, [kept])
            line = next(lines, None)


def _tell(call: Call, notebook: Notebook, kept: list[Entry]) -> None:
    look = call.look(notebook, talk=True)
    for entry in kept:
        if call.out.json:
            call.out.record(entry_record(notebook.whole(entry)), flush=True)
        else:
            call.out.piece(f"{entry.handle}\n", flush=True)
        call.out.talk(kept_line(entry, look))
