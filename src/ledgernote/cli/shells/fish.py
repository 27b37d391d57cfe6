"""The script for fish."""

from __future__ import annotations

from ledgernote.cli.options import COMMANDS, GLOBALS, Option
from ledgernote.cli.shells.values import (
    BEGINNINGS,
    FIELDS,
    WITH_VALUE,
    Value,
    filled,
    shown,
    value_of,
    words_of,
)

FISH = r"""# fish completion for ledgernote.
# Made from the table of commands; `ledgernote completion fish` prints it.

# The ledger, project and name typed on the line are those that are asked.
function __ledgernote_lines
    set -l given
    set -l tokens (commandline -opc)
    for i in (seq 2 (count $tokens))
        switch $tokens[$i]
            case @GIVEN@
                test $i -lt (count $tokens); and set -a given $tokens[$i] $tokens[(math $i + 1)]
            case '--ledger=*' '--project=*' '--as=*'
                set -a given $tokens[$i]
        end
    end
    command ledgernote $argv $given 2>/dev/null </dev/null | command cut -f1
end

# Whether the word at the cursor is that one of a command; the last place stands for all after it.
function __ledgernote_at -a name place last
    set -l command ''
    set -l count 0
    set -l skip no
    for token in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
            continue
        end
        switch $token
            case @GIVEN@
                set skip yes
            case '-*'
            case '*'
                if test -n "$command"
                    set count (math $count + 1)
                else
                    set command $token
                end
        end
    end
    test "$command" = $name; and test $count -eq $place -o \( "$last" = last -a $count -ge $place \)
end

function __ledgernote_fields
    switch (commandline -ct)
@FIELDS@
        case '*'
            printf '%s\n' @BEGINNINGS@
    end
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
        lines += _placed(name, words_of(row))
        lines += [_option(one, seen) for one in shown(row.options)]
    lines.append(_line("__fish_seen_subcommand_from find", "-a '(__ledgernote_fields)'", ""))
    return filled(
        FISH,
        COMMANDS=" ".join((*COMMANDS, "help")),
        GIVEN=WITH_VALUE.replace("|", " "),
        FIELDS="\n".join(_field(name, value) for name, value in FIELDS.items()),
        BEGINNINGS=" ".join(BEGINNINGS),
        LINES="\n".join(lines),
    )


def _field(name: str, value: tuple[str, ...] | str) -> str:
    if isinstance(value, tuple):
        does = f"printf '%s\\n' {' '.join(f'{name}{word}' for word in value)}"
    else:
        does = f"__ledgernote_lines {value} | string replace -r '^' '{name}'"
    return f"        case '{name}*'\n            {does}"


def _placed(name: str, values: tuple[Value, ...]) -> list[str]:
    """What each place offers; where that is nothing, fish offers files."""
    lines = []
    for place, value in enumerate(values):
        if any(value):
            last = " last" if place == len(values) - 1 else ""
            condition = f"__ledgernote_at {name} {place}{last}"
            if value.after:
                condition += f"; and string match -q -- '{value.after}' (commandline -opc)[-1]"
            lines.append(_line(condition, f"-f -a {_words(value)}", ""))
    return lines


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
