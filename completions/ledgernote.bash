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
        case " chat ask note find show log tag untag tags pin unpin mute unmute projects threads context why import export verify doctor config completion models help " in
        *" ${COMP_WORDS[i]} "*) [[ $command ]] || command=${COMP_WORDS[i]} ;;
        esac
    done
    case "$command:$prev" in
    chat:-r|chat:--thread) words=$(__ledgernote_lines threads) ;;
    chat:-m|chat:--model) ;;
    ask:-r|ask:--thread) words=$(__ledgernote_lines threads) ;;
    ask:-m|ask:--model) ;;
    ask:-s|ask:--system) ;;
    ask:-f|ask:--file) ;;
    ask:-o|ask:--option) ;;
    ask:--budget) ;;
    ask:--replay) ;;
    note:-t|note:--tag) words=$(__ledgernote_lines tags) ;;
    note:--title) ;;
    note:-f|note:--file) ;;
    note:--supersedes) words=$(__ledgernote_lines log -n 50) ;;
    note:--at) ;;
    note:--ref) ;;
    find:-t|find:--tag) words=$(__ledgernote_lines tags) ;;
    find:--kind) words=$'question\nanswer\nnote\nsummary' ;;
    find:-r|find:--thread) words=$(__ledgernote_lines threads) ;;
    find:--model) ;;
    find:--actor) ;;
    find:--since) ;;
    find:--until) ;;
    find:--on) ;;
    find:-n|find:--number) ;;
    log:-n|log:--number) ;;
    log:--since) ;;
    log:--actor) ;;
    pin:--for) ;;
    context:-r|context:--thread) words=$(__ledgernote_lines threads) ;;
    context:-m|context:--model) ;;
    context:--budget) ;;
    context:--replay) ;;
    context:--of) words=$(__ledgernote_lines log -n 50) ;;
    export:--format) words=$'jsonl' ;;
    export:--output) ;;
    *:-d|*:--ledger) ;;
    *:-p|*:--project) words=$(__ledgernote_lines projects) ;;
    *:--as) ;;
    *) case "$command:$cur" in
        chat:-*) words=$'--continue\n--thread\n--new\n--model\n--vi\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        ask:-*) words=$'--continue\n--thread\n--model\n--system\n--file\n--extract\n--extract-last\n--option\n--budget\n--replay\n--no-replay\n--mute\n--no-log\n--dry-run\n--no-stream\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        note:-*) words=$'--tag\n--pin\n--mute\n--title\n--file\n--edit\n--private\n--supersedes\n--at\n--ref\n--split\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        find:-*) words=$'--tag\n--kind\n--thread\n--model\n--actor\n--since\n--until\n--on\n--pinned\n--number\n--all\n--ids\n--exact\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        show:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        log:-*) words=$'--number\n--since\n--actor\n--answer\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        tag:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        untag:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        tags:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        pin:-*) words=$'--for\n--thread\n--everywhere\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        unpin:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        mute:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        unmute:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        projects:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        threads:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        context:-*) words=$'--continue\n--thread\n--model\n--budget\n--replay\n--of\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        why:-*) words=$'--to\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        import:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        export:-*) words=$'--format\n--output\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        verify:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        doctor:-*) words=$'--rebuild\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        config:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        completion:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        models:-*) words=$'--usable\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        *:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        show:*) words=$(__ledgernote_lines log -n 50) ;;
        tag:*) words=$(__ledgernote_lines tags) ;;
        untag:*) words=$(__ledgernote_lines tags) ;;
        pin:*) words=$(__ledgernote_lines log -n 50) ;;
        unpin:*) words=$(__ledgernote_lines log -n 50) ;;
        mute:*) words=$(__ledgernote_lines log -n 50) ;;
        unmute:*) words=$(__ledgernote_lines log -n 50) ;;
        why:*) words=$(__ledgernote_lines log -n 50) ;;
        import:*) words=$'jsonl\nauto' ;;
        config:*) words=$'get\nset\npath' ;;
        completion:*) words=$'bash\nzsh\nfish' ;;
        help:*|:*) words=$'chat\nask\nnote\nfind\nshow\nlog\ntag\nuntag\ntags\npin\nunpin\nmute\nunmute\nprojects\nthreads\ncontext\nwhy\nimport\nexport\nverify\ndoctor\nconfig\ncompletion\nmodels\nhelp' ;;
        esac ;;
    esac
    while IFS= read -r word; do
        if [[ $word && $word == "$cur"* ]]; then
            printf -v quoted %q "$word"
            COMPREPLY+=("$quoted")
        fi
    done <<<"$words"
}

complete -o default -F _ledgernote ledgernote lnote
