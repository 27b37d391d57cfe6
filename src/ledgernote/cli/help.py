"""Help as plain text, from the one table of commands."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.cli.options import COMMANDS, GLOBALS, Option

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
What is printed on stdout is data, on stderr talk. Exit codes: 0 done, 1 nothing found,
2 usage, 3 our bug, 4 no such thing, 5 ledger cannot be used, 6 the model did not answer,
7 does not fit the budget, 130 interrupted.
"""


def overview() -> str:
    """All commands, by what they are for."""
    lines = [HEAD]
    width = max(len(_call(name)) for name in COMMANDS)
    for purpose, names in GROUPS.items():
        lines.append(f"{purpose}:")
        lines += [f"  {_call(name):{width}}  {COMMANDS[name].summary}" for name in names]
    lines.append("anywhere:")
    lines += _rows(GLOBALS)
    return "\n".join(lines) + "\n" + TAIL


def command_help(name: str) -> str:
    """One command: what it does, its options, and what holds for any."""
    command = COMMANDS[name]
    lines = [f"usage: ledgernote {_call(name)}", "", command.summary]
    shown = [option for option in command.options if not option.hidden]
    if shown:
        lines += ["", "options:", *_rows(shown)]
    lines += ["", "anywhere:", *_rows(GLOBALS)]
    if command.epilog:
        lines += ["", command.epilog]
    return "\n".join(lines) + "\n"


def _call(name: str) -> str:
    return f"{name} {COMMANDS[name].words}".rstrip()


def _rows(options: Iterable[Option]) -> list[str]:
    heads = {
        f"{option.short + ', ' if option.short else '    '}{option.long}"
        f"{' ' + option.takes if option.takes else ''}": option
        for option in options
    }
    width = max(map(len, heads))
    return [
        f"  {head:{width}}  {option.help}{' (repeatable)' if option.repeat else ''}"
        for head, option in heads.items()
    ]
