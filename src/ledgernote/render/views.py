"""Plain-text views of what is kept: values in, text out, colour only where the look allows it.

Every word of a note, a name or a model goes through `escape`, except that `entry_view` gives
the bytes of a text untouched to a pipe. In a pipe each list has one line an item, its fields
set apart by tabs, and nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ledgernote.domain.entries import (
    MARK_OFF,
    MARK_ON,
    Entry,
    Hit,
    Kind,
    Origin,
    Project,
    Status,
    Thread,
)
from ledgernote.render.escape import cells, one_line, visible
from ledgernote.render.look import Look
from ledgernote.render.wrap import wrapped

_MARKED = re.compile(f"([{MARK_ON}{MARK_OFF}])")
_STATES: tuple[tuple[str, Callable[[Entry], object]], ...] = (
    ("pinned", lambda entry: entry.pinned),
    ("muted", lambda entry: entry.muted),
    ("private", lambda entry: entry.private),
)
_ENDS = {
    Status.INTERRUPTED: "cut off",
    Status.FAILED: "failed",
    Status.STREAMING: "still being written",
}


def who(name: str, look: Look) -> str:
    """An actor as the reader calls it: `you`, or a model without its provider."""
    if name and name == look.me:
        return "you"
    return one_line(name.rpartition("/")[2] or name)


def unfinished(entry: Entry) -> str:
    """Why the text of an answer is not all of one; nothing where it is."""
    return _ENDS.get(entry.status, "")


def states(entry: Entry) -> list[str]:
    """What is special about *entry*, in words."""
    words = [word for word, holds in _STATES if holds(entry)]
    words += filter(None, [unfinished(entry)])
    words += ["several versions"] * (entry.versions > 1)
    if entry.superseded_by:
        words.append(f"see {entry.superseded_by}")
    return words


def quoted(text: str, width: int | None) -> str:
    """The first words of *text* in quotation marks, *width* columns in all."""
    return f'"{one_line(text, None if width is None else max(width - 2, 1))}"'


def _fields(entry: Entry, words: str) -> str:
    """One line of a list as a pipe gets it."""
    fields = (entry.handle, entry.created.isoformat(timespec="seconds"), entry.project)
    return "\t".join((*map(one_line, fields), one_line(entry.actor), one_line(words)))


def _place(entry: Entry, words: str = "") -> str:
    """`fed`, or `fed · rates-thesis`; a thread that only has the *words* beside it is not named."""
    title = entry.thread_title or ""
    named = not " ".join(words.split()).startswith(title.removesuffix("…"))
    names = (entry.project, title if named else None)
    return " · ".join(one_line(name, 30) for name in names if name)


def _fit(head: str, painted: str, words: str, look: Look) -> str:
    """*painted* (which reads *head*) and as many of *words* as the line has room for."""
    room = (look.width or 80) - cells(head) - 2
    if room >= 16:
        return f"{painted}  {one_line(words, room)}"
    first = wrapped(painted, look.width, "    ")
    return f"{first}\n    {one_line(words, max((look.width or 80) - 4, 8))}"


def entry_line(entry: Entry, look: Look) -> str:
    """An entry in a list."""
    words = entry.title or entry.text
    if not look.tty:
        return _fields(entry, words)
    tags = _tags(entry)
    marks = "".join(f" [{', '.join(found)}]" for found in [states(entry)] if found)
    first = f"{look.moment(entry.created):12}  {who(entry.actor, look):8}"
    place = f"  {_place(entry, words)}"
    head = f"{entry.handle}  {first}{place}{tags}{marks}"
    painted = (
        f"{look.style('cyan', entry.handle)}  {first}{look.dim(place)}"
        f"{look.style('green', tags)}{look.style('yellow', marks)}"
    )
    return _fit(head, painted, words, look)


def hit_view(hit: Hit, look: Look) -> str:
    """A hit: a head, its title and its passage at a terminal, one line in a pipe."""
    entry, passage = hit.entry, _MARKED.sub("", hit.passage)
    if not look.tty:
        return _fields(entry, passage)
    marks = "".join(f"  [{', '.join(found)}]" for found in [states(entry)] if found)
    head = f"  {look.moment(entry.created)}  {_place(entry)}  {who(entry.actor, look)}"
    first = f"{look.style('cyan', entry.handle)}{look.dim(head)}"
    first += look.style("green", _tags(entry)) + look.style("yellow", marks)
    lines = [wrapped(first, look.width, "    "), marked(hit.passage, look)]
    title = one_line(entry.title or "")
    if title and not one_line(passage).lstrip("# ").startswith(title):
        lines.insert(1, wrapped(f"    {look.bold(title)}", look.width, "    ", breaks=True))
    return "\n".join(lines)


def _tags(entry: Entry) -> str:
    return "".join(f" #{one_line(tag)}" for tag in entry.tags)


def marked(passage: str, look: Look) -> str:
    """A passage, indented and bold where it matched."""
    shown, bold = [], False
    for part in _MARKED.split(passage):
        if part in (MARK_ON, MARK_OFF):
            bold = part == MARK_ON
        else:
            shown.append(look.bold(visible(part)) if bold else visible(part))
    lines = "".join(shown).strip().splitlines()
    return "\n".join(
        wrapped(f"    {line}", look.width, "    ", breaks=True) for line in lines if line.strip()
    )


def entry_view(
    entry: Entry,
    look: Look,
    *,
    words: Callable[[str], str] = visible,
    header: bool = True,
    more: Iterable[str] = (),
) -> str:
    """A whole entry, with *more* lines below its head.

    *words* paints its text at a terminal; a pipe gets the text untouched.
    """
    text = words(entry.text) if look.tty else entry.text
    return f"{entry_head(entry, look, more)}\n\n{text}" if header else text


def saved_line(note: Entry, look: Look) -> str:
    """`k3f9a  saved from 4989c, openai/gpt-5`; that its words were edited since."""
    if note.saved_from is None:
        return note.handle
    edited = "" if note.said_by_model else ", edited since"
    return f"{look.style('cyan', note.handle)}  {look.dim(_saved(note.saved_from) + edited)}"


def _saved(origin: Origin) -> str:
    return f"saved from {origin.handle}, {one_line(origin.actor)}"


def entry_head(entry: Entry, look: Look, more: Iterable[str] = ()) -> str:
    """What is said of an entry above its words."""
    when = look.moment(entry.created) if look.tty else entry.created.isoformat(timespec="seconds")
    first = f"{entry.kind} · {who(entry.actor, look)} · {when} · {_place(entry)}"
    extra = [f"title: {one_line(entry.title)}"] if entry.title else []
    extra += [f"tags: {', '.join(map(one_line, entry.tags))}"] if entry.tags else []
    extra += [f"answers {entry.reply_to}"] if entry.reply_to else []
    extra += [f"replaces {entry.supersedes}"] if entry.supersedes else []
    extra += [_saved(entry.saved_from)] if entry.saved_from else []
    extra += [f"from {one_line(source)}" for source in (entry.source, entry.ref) if source]
    extra += [*states(entry), *more]
    lines = [f"{look.style('cyan', entry.handle)}  {look.dim(first)}"]
    lines += [f"  {look.dim(line)}" for line in extra]
    return "\n".join(wrapped(line, look.width, "  ") for line in lines)


def thread_view(
    entries: Iterable[Entry], look: Look, *, words: Callable[[str], str] = visible
) -> str:
    """A thread from its beginning, each entry under a head of one line."""
    return "\n\n".join(
        f"{thread_head(entry, look)}\n{words(entry.text) if look.tty else entry.text}".rstrip("\n")
        for entry in entries
    )


def thread_head(entry: Entry, look: Look) -> str:
    """The line above an entry of a thread."""
    when = look.moment(entry.created) if look.tty else entry.created.isoformat(timespec="seconds")
    kind = f" · {entry.kind}" if entry.kind in (Kind.NOTE, Kind.SUMMARY) else ""
    marks = "".join(f" · {word}" for word in states(entry))
    name = look.bold(who(entry.actor, look))
    line = f"{name}{look.dim(f'{kind} · {when} · ')}{look.style('cyan', entry.handle)}{marks}"
    return wrapped(line, look.width, "  ")


def thread_line(thread: Thread, look: Look) -> str:
    """A thread in a list; its time is when it was last used."""
    last = thread.used or thread.created
    if not look.tty:
        fields = (thread.handle, last.isoformat(timespec="seconds"), thread.project)
        return "\t".join((*map(one_line, fields), str(thread.entries), one_line(thread.title)))
    count = f"{thread.entries:4d} {'entry  ' if thread.entries == 1 else 'entries'}"
    rest = f"  {look.moment(last):12}  {count}  {one_line(thread.project, 20)}"
    rest += "  [archived]" * thread.archived
    painted = f"{look.style('cyan', thread.handle)}{look.dim(rest)}"
    return _fit(thread.handle + rest, painted, thread.title, look)


def project_line(project: Project, look: Look) -> str:
    """A project in a list."""
    name = one_line(project.name)
    if not look.tty:
        counts = (str(project.entries), str(project.threads))
        return "\t".join((name, *counts, one_line(project.brief or "")))
    words = [_count(project.entries, "entry", "entries"), _count(project.threads, "thread")]
    words += ["private"] * project.private + ["archived"] * project.archived
    rest = " · ".join(words)
    head, painted = f"{name}  {rest}", f"{look.bold(name)}  {look.dim(rest)}"
    return _fit(head, painted, project.brief, look) if project.brief else painted


def tags_view(tags: Sequence[tuple[str, int]], look: Look) -> str:
    """Tags and how many entries carry each."""
    if not look.tty:
        return "\n".join(f"{one_line(name)}\t{count}" for name, count in tags)
    room = max((cells(one_line(name)) for name, _ in tags), default=0)
    return "\n".join(
        look.style("green", f"#{one_line(name)}")
        + " " * (room - cells(one_line(name)))
        + look.dim(f"  {count:6d}")
        for name, count in tags
    )


def search_line(name: str, where: str, query: str, look: Look) -> str:
    """A saved search: its name, where it looks, and the query."""
    if not look.tty:
        return "\t".join(map(one_line, (name, where, query)))
    head = f"@{one_line(name)}  {one_line(where, 30)}"
    painted = f"{look.style('cyan', '@' + one_line(name))}  {look.dim(one_line(where, 30))}"
    return _fit(head, painted, query, look)


def kept_line(entry: Entry, look: Look) -> str:
    """What `note` says: `kept k3f9a in fed: "first words…"`."""
    head = f"kept {entry.handle} in {one_line(entry.project)}: "
    room = max((look.width or 80) - cells(head), 16)
    return head + quoted(entry.title or entry.text, room)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
