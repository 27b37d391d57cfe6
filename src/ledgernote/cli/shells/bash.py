"""The script for bash."""

from __future__ import annotations

from ledgernote.cli.options import COMMANDS, GLOBALS
from ledgernote.cli.shells.values import Value, filled, shown, spelled, spellings, value_of, word_of

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


def script() -> str:
    """The script."""
    values = [
        f"    {'|'.join(f'{name}:{one}' for one in spelled(option))}) {_words(value_of(option))}"
        for name, options in [
            *((row.name, row.options) for row in COMMANDS.values()),
            ("*", GLOBALS),
        ]
        for option in shown(options)
        if option.takes
    ]
    options = [
        f"        {name}:-*) {_words(Value(words=spellings(row)))}"
        for name, row in [*COMMANDS.items(), ("*", None)]
    ]
    words = [
        f"        {row.name}:*) {_words(value)}"
        for row in COMMANDS.values()
        if any(value := word_of(row))
    ]
    words += [f"        help:*|:*) {_words(Value(words=(*COMMANDS, 'help')))}"]
    return filled(
        BASH,
        COMMANDS=" ".join((*COMMANDS, "help")),
        VALUES="\n".join(values),
        OPTIONS="\n".join(options),
        WORDS="\n".join(words),
    )


def _words(value: Value) -> str:
    if value.lines:
        return f"words=$(__ledgernote_lines {value.lines}) ;;"
    joined = "\\n".join(value.words)
    return f"words=$'{joined}' ;;" if joined else ";;"
