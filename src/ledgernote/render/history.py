"""What happened to an entry, and what a step did, in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledgernote.domain.changes import Change
from ledgernote.render.escape import one_line
from ledgernote.render.look import Look
from ledgernote.render.records import Record
from ledgernote.render.views import who

STANDING = 20
"""Entries that an undo left and that are named one by one."""
STEP_WORDS = {
    "entry.new": ("entry kept", "entries kept"),
    "thread.new": ("thread begun", "threads begun"),
    "project.new": ("project made", "projects made"),
    "entry.edit": ("edit", "edits"),
    "entry.rename": ("note known by its new file", "notes known by their new files"),
    "entry.reply": ("link", "links"),
    "entry.tag": ("tag put on", "tags put on"),
    "entry.untag": ("tag taken off", "tags taken off"),
    "entry.pin": ("pin changed", "pins changed"),
    "entry.mute": ("mute", "mutes"),
    "entry.move": ("entry moved", "entries moved"),
    "entry.remove": ("removal", "removals"),
    "entry.supersede": ("replacement", "replacements"),
    "private": ("private mark", "private marks"),
    "unprivate": ("private mark taken off", "private marks taken off"),
    "project.rename": ("project renamed", "projects renamed"),
    "project.brief": ("brief", "briefs"),
    "project.archive": ("project archived", "projects archived"),
    "thread.rename": ("thread renamed", "threads renamed"),
    "thread.move": ("thread moved", "threads moved"),
    "search.save": ("search saved", "searches saved"),
    "search.forget": ("search forgotten", "searches forgotten"),
    "thread.archive": ("thread archived", "threads archived"),
}
"""One and several events of a kind."""


def step_words(done: Mapping[str, int]) -> str:
    """`2 entries kept, 1 tag put on`."""
    parts = []
    for kind, count in done.items():
        one, many = STEP_WORDS.get(kind, (kind, kind))
        parts.append(f"{count:,} {one if count == 1 else many}")
    return ", ".join(parts)


def standing_lines(handles: Sequence[str]) -> Iterator[str]:
    """What an undo left, and why."""
    for handle in handles[:STANDING]:
        yield f"{handle} stays: someone else has built on it"
    if more := len(handles[STANDING:]):
        yield f"and {more:,} more stay{'s' * (more == 1)}"


def change_record(change: Change) -> Record:
    """A change of an entry as JSON."""
    return {
        "at": change.at.isoformat(),
        "actor": change.actor,
        "kind": change.kind,
        "what": change.what,
        "text": change.text,
        "undone": change.undone,
    }


def history_view(changes: Iterable[Change], look: Look) -> str:
    """A line for each change, oldest first; below an edit what it took away and brought."""
    lines: list[str] = []
    before: str | None = None
    for change in changes:
        what = one_line(change.what) + " (undone)" * change.undone
        if look.tty:
            lines.append(f"{look.moment(change.at)}  {who(change.actor, look)}  {what}")
        else:
            at = change.at.isoformat(timespec="seconds")
            lines.append(f"{at}\t{one_line(change.actor)}\t{what}")
        if change.text is not None:
            lines += [f"    {look.dim(one)}" for one in _difference(before, change.text)]
            before = change.text
    return "\n".join(lines)


def _difference(before: str | None, after: str) -> Iterator[str]:
    """The lines that changed; all of them when there was nothing before."""
    old = [] if before is None else before.splitlines()
    for line in difflib.ndiff(old, after.splitlines()):
        if line[0] in "+-":
            yield f"{line[0]} {one_line(line[2:])}"
