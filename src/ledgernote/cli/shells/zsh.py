"""The script for zsh."""

from __future__ import annotations

from ledgernote.cli.options import COMMANDS, GLOBALS, Command, Option
from ledgernote.cli.shells.values import (
    BEGINNINGS,
    FIELDS,
    WITH_VALUE,
    Value,
    filled,
    shown,
    spelled,
    value_of,
    words_of,
)

ZSH = """\
#compdef @PROGRAMS@
# Made from the table of commands; `ledgernote completion zsh` prints it.

# The ledger, project and name typed on the line are those that are asked.
_ledgernote_lines() {
    local -a found
    found=(${(f)"$(command ledgernote "$@" $given 2>/dev/null </dev/null | command cut -f1)"})
    compadd -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -a found
}

_ledgernote_query() {
@FIELDS@
    compadd -S '' -- @BEGINNINGS@
    _files
}

_ledgernote() {
    local curcontext="$curcontext" state line
    typeset -A opt_args
    local -a anywhere commands given
    local -i i
    for ((i = 2; i < CURRENT; i++)); do
        case $words[i] in
        @GIVEN@) ((i + 1 < CURRENT)) && given+=($words[i] ${(Q)words[i+1]}) && ((i++)) ;;
        --ledger=*|--project=*|--as=*) given+=(${(Q)words[i]}) ;;
        esac
    done
    anywhere=(
@GLOBALS@
    )
    commands=(
@COMMANDS@
    )
    _arguments -C $anywhere '1: :->command' '*:: :->rest' && return 0
    case $state in
    command) _describe command commands ;;
    rest)
        case $words[1] in
@REST@
        help) _arguments '1: :->command' && return 0; _describe command commands ;;
        esac ;;
    esac
}

# From a folder of fpath this file is the function itself; sourced, it only names it.
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _ledgernote "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
    compdef _ledgernote @PROGRAMS@
fi
"""


def script() -> str:
    """The script."""
    rest = [
        "\n".join(
            [
                f"        {row.name}) _arguments $anywhere \\",
                *(f"            {spec} \\" for one in shown(row.options) for spec in _specs(one)),
                *(f"            {spec} \\" for spec in _places(row)[:-1]),
                f"            {_places(row)[-1]} ;;",
            ]
        )
        for row in COMMANDS.values()
    ]
    return filled(
        ZSH,
        GLOBALS="\n".join(f"        {spec}" for one in GLOBALS for spec in _specs(one)),
        COMMANDS="\n".join(
            f"        '{_text(name)}:{_text(row.summary)}'" for name, row in COMMANDS.items()
        ),
        GIVEN=WITH_VALUE,
        FIELDS="\n".join(_field(name, value) for name, value in FIELDS.items()),
        BEGINNINGS=" ".join(BEGINNINGS),
        REST="\n".join(rest),
    )


def _places(command: Command) -> list[str]:
    """The specs of a command's words."""
    if command.name == "find":
        return ["'*: : _ledgernote_query'"]
    *places, rest = words_of(command)
    specs = [f"'{at}: :{_action(value)}'" for at, value in enumerate(places, start=1)]
    return [*specs, f"'*: :{_action(rest)}'"]


def _field(name: str, value: tuple[str, ...] | str) -> str:
    does = (
        f"compadd {' '.join(value)}" if isinstance(value, tuple) else f"_ledgernote_lines {value}"
    )
    return f"    compset -P {name} && {{ {does}; return }}"


def _text(text: str) -> str:
    for special in "\\:[]":
        text = text.replace(special, f"\\{special}")
    return text.replace("'", "'\\''")


def _action(value: Value) -> str:
    if value.after:
        found = f"[[ ${{words[CURRENT-1]}} == {value.after} ]] && _ledgernote_lines {value.lines}"
        return f"{{ {found} || _files }}"
    if value.lines:
        return f" _ledgernote_lines {value.lines}"
    return f"({' '.join(value.words)})" if value.words else "_files"


def _specs(option: Option) -> list[str]:
    spellings = spelled(option)
    alone = "*" if option.repeat else f"({' '.join(spellings)})"
    value = f":{option.takes}:{_action(value_of(option))}" if option.takes else ""
    return [
        f"'{alone}{one}{'=' if value and one == option.long else ''}[{_text(option.help)}]{value}'"
        for one in spellings
    ]
