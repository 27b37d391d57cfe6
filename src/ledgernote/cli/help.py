"""Help as plain text, from the one table of commands."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.cli.columns import room_for, two_columns
from ledgernote.cli.options import COMMANDS, GLOBALS, TOPICS, Option
from ledgernote.render.wrap import wrapped

GROUPS = {
    "talk": ("chat", "ask", "context", "why", "models", "keys"),
    "keep": ("note", "import", "source", "pull", "export"),
    "find": ("find", "show", "log", "tags", "threads", "projects", "history", "stats"),
    "change": ("edit", "tag", "untag", "pin", "unpin", "mute", "unmute", "private", "unprivate"),
    "order": ("project", "thread", "move", "rm", "undo", "purge"),
    "trust": ("verify", "doctor", "config", "completion"),
}
"""What one comes for, in the order of a day."""

HEAD = """\
ledgernote: one local notebook that every model, script and agent remembers with.

usage: ledgernote [COMMAND] [OPTIONS] …
"""
TAIL = """
Without a command: where you were. `ledgernote help COMMAND` says more of one;
`ledgernote help keeping` compares the ways to put something away.
What is printed on stdout is data, on stderr talk. Exit codes: 0 done,
1 nothing found, 2 usage, 3 our bug, 4 no such thing, 5 ledger cannot be used,
6 the model did not answer, 7 does not fit the budget, 130 interrupted."""


def overview(width: int | None = None) -> str:
    """All commands, by what they are for; *width* is a terminal's."""
    lines = _fitted(HEAD, width)
    room = room_for(map(_call, COMMANDS))
    for purpose, names in GROUPS.items():
        rows = [(_call(name), COMMANDS[name].summary) for name in names]
        lines += [f"{purpose}:", *two_columns(rows, width, room)]
    lines += ["anywhere:", *_rows(GLOBALS, width), *_fitted(TAIL, width)]
    return "\n".join(lines) + "\n"


def command_help(name: str, width: int | None = None) -> str:
    """One command: what it does, its options, and what holds for any; or a topic."""
    if name in TOPICS:
        return "\n".join(_fitted(keeping(), width))
    command = COMMANDS[name]
    lines = [*_fitted(f"usage: ledgernote {_call(name)}", width), "", command.summary]
    shown = [option for option in command.options if not option.hidden]
    if shown:
        lines += ["", "options:", *_rows(shown, width)]
    lines += ["", "anywhere:", *_rows(GLOBALS, width)]
    if command.epilog:
        lines += ["", *_fitted(command.epilog, width)]
    return "\n".join(lines) + "\n"


def _fitted(text: str, width: int | None) -> list[str]:
    return [wrapped(line, width) for line in text.split("\n")]


KEEPING = (
    ("", "out of find?", "out of replay?", "gone for good?", "back with"),
    ("mute", "no", "yes", "no", "unmute"),
    ("private", "no", "for models that are not local", "no", "unprivate"),
    ("archive", "no, out of lists only", "no", "no", "archive --back"),
    ("rm", "yes", "yes", "no", "undo"),
    ("undo", "yes, what it took back", "yes", "no", "undo --redo"),
    ("purge", "yes", "yes", "yes, its words", "nothing"),
)
"""What becomes of an entry, by what one does to it."""


REMARKS = (
    "Nothing but purge loses a word: every other change is an event, and history shows it. archive"
    " is for projects and threads. A purged entry keeps its place and its handle, so that answers"
    " that replayed it still say so; they stay as they are, and purge names them. What undo took"
    " back is erased by bringing it back first: undo --redo, then purge."
)


def keeping() -> str:
    """The ways to put something away, side by side."""
    widths = [max(map(len, column)) for column in zip(*KEEPING, strict=True)]
    lines = [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in KEEPING
    ]
    return "\n".join(["What becomes of an entry:", "", *lines, "", REMARKS]) + "\n"


def _call(name: str) -> str:
    return f"{name} {COMMANDS[name].words}".rstrip()


def _rows(options: Iterable[Option], width: int | None) -> list[str]:
    rows = []
    for option in options:
        head = f"{option.short + ', ' if option.short else '    '}{option.long}"
        head += f" {option.takes}" if option.takes else ""
        rows.append((head, option.help + " (repeatable)" * option.repeat))
    return two_columns(rows, width)
