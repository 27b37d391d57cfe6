"""The scripts that complete words in a shell, made from the table of commands.

They know commands, options and fixed values by themselves; names of projects, threads, tags and
entries are asked of the program.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from typer import Argument

from ledgernote.cli.call import Call
from ledgernote.cli.options import COMMANDS, GLOBALS, Command, Option
from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import UsageError

PROGRAMS = ("ledgernote", "lnote")
KINDS = tuple(str(kind) for kind in Kind)
SHELLS = ("bash", "zsh", "fish")
"""In the order of help."""

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


def completion(call: Call, shell: Annotated[str, Argument(metavar="bash|zsh|fish")]) -> None:
    """Print the script that completes words in a shell."""
    call.out.piece(script(shell))


def script(shell: str) -> str:
    """The script for a shell. Raises `UsageError`."""
    if shell not in SCRIPTS:
        raise UsageError(f"no script for {shell!r}", f"One of {', '.join(SCRIPTS)}.")
    return SCRIPTS[shell]()


def _shown(options: tuple[Option, ...]) -> list[Option]:
    return [one for one in options if not one.hidden]


def _spelled(option: Option) -> list[str]:
    return [one for one in (option.short, option.long) if one]


def _value(option: Option) -> Value:
    """What an option may take."""
    takes = option.takes or ""
    if takes == "NAME" and option.long != "--project":
        return Value()
    return Value(words=FIXED.get(takes, ()), lines=NAMES.get(takes, ""))


def _word(command: Command) -> Value:
    """What the words of a command may be."""
    if command.name in WORDS:
        return Value(words=WORDS[command.name])
    if "TAG" in command.words:
        return Value(lines="tags")
    return Value(lines=NAMES["HANDLE"] if "HANDLE" in command.words else "")


# ---- bash ----------------------------------------------------------------------------

# Never `compgen -W`: it runs what stands in a word, and a tag may be called `$(…)`.
BASH = """\
# bash completion for ledgernote: source it, or put it where bash-completion looks.
# Made from the table of commands; `ledgernote completion bash` prints it.

__ledgernote_lines() {
    command ledgernote "$@" 2>/dev/null </dev/null | command cut -f1
}

_ledgernote() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local command= words= word quoted i
    # `--kind=note` comes in three pieces.
    [[ $cur == '=' ]] && cur=
    [[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -- ]] && return 0
        case " @COMMANDS@ " in
        *" ${COMP_WORDS[i]} "*) [[ $command ]] || command=${COMP_WORDS[i]} ;;
        esac
    done
    case "$command:$prev" in
@VALUES@
    *) case "$command:$cur" in
@OPTIONS@
@WORDS@
        esac ;;
    esac
    while IFS= read -r word; do
        if [[ $word && $word == "$cur"* ]]; then
            printf -v quoted %q "$word"
            COMPREPLY+=("$quoted")
        fi
    done <<<"$words"
}

complete -o default -F _ledgernote @PROGRAMS@
"""


def _bash() -> str:
    values = [
        f"    {'|'.join(f'{name}:{one}' for one in _spelled(option))}) {_bash_words(_value(option))}"
        for name, options in [
            *((row.name, row.options) for row in COMMANDS.values()),
            ("*", GLOBALS),
        ]
        for option in _shown(options)
        if option.takes
    ]
    options = [
        f"        {name}:-*) {_bash_words(Value(words=_all_spellings(row)))}"
        for name, row in [*COMMANDS.items(), ("*", None)]
    ]
    words = [
        f"        {row.name}:*) {_bash_words(value)}"
        for row in COMMANDS.values()
        if any(value := _word(row))
    ]
    words += [f"        help:*|:*) {_bash_words(Value(words=(*COMMANDS, 'help')))}"]
    return _filled(
        BASH,
        COMMANDS=" ".join((*COMMANDS, "help")),
        VALUES="\n".join(values),
        OPTIONS="\n".join(options),
        WORDS="\n".join(words),
    )


def _all_spellings(command: Command | None) -> tuple[str, ...]:
    options = (*(command.options if command else ()), *GLOBALS)
    return tuple(one.long for one in _shown(options))


def _bash_words(value: Value) -> str:
    if value.lines:
        return f"words=$(__ledgernote_lines {value.lines}) ;;"
    joined = "\\n".join(value.words)
    return f"words=$'{joined}' ;;" if joined else ";;"


# ---- zsh -----------------------------------------------------------------------------

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


def _zsh() -> str:
    rest = [
        "\n".join(
            [
                f"        {row.name}) _arguments $anywhere \\",
                *(
                    f"            {spec} \\"
                    for one in _shown(row.options)
                    for spec in _zsh_specs(one)
                ),
                f"            '*: :{_zsh_action(_word(row))}' ;;",
            ]
        )
        for row in COMMANDS.values()
    ]
    return _filled(
        ZSH,
        GLOBALS="\n".join(f"        {spec}" for one in GLOBALS for spec in _zsh_specs(one)),
        COMMANDS="\n".join(
            f"        '{_zsh_text(name)}:{_zsh_text(row.summary)}'"
            for name, row in COMMANDS.items()
        ),
        REST="\n".join(rest),
    )


def _zsh_text(text: str) -> str:
    for special in "\\:[]":
        text = text.replace(special, f"\\{special}")
    return text.replace("'", "'\\''")


def _zsh_action(value: Value) -> str:
    if value.lines:
        return f" _ledgernote_lines {value.lines}"
    return f"({' '.join(value.words)})" if value.words else "_files"


def _zsh_specs(option: Option) -> list[str]:
    spelled = _spelled(option)
    alone = "*" if option.repeat else f"({' '.join(spelled)})"
    value = f":{option.takes}:{_zsh_action(_value(option))}" if option.takes else ""
    return [
        f"'{alone}{one}{'=' if value and one == option.long else ''}"
        f"[{_zsh_text(option.help)}]{value}'"
        for one in spelled
    ]


# ---- fish ----------------------------------------------------------------------------

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


def _fish() -> str:
    lines = [_fish_option(one, "") for one in _shown(GLOBALS)]
    lines += [
        _fish_line("not __fish_seen_subcommand_from $commands", f"-f -a {name}", row.summary)
        for name, row in COMMANDS.items()
    ]
    for name, row in COMMANDS.items():
        seen = f"__fish_seen_subcommand_from {name}"
        if any(value := _word(row)):
            lines.append(_fish_line(seen, f"-f -a {_fish_words(value)}", ""))
        lines += [_fish_option(one, seen) for one in _shown(row.options)]
    return _filled(FISH, COMMANDS=" ".join((*COMMANDS, "help")), LINES="\n".join(lines))


def _fish_words(value: Value) -> str:
    return f"'(__ledgernote_lines {value.lines})'" if value.lines else f"'{' '.join(value.words)}'"


def _fish_option(option: Option, seen: str) -> str:
    parts = [f"-s {option.short[1:]}"] if option.short else []
    parts += [f"-l {option.long[2:]}"]
    if option.takes:
        value = _value(option)
        parts += [f"-x -a {_fish_words(value)}" if any(value) else "-r"]
    return _fish_line(seen, " ".join(parts), option.help)


def _fish_line(condition: str, parts: str, summary: str) -> str:
    when = f' -n "{condition}"' if condition else ""
    told = summary.replace("\\", "\\\\").replace("'", "\\'")
    return f"complete -c ledgernote{when} {parts}" + f" -d '{told}'" * bool(told)


def _filled(template: str, **parts: str) -> str:
    for name, text in {**parts, "PROGRAMS": " ".join(PROGRAMS)}.items():
        template = template.replace(f"@{name}@", text)
    return template


SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
