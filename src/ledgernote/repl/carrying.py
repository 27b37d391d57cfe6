"""Slash commands that carry entries out and in: `/export`, `/import`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ledgernote.domain.entries import Entry, Kind, Thread
from ledgernote.domain.errors import UsageError
from ledgernote.domain.text import to_bytes
from ledgernote.render.escape import one_line
from ledgernote.render.records import entry_record
from ledgernote.render.views import states
from ledgernote.repl.session import Desk, Session


def export(session: Session, words: str, desk: Desk) -> Session:
    """Write this thread into a new file: Markdown, or JSON lines where its name ends so."""
    if session.thread is None:
        raise UsageError("there is no thread yet to export", "Ask something first.")
    thread, entries = session.notebook.thread(session.thread)
    path = Path(words).expanduser() if words else Path(f"{_file_name(thread.title)}.md")
    if path.is_dir():
        path /= f"{_file_name(thread.title)}.md"
    lossless = path.suffix == ".jsonl"
    text = _lines(session, entries) if lossless else markdown(thread, entries)
    _write(path, to_bytes(text))
    desk.out.say(f"exported {len(entries)} entries to {path}")
    if not lossless:
        desk.out.say("for every field: /export NAME.jsonl; for all: `ledgernote export`")
    return session


def _lines(session: Session, entries: list[Entry]) -> str:
    import json

    from ledgernote.notebook import transfer  # loads every importer

    found = transfer.export(session.notebook, entries)
    return "".join(json.dumps({**entry_record(entry), **more}) + "\n" for entry, more in found)


def _file_name(title: str) -> str:
    """A title as a name that every file system takes."""
    return re.sub(r"[^\w.-]+", "-", title).strip("-.")[:60] or "thread"


def _write(path: Path, body: bytes) -> None:
    """A new file of this person's own; one that is there stays."""
    try:
        # Nobody else on the machine needs to read it.
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
        except OSError:
            path.unlink(missing_ok=True)  # half a talk would pass for a whole one
            raise
    except FileExistsError:
        raise UsageError(f"{path} is there already", "/export PATH names another file.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "/export PATH") from error


def markdown(thread: Thread, entries: list[Entry]) -> str:
    """A thread as a page: a heading for each entry, who and when and its handle."""
    parts = [f"# {one_line(thread.title)}\n"]
    for entry in entries:
        name = entry.actor or "?"
        kind = f" · {entry.kind}" if entry.kind in (Kind.NOTE, Kind.SUMMARY) else ""
        marks = "".join(f" · {word}" for word in states(entry))
        when = entry.created.isoformat(sep=" ", timespec="minutes")
        parts.append(f"## {one_line(name)}{kind} · {when} · @{entry.handle}{marks}\n")
        parts.append(entry.text.rstrip("\n") + "\n")
    return "\n".join(parts)


def import_(session: Session, words: str, desk: Desk) -> Session:
    """Take in another assistant's export or a folder of notes."""
    from ledgernote.notebook import transfer  # loads every importer

    form, _, path = words.partition(" ")
    known = (*transfer.FORMATS, "auto")
    if form not in known:
        raise UsageError(f"no format is called {form!r}", f"Known: {', '.join(known)}.")
    if not path.strip():
        raise UsageError("/import needs a file or folder", f"/import {form} PATH")
    receipt = transfer.import_from(
        session.notebook,
        Path(path.strip()).expanduser(),
        form,
        progress=lambda entries: desk.out.status(f"{entries:,} entries …"),
    )
    desk.out.status("")
    desk.out.say(transfer.sentence(receipt))
    if receipt.skipped and not (receipt.entries or receipt.known or receipt.revised):
        number, why = receipt.skipped[0]
        raise UsageError(f"nothing could be taken in; {number}: {why}", "auto guesses the format.")
    return session
