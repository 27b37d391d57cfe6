# fish completion for ledgernote.
# Made from the table of commands; `ledgernote completion fish` prints it.

# The ledger, project and name typed on the line are those that are asked.
function __ledgernote_lines
    set -l given
    set -l tokens (commandline -opc)
    for i in (seq 2 (count $tokens))
        switch $tokens[$i]
            case -d --ledger -p --project --as
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
            case -d --ledger -p --project --as
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
        case 'not:tag:*'
            __ledgernote_lines tags | string replace -r '^' 'not:tag:'
        case 'not:project:*'
            __ledgernote_lines projects | string replace -r '^' 'not:project:'
        case 'not:thread:*'
            __ledgernote_lines threads --names | string replace -r '^' 'not:thread:'
        case 'not:model:*'
            __ledgernote_lines models --names | string replace -r '^' 'not:model:'
        case 'not:kind:*'
            printf '%s\n' not:kind:question not:kind:answer not:kind:note not:kind:summary
        case 'not:is:*'
            printf '%s\n' not:is:pinned not:is:private not:is:muted not:is:superseded
        case 'not:since:*'
            printf '%s\n' not:since:today not:since:yesterday not:since:7d not:since:2w not:since:friday
        case 'not:until:*'
            printf '%s\n' not:until:today not:until:yesterday not:until:7d not:until:2w not:until:friday
        case 'not:on:*'
            printf '%s\n' not:on:today not:on:yesterday not:on:7d not:on:2w not:on:friday
        case 'tag:*'
            __ledgernote_lines tags | string replace -r '^' 'tag:'
        case 'project:*'
            __ledgernote_lines projects | string replace -r '^' 'project:'
        case 'thread:*'
            __ledgernote_lines threads --names | string replace -r '^' 'thread:'
        case 'model:*'
            __ledgernote_lines models --names | string replace -r '^' 'model:'
        case 'kind:*'
            printf '%s\n' kind:question kind:answer kind:note kind:summary
        case 'is:*'
            printf '%s\n' is:pinned is:private is:muted is:superseded
        case '@*'
            __ledgernote_lines find --saved | string replace -r '^' '@'
        case 'since:*'
            printf '%s\n' since:today since:yesterday since:7d since:2w since:friday
        case 'until:*'
            printf '%s\n' until:today until:yesterday until:7d until:2w until:friday
        case 'on:*'
            printf '%s\n' on:today on:yesterday on:7d on:2w on:friday
        case '*'
            printf '%s\n' not:tag: not:project: not:thread: not:model: not:kind: not:is: not:since: not:until: not:on: tag: project: thread: model: kind: is: since: until: on:
    end
end

set -l commands chat ask note find show log tag untag tags pin unpin mute unmute edit private unprivate move rm undo history purge projects project threads thread context why import source pull export stats verify doctor config completion models keys help

complete -c ledgernote -s d -l ledger -r -d 'The ledger to use.'
complete -c ledgernote -s p -l project -x -a '(__ledgernote_lines projects)' -d 'The project to work in.'
complete -c ledgernote -l json -d 'One JSON object a line on stdout.'
complete -c ledgernote -l no-color -d 'No colour.'
complete -c ledgernote -l as -r -d 'Who is writing; the login name unless told.'
complete -c ledgernote -l quiet -d 'Say nothing on stderr but errors.'
complete -c ledgernote -l verbose -d 'Say more on stderr.'
complete -c ledgernote -l version -d 'Print the version.'
complete -c ledgernote -s h -l help -d 'Print what a command does.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a chat -d 'Talk with a model; everything said is kept.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a ask -d 'Ask a model one question.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a note -d 'Keep a note.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a find -d 'Search notes and talk together.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a show -d 'Show an entry or a whole thread.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a log -d 'List the latest entries, oldest first.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a tag -d 'Put tags on entries.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a untag -d 'Take tags off entries.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a tags -d 'List the tags.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a pin -d 'Always replay entries.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a unpin -d 'Replay entries when they matter.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a mute -d 'Keep and find entries, but never replay them.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a unmute -d 'Replay entries when they matter again.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a edit -d 'Change the words of an entry.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a private -d 'Never send entries to a model that is not local.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a unprivate -d 'Take marks of privacy off.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a move -d 'Put entries into another project.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a rm -d 'Hide entries everywhere; undo brings them back.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a undo -d 'Take back what you did last.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a history -d 'Show everything that happened to an entry.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a purge -d 'Erase the words of entries for good.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a projects -d 'List the projects.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a project -d 'Make a project, work in it, keep it in order.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a threads -d 'List the threads of the project.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a thread -d 'Keep a thread in order.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a context -d 'Show what would be sent, or was, and why.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a why -d 'Show where an answer comes from.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a import -d 'Take in an export or a folder of notes.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a source -d 'Name folders that are looked at whenever the notebook opens.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a pull -d 'Take in what is new in the sources.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a export -d 'Write the notebook out.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a stats -d 'Count entries, tokens and cost.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a verify -d 'Check every hash of the ledger.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a doctor -d 'Say what is wrong and how to mend it.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a config -d 'Read and change settings.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a completion -d 'Print the script that completes words in a shell.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a models -d 'List the models.'
complete -c ledgernote -n "not __fish_seen_subcommand_from $commands" -f -a keys -d 'Keep keys of providers, list them, forget them.'
complete -c ledgernote -n "__fish_seen_subcommand_from chat" -s c -l continue -d 'Go on with the thread used last.'
complete -c ledgernote -n "__fish_seen_subcommand_from chat" -s r -l thread -x -a '(__ledgernote_lines threads --names)' -d 'Go on with this thread; without a name, pick one.'
complete -c ledgernote -n "__fish_seen_subcommand_from chat" -l at -x -a '(__ledgernote_lines log -n 50)' -d 'Open its thread at this turn; questions go on in a fork.'
complete -c ledgernote -n "__fish_seen_subcommand_from chat" -l new -d 'Begin a new thread.'
complete -c ledgernote -n "__fish_seen_subcommand_from chat" -s m -l model -x -a '(__ledgernote_lines models --names)' -d 'The model that answers.'
complete -c ledgernote -n "__fish_seen_subcommand_from chat" -l vi -d 'Edit the prompt as vi does.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s c -l continue -d 'Go on with the thread used last.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s r -l thread -x -a '(__ledgernote_lines threads --names)' -d 'Go on with this thread, or begin it.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s m -l model -x -a '(__ledgernote_lines models --names)' -d 'The model that answers; several answer alike.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s s -l system -r -d 'The system text of the thread from now on.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s f -l file -r -d 'Material: a file, an image or a handle.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s x -l extract -d 'Print the first fenced block of the answer alone.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l extract-last -d 'Print the last fenced block alone.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s o -l option -r -d 'An option of the model.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l budget -r -d 'Tokens the whole context may take.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l replay -r -d 'Tokens of it for what is recalled now.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l no-replay -d 'Recall nothing.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l mute -d 'Keep it and find it, but never replay it.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -s n -l no-log -d 'Keep nothing at all of this turn.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l dry-run -d 'Show what would be sent, send nothing.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l no-stream -d 'Print the answer when it is whole.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l of -x -a '(__ledgernote_lines log -n 50)' -d 'Ask this question again, with exactly what was sent then.'
complete -c ledgernote -n "__fish_seen_subcommand_from ask" -l each -d 'One question a line on stdin.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -s t -l tag -x -a '(__ledgernote_lines tags)' -d 'Carry this tag.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l pin -d 'Always replay it in this project.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l mute -d 'Keep it and find it, but never replay it.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l title -r -d 'Its title.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -s f -l file -r -d 'Keep a file or an image.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -s e -l edit -d 'Write it in the editor.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l private -d 'Never send it to a model that is not local.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l supersedes -x -a '(__ledgernote_lines log -n 50)' -d 'It replaces this entry.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l at -r -d 'When it was written; now unless told.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l ref -r -d 'Its name at its source; the same one is kept once.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l split -d 'One note for each paragraph.'
complete -c ledgernote -n "__fish_seen_subcommand_from note" -l each -d 'One note a line on stdin.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -s t -l tag -x -a '(__ledgernote_lines tags)' -d 'Only what carries this tag.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l kind -x -a 'question answer note summary' -d 'Only question, answer, note or summary.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -s r -l thread -x -a '(__ledgernote_lines threads --names)' -d 'Only within this thread.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l model -x -a '(__ledgernote_lines models --names)' -d 'Only what this model answered.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l actor -r -d 'Only what this actor wrote.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l since -x -a 'today yesterday 7d 2w friday' -d 'From this time on: 7d, friday, 2026-05-01.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l until -x -a 'today yesterday 7d 2w friday' -d 'Up to this time, that day included.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l on -x -a 'today yesterday 7d 2w friday' -d 'Only on this day, month or year.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l pinned -d 'Only what is pinned.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -s n -l number -r -d 'How many at most (20); 0 for all.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -s a -l all -d 'Search every project.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l ids -d 'Print handles only.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l exact -d 'The words just as typed.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l sort -x -a 'score new old' -d 'By score, unless new or old first.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l explain -d 'Say how the query was read and searched.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l each -d 'One query a line on stdin.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l like -x -a '(__ledgernote_lines log -n 50)' -d 'What is like this entry.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l save -r -d 'Save the search: `find @NEW` is it from then on.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l saved -d 'List the saved searches.'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -l forget -x -a '(__ledgernote_lines find --saved)' -d 'Forget a saved search.'
complete -c ledgernote -n "__ledgernote_at show 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from log" -s n -l number -r -d 'How many at most (20); 0 for all.'
complete -c ledgernote -n "__fish_seen_subcommand_from log" -l since -x -a 'today yesterday 7d 2w friday' -d 'From this time on: 7d, friday, 2026-05-01.'
complete -c ledgernote -n "__fish_seen_subcommand_from log" -l actor -r -d 'Only what this actor wrote.'
complete -c ledgernote -n "__fish_seen_subcommand_from log" -l answer -d 'The text of the last answer alone.'
complete -c ledgernote -n "__ledgernote_at tag 0" -f -a '(__ledgernote_lines tags)'
complete -c ledgernote -n "__ledgernote_at tag 1 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at untag 0" -f -a '(__ledgernote_lines tags)'
complete -c ledgernote -n "__ledgernote_at untag 1 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from untag" -s y -l yes -d 'Do it without asking.'
complete -c ledgernote -n "__ledgernote_at pin 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from pin" -l for -r -d 'Until then only: 30d, 2w, 3m.'
complete -c ledgernote -n "__fish_seen_subcommand_from pin" -l thread -d 'In its thread.'
complete -c ledgernote -n "__fish_seen_subcommand_from pin" -l everywhere -d 'In every project.'
complete -c ledgernote -n "__ledgernote_at unpin 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at mute 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at unmute 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at edit 0" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from edit" -l title -r -d 'Its title.'
complete -c ledgernote -n "__ledgernote_at private 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at unprivate 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from unprivate" -s y -l yes -d 'Do it without asking.'
complete -c ledgernote -n "__ledgernote_at move 0" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at move 1" -f -a '(__ledgernote_lines projects)'
complete -c ledgernote -n "__fish_seen_subcommand_from move" -s y -l yes -d 'Do it without asking.'
complete -c ledgernote -n "__ledgernote_at rm 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from undo" -l redo -d 'Bring back what was undone last.'
complete -c ledgernote -n "__fish_seen_subcommand_from undo" -s y -l yes -d 'Do it without asking.'
complete -c ledgernote -n "__ledgernote_at history 0" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__ledgernote_at purge 0 last" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from purge" -s y -l yes -d 'Do it without asking.'
complete -c ledgernote -n "__fish_seen_subcommand_from projects" -s a -l all -d 'Archived ones too.'
complete -c ledgernote -n "__ledgernote_at project 0" -f -a 'new use rename archive brief'
complete -c ledgernote -n "__ledgernote_at project 1" -f -a '(__ledgernote_lines projects)'
complete -c ledgernote -n "__fish_seen_subcommand_from project" -l here -d '`use`: in this folder and below, by a marker file.'
complete -c ledgernote -n "__fish_seen_subcommand_from project" -l repository -d '`use`: in this git repository and its worktrees.'
complete -c ledgernote -n "__fish_seen_subcommand_from project" -s e -l edit -d '`brief`: write it in the editor.'
complete -c ledgernote -n "__fish_seen_subcommand_from project" -l back -d '`archive`: take it in again.'
complete -c ledgernote -n "__fish_seen_subcommand_from threads" -s a -l all -d 'Archived ones too.'
complete -c ledgernote -n "__ledgernote_at thread 0" -f -a 'rename move fork archive'
complete -c ledgernote -n "__ledgernote_at thread 1" -f -a '(__ledgernote_lines threads --names)'
complete -c ledgernote -n "__ledgernote_at thread 2 last" -f -a '(__ledgernote_lines projects)'
complete -c ledgernote -n "__fish_seen_subcommand_from thread" -l back -d '`archive`: take it in again.'
complete -c ledgernote -n "__fish_seen_subcommand_from thread" -l at -x -a '(__ledgernote_lines log -n 50)' -d '`fork`: the last entry that comes along.'
complete -c ledgernote -n "__fish_seen_subcommand_from thread" -s y -l yes -d 'Do it without asking.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -s c -l continue -d 'Go on with the thread used last.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -s r -l thread -x -a '(__ledgernote_lines threads --names)' -d 'Go on with this thread.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -s m -l model -x -a '(__ledgernote_lines models --names)' -d 'The model that answers.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -l budget -r -d 'Tokens the whole context may take.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -l replay -r -d 'Tokens of it for what is recalled now.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -l of -x -a '(__ledgernote_lines log -n 50)' -d 'What was sent for this answer.'
complete -c ledgernote -n "__fish_seen_subcommand_from context" -l each -d 'One question a line on stdin.'
complete -c ledgernote -n "__ledgernote_at why 0" -f -a '(__ledgernote_lines log -n 50)'
complete -c ledgernote -n "__fish_seen_subcommand_from why" -l to -d 'The other way: what was made from it.'
complete -c ledgernote -n "__ledgernote_at import 0" -f -a 'auto llm chatgpt claude claude-code codex jsonl aichat markdown text'
complete -c ledgernote -n "__ledgernote_at source 0" -f -a 'add list rm'
complete -c ledgernote -n "__fish_seen_subcommand_from source" -l format -x -a 'markdown text claude-code codex' -d '`add`: what its files are.'
complete -c ledgernote -n "__fish_seen_subcommand_from export" -l format -x -a 'jsonl' -d 'jsonl: every field of every entry.'
complete -c ledgernote -n "__fish_seen_subcommand_from export" -l output -r -d 'Where to; stdout unless told.'
complete -c ledgernote -n "__fish_seen_subcommand_from stats" -l by -x -a 'project thread model month day' -d 'Only by project, thread, model, month or day; all of them.'
complete -c ledgernote -n "__fish_seen_subcommand_from stats" -l since -r -d 'Only what is newer.'
complete -c ledgernote -n "__fish_seen_subcommand_from doctor" -l rebuild -d 'Make the derived tables again.'
complete -c ledgernote -n "__fish_seen_subcommand_from doctor" -l index -d 'Index by meaning all that is not yet.'
complete -c ledgernote -n "__ledgernote_at config 0" -f -a 'get set path'
complete -c ledgernote -n "__ledgernote_at config 1" -f -a 'ledger model key_command embedder budget replay system day_starts editing pager idle_hours cap compact fallback retries connect_seconds first_seconds silence_seconds'
complete -c ledgernote -n "__ledgernote_at config 2; and string match -q -- '*model' (commandline -opc)[-1]" -f -a '(__ledgernote_lines models --names)'
complete -c ledgernote -n "__ledgernote_at completion 0" -f -a 'bash zsh fish'
complete -c ledgernote -n "__fish_seen_subcommand_from models" -l usable -d 'Only those that answer now.'
complete -c ledgernote -n "__fish_seen_subcommand_from models" -s a -l all -d 'Dated ones too, and those that go away.'
complete -c ledgernote -n "__fish_seen_subcommand_from models" -l why -d 'Why one of them answers: every rule, in order.'
complete -c ledgernote -n "__fish_seen_subcommand_from models" -s m -l model -x -a '(__ledgernote_lines models --names)' -d 'What this name means.'
complete -c ledgernote -n "__fish_seen_subcommand_from models" -s r -l thread -x -a '(__ledgernote_lines threads --names)' -d 'Which one goes on with this thread.'
complete -c ledgernote -n "__ledgernote_at keys 0" -f -a 'set list rm'
complete -c ledgernote -n "__ledgernote_at keys 1" -f -a 'openai anthropic gemini mistral groq deepseek xai openrouter'
complete -c ledgernote -n "__fish_seen_subcommand_from find" -a '(__ledgernote_fields)'
complete -c lnote -w ledgernote
