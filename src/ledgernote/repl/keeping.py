"""Slash commands that keep and mark: `/note`, `/pin`, `/tag`, `/mute`, `/private` …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from ledgernote.domain.entries import Entry, Scope
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes
from ledgernote.domain.times import parse_duration
from ledgernote.notebook import changing, labels
from ledgernote.notebook.changing import Marked
from ledgernote.notebook.notebook import NewNote
from ledgernote.render.escape import one_line
from ledgernote.render.rescue import rescuing
from ledgernote.render.views import kept_line, quoted
from ledgernote.repl.agreeing import agreeing
from ledgernote.repl.pieces import piece
from ledgernote.repl.session import Desk, Session

_TAGS = re.compile(r"(?:(?:^|\s+)#[^\W\d_][\w/-]*)+\s*\Z")
"""Tags at the end of a note; `#1` is a number."""


_FOR = re.compile(r"(?:^|\s)--for[\s=]+(\S.*)\Z")


def note(session: Session, words: str, desk: Desk) -> Session:
    """Keep words, the last answer, or a paragraph or code block of it by its number."""
    found = _TAGS.search(words)
    tags = tuple(re.findall(r"#(\S+)", found[0])) if found else ()
    text = words[: found.start()] if found else words
    number = int(text) if re.fullmatch(r"\s*\d{1,3}\s*", text) else None
    source = last_answer(session) if number is not None or not text.strip() else None
    if source:
        text = piece(source.text, number).text if number is not None else source.text
    new = NewNote(
        text=text,
        tags=tags,
        saved_from=source.handle if source else None,
        thread=session.thread,
    )
    with rescuing(desk.out, [] if source else [to_bytes(text)]):
        kept = session.notebook.note(new)
    desk.out.talk(kept_line(kept, desk.look(session, talk=True)))
    return replace(session, note=kept.handle)


def last_answer(session: Session) -> Entry:
    """The last answer of this talk, whole. Raises `NoSuchThing`."""
    if session.answer is None:
        raise NoSuchThing("there is no answer here to keep", "/note WORDS keeps words.")
    return session.notebook.entry(session.answer)


def pin(session: Session, words: str, desk: Desk) -> Session:
    """Always replay entries in this thread, `--for 30d` for so long."""
    ends = _FOR.search(words)
    length = parse_duration(ends[1]) if ends else None
    if ends and not length:
        raise UsageError(f"{ends[1]!r} is no length of time", "Try 30d, 2w, 3 months.")
    if session.thread is None:
        hint = "Ask something first; or pin it for the project: `ledgernote pin HANDLE`."
        raise UsageError("there is no thread yet to pin it in", hint)
    names = _names(session, words[: ends.start()] if ends else words)
    until = session.notebook.clock() + length if length else None
    found = labels.pin(session.notebook, names, Scope.THREAD, thread=session.thread, until=until)
    how_long = f" for {ends[1].strip()}" if ends else ""
    return _said(session, f"pinned for this thread{how_long}", found, desk)


def unpin(session: Session, words: str, desk: Desk) -> Session:
    """Replay entries only when they matter."""
    return _said(session, "unpinned", labels.unpin(session.notebook, _names(session, words)), desk)


def tag(session: Session, words: str, desk: Desk) -> Session:
    """Put tags on entries."""
    first, _, rest = words.partition(" ")
    tags = [name.removeprefix("#") for name in first.split(",") if name.removeprefix("#")]
    found = labels.tag(session.notebook, _names(session, rest), tags)
    return _said(session, "tagged " + " ".join(f"#{name}" for name in tags), found, desk)


def mute(session: Session, words: str, desk: Desk) -> Session:
    """Keep and find entries, but never replay them."""
    return _said(session, "muted", labels.mute(session.notebook, _names(session, words)), desk)


def private(session: Session, words: str, desk: Desk) -> Session:
    """Never let entries, tags (`tag:x`) or projects (`project:x`) leave for a remote model."""
    found = changing.make_private(session.notebook, _names(session, words))
    return _marked(session, "private", found, desk)


def unprivate(session: Session, words: str, desk: Desk) -> Session:
    """Take their own marks off, once the person agrees."""
    do = partial(changing.unmake_private, session.notebook, _names(session, words))
    return _marked(session, "no longer private by itself", agreeing(desk, do), desk)


def _marked(session: Session, done: str, found: list[Marked], desk: Desk) -> Session:
    _said(session, done, [one.entry for one in found if one.entry], desk)
    for one in found:
        if one.entry is None:
            desk.out.say(f"{done}: {one.name}")
        elif done != "private" and one.entry.private:
            desk.out.say(f"{one.entry.handle} stays private by a tag, its project or its sources")
    return session


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
