"""What stands around an entry, as `show` says it: below its head, and below its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ledgernote.domain.around import Around, Link
from ledgernote.domain.entries import Entry, Kind
from ledgernote.render.escape import cells, one_line
from ledgernote.render.look import Look
from ledgernote.render.records import Record
from ledgernote.render.views import entry_head, quoted, who
from ledgernote.render.wrap import wrapped

LISTED = 12
"""Notes that link to an entry and are listed; more are counted."""
LEAST = 16
"""Columns that the words beside it have at least; else they stand below."""


def around_view(entry: Entry, around: Around, look: Look, words: Callable[[str], str]) -> str:
    """A whole entry at a terminal, with what stands around it."""
    parts = (around_head(entry, around, look), words(entry.text), links_view(around, look))
    return "\n\n".join(part.rstrip("\n") for part in parts if part)


def around_head(entry: Entry, around: Around, look: Look) -> str:
    """What stands above its words."""
    return entry_head(entry, look, _more(entry, around, look))


def _more(entry: Entry, around: Around, look: Look) -> Iterator[str]:
    """Revisions, what was replayed for an answer and by it, other answers; where to see more."""
    handle = entry.handle
    if around.edits and entry.edited:
        times = "edited" if around.edits == 1 else f"edited {around.edits} times, last"
        yield f"{times} {look.moment(entry.edited).strip()}; history {handle} shows all"
    if around.replayed:
        reasons = ", ".join(f"{count} {reason}" for reason, count in around.replayed.items())
        cited = f" · {len(around.cited)} cited" if around.cited else ""
        yield f"replayed {reasons}{cited}; why {handle} shows all"
    if around.used:
        yield f"replayed for {around.used} answer{'s' * (around.used != 1)}; why --to {handle}"
    if around.siblings:
        named = (f"{one.handle} {one_line(one.model or '?')}" for one in around.siblings)
        what = "other answers" if entry.kind is Kind.ANSWER else "answers"
        yield f"{what}: {', '.join(named)}"


def links_view(around: Around, look: Look) -> str:
    """What a note links to, and what links to it; empty where nothing does."""
    ends = {link.end.id: link.end for link in around.links if link.end}
    to = [_line(end, look) for end in ends.values()]
    to += [_open(link, look) for link in around.links if link.end is None]
    back = [_line(one, look) for one in around.linked_from[:LISTED]]
    if (more := len(around.linked_from) - LISTED) > 0:
        back.append(look.dim(f"  and {more} more; show --json names all"))
    parts = (("links to", to), ("linked from", back))
    return "\n\n".join(_listing(title, lines, look) for title, lines in parts if lines)


def _listing(title: str, lines: Sequence[str], look: Look) -> str:
    return "\n".join((look.bold(title), *lines))


def _open(link: Link, look: Look) -> str:
    line = f"  {one_line(link.name)}  {look.dim('nothing is called that yet')}"
    return wrapped(line, look.width, "    ")


def _line(entry: Entry, look: Look) -> str:
    about = f"{who(entry.actor, look)}  {look.day(entry.created).strip()}"
    words, width = entry.title or entry.text, look.width or 80
    head = f"  {look.style('cyan', entry.handle)}  {look.dim(about)}"
    room = width - cells(f"  {entry.handle}  {about}  ")
    if room >= LEAST:
        return f"{head}  {quoted(words, room)}"
    return f"{wrapped(head, width, '    ')}\n    {quoted(words, width - 4)}"


def around_record(around: Around) -> Record:
    """The fields that `show` adds to an entry."""
    return {
        "links": [
            {"name": one.name, "handle": one.end.handle if one.end else None}
            for one in around.links
        ],
        "linked_from": [one.handle for one in around.linked_from],
        "edits": around.edits,
        "replayed": dict(around.replayed),
        "cited": list(around.cited),
    }
