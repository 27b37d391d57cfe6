"""The script for fish."""

from __future__ import annotations

from ledgernote.cli.options import COMMANDS, GLOBALS, Option
from ledgernote.cli.shells.values import Value, filled, shown, value_of, word_of

FISH = """\
# fish completion for ledgernote.
# Made from the table of commands; `ledgernote completion fish` prints it.

function __ledgernote_lines
    command ledgernote $argv 2>/dev/null </dev/null | command cut -f1
end

set -l commands @COMMANDS@

@LINES@
complete -c lnote -w ledgernote
"""


def script() -> str:
    """The script."""
    lines = [_option(one, "") for one in shown(GLOBALS)]
    lines += [
        _line("not __fish_seen_subcommand_from $commands", f"-f -a {name}", row.summary)
        for name, row in COMMANDS.items()
    ]
    for name, row in COMMANDS.items():
        seen = f"__fish_seen_subcommand_from {name}"
        if any(value := word_of(row)):
            lines.append(_line(seen, f"-f -a {_words(value)}", ""))
        lines += [_option(one, seen) for one in shown(row.options)]
    return filled(FISH, COMMANDS=" ".join((*COMMANDS, "help")), LINES="\n".join(lines))


def _words(value: Value) -> str:
    return f"'(__ledgernote_lines {value.lines})'" if value.lines else f"'{' '.join(value.words)}'"


def _option(option: Option, seen: str) -> str:
    parts = [f"-s {option.short[1:]}"] if option.short else []
    parts += [f"-l {option.long[2:]}"]
    if option.takes:
        value = value_of(option)
        parts += [f"-x -a {_words(value)}" if any(value) else "-r"]
    return _line(seen, " ".join(parts), option.help)


def _line(condition: str, parts: str, summary: str) -> str:
    when = f' -n "{condition}"' if condition else ""
    told = summary.replace("\\", "\\\\").replace("'", "\\'")
    return f"complete -c ledgernote{when} {parts}" + f" -d '{told}'" * bool(told)
