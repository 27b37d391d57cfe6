"""The script for bash."""

from __future__ import annotations

from ledgernote.cli.options import COMMANDS, GLOBALS
from ledgernote.cli.shells.values import (
    BEGINNINGS,
    FIELDS,
    WITH_VALUE,
    Value,
    filled,
    shown,
    spelled,
    spellings,
    value_of,
    words_of,
)

# Never `compgen -W`: it runs what stands in a word, and a tag may be called `$(…)`.
BASH = r"""# bash completion for ledgernote: source it, or put it where bash-completion looks.
# Made from the table of commands; `ledgernote completion bash` prints it.

# The ledger, project and name typed on the line are those that are asked.
__ledgernote_lines() {
    command ledgernote "$@" ${given[@]+"${given[@]}"} 2>/dev/null </dev/null | command cut -f1
}

_ledgernote() {
    local whole=${COMP_LINE:0:COMP_POINT} cur=${COMP_WORDS[COMP_CWORD]}
    local at=$COMP_CWORD got=$cur glued= prev command= place=0 words= word quoted reset=: i
    local given=()
    # `--kind=note` and `tag:rates` come in three pieces; only the last one is replaced.
    whole=${whole##*[[:space:]]}
    while [[ $got != "$whole" && $at -gt 1 ]]; do
        at=$((at - 1))
        got=${COMP_WORDS[at]}$got
    done
    if [[ $got == "$whole" ]]; then
        [[ $cur == [:=] ]] && cur=
        glued=${whole%"$cur"}
        # Readline keeps an @ with its word, although bash parts the two.
        [[ $glued == @ ]] && glued=
    else
        at=$COMP_CWORD whole=$cur
    fi
    prev=${COMP_WORDS[at-1]}
    if [[ $whole == --*=* ]]; then
        prev=${whole%%=*} whole=${whole#*=} glued=${glued#*=}
    fi
    for ((i = 1; i < at; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
        --) return 0 ;;
        @GIVEN@)
            [[ ${COMP_WORDS[i+1]} == '=' ]] && i=$((i + 1))
            i=$((i + 1))
            ((i < at)) && given+=("$word" "${COMP_WORDS[i]//[\"\'\\]/}") ;;
        -*) ;;
        *)
            if [[ $command ]]; then
                place=$((place + 1))
            else
                case " @COMMANDS@ " in *" $word "*) command=$word ;; esac
            fi ;;
        esac
    done
    case "$command:$prev" in
@VALUES@
    *) case "$command:$place:$whole" in
@OPTIONS@
@WORDS@
        esac ;;
    esac
    # In any case: whoever types HOU means house.
    shopt -q nocasematch || reset='shopt -u nocasematch'
    shopt -s nocasematch
    while IFS= read -r word; do
        if [[ $word && $word == "$whole"* ]]; then
            printf -v quoted %q "${word:${#glued}}"
            COMPREPLY+=("$quoted")
        fi
    done <<<"$words"
    $reset
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
        f"        {name}:*:-*) {_words(Value(words=spellings(row)))}"
        for name, row in [*COMMANDS.items(), ("*", None)]
    ]
    words = [f"        find:*:{name}*) {_field(name, value)}" for name, value in FIELDS.items()]
    beginnings = "\\n".join(BEGINNINGS)
    words += [f"        find:*) words=$'{beginnings}'; compopt -o nospace 2>/dev/null ;;"]
    for row in COMMANDS.values():
        *places, rest = words_of(row)
        words += [f"        {row.name}:{at}:*) {_words(value)}" for at, value in enumerate(places)]
        words += [f"        {row.name}:*) {_words(rest)}"] if any(rest) else []
    words += [f"        help:0:*|:0:*) {_words(Value(words=(*COMMANDS, 'help')))}"]
    return filled(
        BASH,
        COMMANDS=" ".join((*COMMANDS, "help")),
        GIVEN=WITH_VALUE,
        VALUES="\n".join(values),
        OPTIONS="\n".join(options),
        WORDS="\n".join(words),
    )


def _field(name: str, value: tuple[str, ...] | str) -> str:
    if isinstance(value, tuple):
        return _words(Value(words=tuple(f"{name}{word}" for word in value)))
    return f"words=$(__ledgernote_lines {value} | command sed 's/^/{name}/') ;;"


def _words(value: Value) -> str:
    if value.after:
        found = f"$(__ledgernote_lines {value.lines})"
        return f"[[ $prev == {value.after} ]] && words={found} ;;"
    if value.lines:
        return f"words=$(__ledgernote_lines {value.lines}) ;;"
    joined = "\\n".join(value.words)
    return f"words=$'{joined}' ;;" if joined else ";;"
