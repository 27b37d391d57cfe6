# bash completion for ledgernote: source it, or put it where bash-completion looks.
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
        -d|--ledger|-p|--project|--as)
            [[ ${COMP_WORDS[i+1]} == '=' ]] && i=$((i + 1))
            i=$((i + 1))
            ((i < at)) && given+=("$word" "${COMP_WORDS[i]//[\"\'\\]/}") ;;
        -*) ;;
        *)
            if [[ $command ]]; then
                place=$((place + 1))
            else
                case " chat ask note find show log tag untag tags pin unpin mute unmute edit private unprivate move rm undo history purge projects project threads thread context why import source pull export stats verify doctor config completion models keys help " in *" $word "*) command=$word ;; esac
            fi ;;
        esac
    done
    case "$command:$prev" in
    chat:-r|chat:--thread) words=$(__ledgernote_lines threads --names) ;;
    chat:--at) words=$(__ledgernote_lines log -n 50) ;;
    chat:-m|chat:--model) words=$(__ledgernote_lines models --names) ;;
    ask:-r|ask:--thread) words=$(__ledgernote_lines threads --names) ;;
    ask:-m|ask:--model) words=$(__ledgernote_lines models --names) ;;
    ask:-s|ask:--system) ;;
    ask:-f|ask:--file) ;;
    ask:-o|ask:--option) ;;
    ask:--budget) ;;
    ask:--replay) ;;
    ask:--of) words=$(__ledgernote_lines log -n 50) ;;
    note:-t|note:--tag) words=$(__ledgernote_lines tags) ;;
    note:--title) ;;
    note:-f|note:--file) ;;
    note:--supersedes) words=$(__ledgernote_lines log -n 50) ;;
    note:--at) ;;
    note:--ref) ;;
    find:-t|find:--tag) words=$(__ledgernote_lines tags) ;;
    find:--kind) words=$'question\nanswer\nnote\nsummary' ;;
    find:-r|find:--thread) words=$(__ledgernote_lines threads --names) ;;
    find:--model) words=$(__ledgernote_lines models --names) ;;
    find:--actor) ;;
    find:--since) words=$'today\nyesterday\n7d\n2w\nfriday' ;;
    find:--until) words=$'today\nyesterday\n7d\n2w\nfriday' ;;
    find:--on) words=$'today\nyesterday\n7d\n2w\nfriday' ;;
    find:-n|find:--number) ;;
    find:--sort) words=$'score\nnew\nold' ;;
    find:--like) words=$(__ledgernote_lines log -n 50) ;;
    find:--save) ;;
    find:--forget) words=$(__ledgernote_lines find --saved) ;;
    log:-n|log:--number) ;;
    log:--since) words=$'today\nyesterday\n7d\n2w\nfriday' ;;
    log:--actor) ;;
    pin:--for) ;;
    edit:--title) ;;
    thread:--at) words=$(__ledgernote_lines log -n 50) ;;
    context:-r|context:--thread) words=$(__ledgernote_lines threads --names) ;;
    context:-m|context:--model) words=$(__ledgernote_lines models --names) ;;
    context:--budget) ;;
    context:--replay) ;;
    context:--of) words=$(__ledgernote_lines log -n 50) ;;
    source:--format) words=$'markdown\ntext\nclaude-code\ncodex' ;;
    export:--format) words=$'jsonl' ;;
    export:--output) ;;
    stats:--by) words=$'project\nthread\nmodel\nmonth\nday' ;;
    stats:--since) ;;
    models:-m|models:--model) words=$(__ledgernote_lines models --names) ;;
    models:-r|models:--thread) words=$(__ledgernote_lines threads --names) ;;
    *:-d|*:--ledger) ;;
    *:-p|*:--project) words=$(__ledgernote_lines projects) ;;
    *:--as) ;;
    *) case "$command:$place:$whole" in
        chat:*:-*) words=$'--continue\n--thread\n--at\n--new\n--model\n--vi\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        ask:*:-*) words=$'--continue\n--thread\n--model\n--system\n--file\n--extract\n--extract-last\n--option\n--budget\n--replay\n--no-replay\n--mute\n--no-log\n--dry-run\n--no-stream\n--of\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        note:*:-*) words=$'--tag\n--pin\n--mute\n--title\n--file\n--edit\n--private\n--supersedes\n--at\n--ref\n--split\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        find:*:-*) words=$'--tag\n--kind\n--thread\n--model\n--actor\n--since\n--until\n--on\n--pinned\n--number\n--all\n--ids\n--exact\n--sort\n--explain\n--each\n--like\n--save\n--saved\n--forget\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        show:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        log:*:-*) words=$'--number\n--since\n--actor\n--answer\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        tag:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        untag:*:-*) words=$'--yes\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        tags:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        pin:*:-*) words=$'--for\n--thread\n--everywhere\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        unpin:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        mute:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        unmute:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        edit:*:-*) words=$'--title\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        private:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        unprivate:*:-*) words=$'--yes\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        move:*:-*) words=$'--yes\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        rm:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        undo:*:-*) words=$'--redo\n--yes\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        history:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        purge:*:-*) words=$'--yes\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        projects:*:-*) words=$'--all\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        project:*:-*) words=$'--here\n--repository\n--edit\n--back\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        threads:*:-*) words=$'--all\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        thread:*:-*) words=$'--back\n--at\n--yes\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        context:*:-*) words=$'--continue\n--thread\n--model\n--budget\n--replay\n--of\n--each\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        why:*:-*) words=$'--to\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        import:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        source:*:-*) words=$'--format\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        pull:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        export:*:-*) words=$'--format\n--output\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        stats:*:-*) words=$'--by\n--since\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        verify:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        doctor:*:-*) words=$'--rebuild\n--index\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        config:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        completion:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        models:*:-*) words=$'--usable\n--all\n--why\n--model\n--thread\n--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        keys:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        *:*:-*) words=$'--ledger\n--project\n--json\n--no-color\n--as\n--quiet\n--verbose\n--version\n--help' ;;
        find:*:not:tag:*) words=$(__ledgernote_lines tags | command sed 's/^/not:tag:/') ;;
        find:*:not:project:*) words=$(__ledgernote_lines projects | command sed 's/^/not:project:/') ;;
        find:*:not:thread:*) words=$(__ledgernote_lines threads --names | command sed 's/^/not:thread:/') ;;
        find:*:not:model:*) words=$(__ledgernote_lines models --names | command sed 's/^/not:model:/') ;;
        find:*:not:kind:*) words=$'not:kind:question\nnot:kind:answer\nnot:kind:note\nnot:kind:summary' ;;
        find:*:not:is:*) words=$'not:is:pinned\nnot:is:private\nnot:is:muted\nnot:is:superseded' ;;
        find:*:not:since:*) words=$'not:since:today\nnot:since:yesterday\nnot:since:7d\nnot:since:2w\nnot:since:friday' ;;
        find:*:not:until:*) words=$'not:until:today\nnot:until:yesterday\nnot:until:7d\nnot:until:2w\nnot:until:friday' ;;
        find:*:not:on:*) words=$'not:on:today\nnot:on:yesterday\nnot:on:7d\nnot:on:2w\nnot:on:friday' ;;
        find:*:tag:*) words=$(__ledgernote_lines tags | command sed 's/^/tag:/') ;;
        find:*:project:*) words=$(__ledgernote_lines projects | command sed 's/^/project:/') ;;
        find:*:thread:*) words=$(__ledgernote_lines threads --names | command sed 's/^/thread:/') ;;
        find:*:model:*) words=$(__ledgernote_lines models --names | command sed 's/^/model:/') ;;
        find:*:kind:*) words=$'kind:question\nkind:answer\nkind:note\nkind:summary' ;;
        find:*:is:*) words=$'is:pinned\nis:private\nis:muted\nis:superseded' ;;
        find:*:@*) words=$(__ledgernote_lines find --saved | command sed 's/^/@/') ;;
        find:*:since:*) words=$'since:today\nsince:yesterday\nsince:7d\nsince:2w\nsince:friday' ;;
        find:*:until:*) words=$'until:today\nuntil:yesterday\nuntil:7d\nuntil:2w\nuntil:friday' ;;
        find:*:on:*) words=$'on:today\non:yesterday\non:7d\non:2w\non:friday' ;;
        find:*) words=$'not:tag:\nnot:project:\nnot:thread:\nnot:model:\nnot:kind:\nnot:is:\nnot:since:\nnot:until:\nnot:on:\ntag:\nproject:\nthread:\nmodel:\nkind:\nis:\nsince:\nuntil:\non:'; compopt -o nospace 2>/dev/null ;;
        show:*) words=$(__ledgernote_lines log -n 50) ;;
        tag:0:*) words=$(__ledgernote_lines tags) ;;
        tag:*) words=$(__ledgernote_lines log -n 50) ;;
        untag:0:*) words=$(__ledgernote_lines tags) ;;
        untag:*) words=$(__ledgernote_lines log -n 50) ;;
        pin:*) words=$(__ledgernote_lines log -n 50) ;;
        unpin:*) words=$(__ledgernote_lines log -n 50) ;;
        mute:*) words=$(__ledgernote_lines log -n 50) ;;
        unmute:*) words=$(__ledgernote_lines log -n 50) ;;
        edit:0:*) words=$(__ledgernote_lines log -n 50) ;;
        private:*) words=$(__ledgernote_lines log -n 50) ;;
        unprivate:*) words=$(__ledgernote_lines log -n 50) ;;
        move:0:*) words=$(__ledgernote_lines log -n 50) ;;
        move:1:*) words=$(__ledgernote_lines projects) ;;
        rm:*) words=$(__ledgernote_lines log -n 50) ;;
        history:0:*) words=$(__ledgernote_lines log -n 50) ;;
        purge:*) words=$(__ledgernote_lines log -n 50) ;;
        project:0:*) words=$'new\nuse\nrename\narchive\nbrief' ;;
        project:1:*) words=$(__ledgernote_lines projects) ;;
        thread:0:*) words=$'rename\nmove\nfork\narchive' ;;
        thread:1:*) words=$(__ledgernote_lines threads --names) ;;
        thread:*) words=$(__ledgernote_lines projects) ;;
        why:0:*) words=$(__ledgernote_lines log -n 50) ;;
        import:0:*) words=$'auto\nllm\nchatgpt\nclaude\nclaude-code\ncodex\njsonl\naichat\nmarkdown\ntext' ;;
        source:0:*) words=$'add\nlist\nrm' ;;
        source:1:*) ;;
        config:0:*) words=$'get\nset\npath' ;;
        config:1:*) words=$'ledger\nmodel\nkey_command\nembedder\nbudget\nreplay\nsystem\nday_starts\nediting\npager\nidle_hours\ncap\ncompact\nfallback\nretries\nconnect_seconds\nfirst_seconds\nsilence_seconds' ;;
        config:2:*) [[ $prev == *model ]] && words=$(__ledgernote_lines models --names) ;;
        completion:0:*) words=$'bash\nzsh\nfish' ;;
        keys:0:*) words=$'set\nlist\nrm' ;;
        keys:1:*) words=$'openai\nanthropic\ngemini\nmistral\ngroq\ndeepseek\nxai\nopenrouter' ;;
        help:0:*|:0:*) words=$'chat\nask\nnote\nfind\nshow\nlog\ntag\nuntag\ntags\npin\nunpin\nmute\nunmute\nedit\nprivate\nunprivate\nmove\nrm\nundo\nhistory\npurge\nprojects\nproject\nthreads\nthread\ncontext\nwhy\nimport\nsource\npull\nexport\nstats\nverify\ndoctor\nconfig\ncompletion\nmodels\nkeys\nhelp' ;;
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

complete -o default -F _ledgernote ledgernote lnote
