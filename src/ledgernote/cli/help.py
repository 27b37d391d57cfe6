"""Help as plain text, from the one table of commands."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.cli.columns import room_for, two_columns
from ledgernote.cli.options import COMMANDS, GLOBALS, Option
from ledgernote.render.wrap import wrapped

GROUPS = {
    "talk": ("chat", "ask", "context", "why", "models"),
    "keep": ("note", "import", "export"),
    "find": ("find", "show", "log", "tags", "threads", "projects"),
    "change": ("tag", "untag", "pin", "unpin", "mute", "unmute"),
    "trust": ("verify", "doctor", "config", "completion"),
}
"""What one comes for, in the order of a day."""

HEAD = """\
ledgernote: one local notebook that every model, script and agent remembers with.

usage: ledgernote [COMMAND] [OPTIONS] …
"""
TAIL = """
Without a command: where you were. `ledgernote help COMMAND` says more of one.
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
    """One command: what it does, its options, and what holds for any."""
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


def _call(name: str) -> str:
    return f"{name} {COMMANDS[name].words}".rstrip()


def _rows(options: Iterable[Option], width: int | None) -> list[str]:
    rows = []
    for option in options:
        head = f"{option.short + ', ' if option.short else '    '}{option.long}"
        head += f" {option.takes}" if option.takes else ""
        rows.append((head, option.help + " (repeatable)" * option.repeat))
    return two_columns(rows, width)
