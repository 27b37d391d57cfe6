"""The script for zsh."""

from __future__ import annotations

from ledgernote.cli.options import COMMANDS, GLOBALS, Option
from ledgernote.cli.shells.values import Value, filled, shown, spelled, value_of, word_of

ZSH = """\
#compdef @PROGRAMS@
# Made from the table of commands; `ledgernote completion zsh` prints it.

_ledgernote_lines() {
    local -a found
    found=(${(f)"$(command ledgernote "$@" 2>/dev/null </dev/null | command cut -f1)"})
    compadd -a found
}

_ledgernote() {
    local curcontext="$curcontext" state line
    typeset -A opt_args
    local -a anywhere commands
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

_ledgernote "$@"
"""


def script() -> str:
    """The script."""
    rest = [
        "\n".join(
            [
                f"        {row.name}) _arguments $anywhere \\",
                *(f"            {spec} \\" for one in shown(row.options) for spec in _specs(one)),
                f"            '*: :{_action(word_of(row))}' ;;",
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
        REST="\n".join(rest),
    )


def _text(text: str) -> str:
    for special in "\\:[]":
        text = text.replace(special, f"\\{special}")
    return text.replace("'", "'\\''")


def _action(value: Value) -> str:
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
