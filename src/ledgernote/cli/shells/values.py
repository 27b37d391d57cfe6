"""What may stand where on the command line, as a completion script needs to know it."""

from __future__ import annotations

from typing import NamedTuple

from ledgernote.cli.options import GLOBALS, Command, Option, alternatives
from ledgernote.config.table import KEYS
from ledgernote.domain.entries import Kind
from ledgernote.notebook.hits import ORDERS
from ledgernote.notebook.spending import GROUPS

PROGRAMS = ("ledgernote", "lnote")
KINDS = tuple(str(kind) for kind in Kind)

LATEST = "log -n 50"
NAMES = {
    **{"NAME": "projects", "PROJECT": "projects", "THREAD": "threads --names"},
    **{"TAG": "tags", "HANDLE": LATEST, "MODEL": "models --names"},
    "SEARCH": "find --saved",
}
"""What a value is called → the command whose first field lists such values."""
TIMES = ("today", "yesterday", "7d", "2w", "friday")
FIXED = {
    **{"KIND": KINDS, "FORMAT": ("jsonl",), "ORDER": ORDERS, "WHAT": tuple(GROUPS)},
    "DATE": TIMES,
}

FIELDS: dict[str, tuple[str, ...] | str] = {
    **{"tag:": "tags", "project:": "projects", "thread:": "threads --names"},
    **{"model:": "models --names", "kind:": KINDS},
    **{"is:": ("pinned", "private", "muted", "superseded"), "@": "find --saved"},
    **dict.fromkeys(("since:", "until:", "on:"), TIMES),
}
# The longer ones first: bash takes the first that fits the end of a name.
FIELDS = {f"not:{name}": value for name, value in FIELDS.items() if name != "@"} | FIELDS
"""What may follow these in a query: words, or the command that lists them."""
BEGINNINGS = tuple(name for name in FIELDS if name.endswith(":"))
"""What is completed to, and gone on with."""


WITH_VALUE = "-d|--ledger|-p|--project|--as"
"""What a lookup must be told too, wherever it stands on the line."""


class Value(NamedTuple):
    """What may stand in one place: words, the lines of a command, or a file by default."""

    words: tuple[str, ...] = ()
    lines: str = ""
    after: str = ""
    """A pattern: only behind such a word, else a file."""


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
    return _place(takes) if "|" in takes else Value(FIXED.get(takes, ()), NAMES.get(takes, ""))


def words_of(command: Command) -> tuple[Value, ...]:
    """What the words of a command may be, place by place; the last one repeats."""
    if command.name == "import":
        from ledgernote.notebook.transfer import FORMATS

        return Value(words=("auto", *FORMATS)), Value()
    if command.name == "keys":
        from ledgernote.notebook.keys import USUAL

        return Value(words=("set", "list", "rm")), Value(words=USUAL), Value()
    if command.name == "config":
        named = Value(lines=NAMES["MODEL"], after="*model")
        return Value(words=("get", "set", "path")), Value(words=tuple(KEYS)), named, Value()
    several = "…" in command.words.rpartition(" ")[2]
    return (*map(_place, command.places), *(() if several else (Value(),)))


def _place(word: str) -> Value:
    """`TAG[,TAG]`, `[HANDLE…]`, `new|use`: as usage shows it."""
    name = word.strip("[]…").partition("[")[0]
    return Value(alternatives(name), NAMES.get(name, ""))


def spellings(command: Command | None) -> tuple[str, ...]:
    """The long names that may stand behind a command, or before one."""
    options = (*(command.options if command else ()), *GLOBALS)
    return tuple(one.long for one in shown(options))


def filled(template: str, **parts: str) -> str:
    """A script with its parts in their places."""
    for name, text in {**parts, "PROGRAMS": " ".join(PROGRAMS)}.items():
        template = template.replace(f"@{name}@", text)
    return template
