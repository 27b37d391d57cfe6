"""What may stand where on the command line, as a completion script needs to know it."""

from __future__ import annotations

from typing import NamedTuple

from ledgernote.cli.options import GLOBALS, Command, Option
from ledgernote.domain.entries import Kind

PROGRAMS = ("ledgernote", "lnote")
KINDS = tuple(str(kind) for kind in Kind)
SHELLS = ("bash", "zsh", "fish")

NAMES = {"NAME": "projects", "THREAD": "threads", "TAG": "tags", "HANDLE": "log -n 50"}
"""What a value is called → the command whose first field lists such values."""
FIXED = {"KIND": KINDS, "FORMAT": ("jsonl",)}

WORDS = {
    "completion": SHELLS,
    "config": ("get", "set", "path"),
    "import": ("jsonl", "auto"),
}
"""Commands whose first word is one of a few."""


class Value(NamedTuple):
    """What may stand in one place: words, the lines of a command, or a file by default."""

    words: tuple[str, ...] = ()
    lines: str = ""


def shown(options: tuple[Option, ...]) -> list[Option]:
    """Those that completion offers."""
    return [one for one in options if not one.hidden]


def spelled(option: Option) -> list[str]:
    """How an option is written."""
    return [one for one in (option.short, option.long) if one]


def value_of(option: Option) -> Value:
    """What an option may take."""
    takes = option.takes or ""
    if takes == "NAME" and option.long != "--project":
        return Value()
    return Value(words=FIXED.get(takes, ()), lines=NAMES.get(takes, ""))


def word_of(command: Command) -> Value:
    """What the words of a command may be."""
    if command.name in WORDS:
        return Value(words=WORDS[command.name])
    if "TAG" in command.words:
        return Value(lines="tags")
    return Value(lines=NAMES["HANDLE"] if "HANDLE" in command.words else "")


def spellings(command: Command | None) -> tuple[str, ...]:
    """The long names that may stand behind a command, or before one."""
    options = (*(command.options if command else ()), *GLOBALS)
    return tuple(one.long for one in shown(options))


def filled(template: str, **parts: str) -> str:
    """A script with its parts in their places."""
    for name, text in {**parts, "PROGRAMS": " ".join(PROGRAMS)}.items():
        template = template.replace(f"@{name}@", text)
    return template
