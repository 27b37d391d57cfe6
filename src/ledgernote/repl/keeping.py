"""Slash commands that keep and mark: `/note`, `/pin`, `/unpin`, `/tag`, `/mute`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ledgernote.domain.entries import Entry, Scope
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.notebook.notebook import NewNote
from ledgernote.render.escape import one_line
from ledgernote.render.views import kept_line, quoted
from ledgernote.repl.session import Desk, Session

_TAGS = re.compile(r"(?:(?:^|\s+)#[^\W\d_][\w/-]*)+\s*\Z")
"""Tags at the end of a note; `#1` is a number."""


def note(session: Session, words: str, desk: Desk) -> Session:
    """Keep words, or the last answer."""
    found = _TAGS.search(words)
    tags = tuple(re.findall(r"#(\S+)", found[0])) if found else ()
    text = words[: found.start()] if found else words
    source = None if text.strip() else _last_answer(session)
    kept = session.notebook.note(
        NewNote(
            text=source.text if source else text,
            tags=tags,
            saved_from=source.handle if source else None,
            thread=session.thread,
        )
    )
    desk.out.talk(kept_line(kept, desk.look(session, talk=True)))
    return replace(session, note=kept.handle)


def _last_answer(session: Session) -> Entry:
    if session.answer is None:
        raise NoSuchThing("there is no answer here to keep", "/note WORDS keeps words.")
    return session.notebook.entry(session.answer)


def pin(session: Session, words: str, desk: Desk) -> Session:
    """Always replay entries in this thread."""
    if session.thread is None:
        hint = "Ask something first; or pin it for the project: `ledgernote pin HANDLE`."
        raise UsageError("there is no thread yet to pin it in", hint)
    names = _names(session, words)
    found = session.notebook.pin(names, Scope.THREAD, thread=session.thread)
    return _said(session, "pinned for this thread", found, desk)


def unpin(session: Session, words: str, desk: Desk) -> Session:
    """Replay entries only when they matter."""
    return _said(session, "unpinned", session.notebook.unpin(_names(session, words)), desk)


def tag(session: Session, words: str, desk: Desk) -> Session:
    """Put tags on entries."""
    first, _, rest = words.partition(" ")
    tags = [name.removeprefix("#") for name in first.split(",") if name.removeprefix("#")]
    found = session.notebook.tag(_names(session, rest), tags)
    return _said(session, "tagged " + " ".join(f"#{name}" for name in tags), found, desk)


def mute(session: Session, words: str, desk: Desk) -> Session:
    """Keep and find entries, but never replay them."""
    return _said(session, "muted", session.notebook.mute(_names(session, words)), desk)


def _names(session: Session, words: str) -> Sequence[str]:
    if names := words.split():
        return names
    if session.note:
        return (session.note,)
    raise UsageError("no note was kept here yet", "Name a handle; Tab lists them.")


def _said(session: Session, done: str, entries: list[Entry], desk: Desk) -> Session:
    width = desk.look(session, talk=True).width or 78
    for entry in entries:
        head = f"{one_line(done)}: {entry.handle} "
        desk.out.talk(head + quoted(entry.title or entry.text, max(width - len(head), 16)))
    return session
