"""Every command and option of the command line, as one table.

argv reads it to sort the arguments and call the command with them, help and completion word it.
It knows words only: nothing here runs a command, opens a file or imports more than a dataclass.
"""

from __future__ import annotations

from ledgernote.domain.frozen import frozen, replace


@frozen(kw_only=False)
class Option:
    """One option of a command. The first four stand bare, so that the table reads as one."""

    long: str
    """`--name`, under which help and errors speak of it."""
    short: str | None
    """`-x`, or None."""
    takes: str | None
    """What its value is called, in capitals; None for a flag."""
    help: str
    repeat: bool = False
    """May be given several times, and every value counts; else the last one does."""
    hidden: bool = False
    """Works, but is in no help and no completion."""
    also: tuple[str, ...] = ()
    """Hidden further spellings, dashes included."""
    alone: str | None = None
    """The value of the option where it is given without one; None: it needs one."""
    counts: bool = False
    """Its value is a whole number: `-n 5`, and `-n5` and `-5` too."""
    name: str = ""
    """Its parameter, where it is not called as the option is."""

    @property
    def parameter(self) -> str:
        """What the command's function calls it."""
        return self.name or self.long[2:].replace("-", "_")

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every token that means this option."""
        return (self.long, *((self.short,) if self.short else ()), *self.also)


@frozen(kw_only=False)
class Command:
    """One command. The first three stand bare, so that the table reads as one."""

    name: str
    words: str
    """What stands beside the options, as usage shows it: `HANDLE…`, `[QUERY…]`."""
    summary: str
    options: tuple[Option, ...] = ()
    epilog: str = ""
    also: tuple[str, ...] = ()
    """Hidden further names."""
    dashed: bool = False
    """A token with one leading dash that is no option is a word (`-debt`: without debt)."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where words may stand, as usage shows each."""
        return tuple(self.words.split())

    @property
    def verbs(self) -> tuple[str, ...]:
        """What the first word may be, where it says what is done with those that follow."""
        return alternatives(self.places[0]) if len(self.places) > 1 else ()


def alternatives(place: str) -> tuple[str, ...]:
    """The words that may stand in a place: `add|list|rm`; none where a name does."""
    return tuple(place.split("|")) if "|" in place and place.islower() else ()


GLOBALS = (
    Option("--ledger", "-d", "FILE", "The ledger to use."),
    Option("--project", "-p", "NAME", "The project to work in."),
    Option("--json", None, None, "One JSON object a line on stdout."),
    Option("--no-color", None, None, "No colour."),
    Option("--as", None, "NAME", "Who is writing; the login name unless told.", name="actor"),
    Option("--quiet", None, None, "Say nothing on stderr but errors."),
    Option("--verbose", None, None, "Say more on stderr."),
    Option("--version", None, None, "Print the version."),
    Option("--help", "-h", None, "Print what a command does."),
)

CONTINUE = Option(
    "--continue", "-c", None, "Go on with the thread used last.", also=("-C",), name="goes_on"
)
THREAD = Option(
    "--thread", "-r", "THREAD", "Go on with this thread.", also=("--cid", "--conversation")
)
PICK = "\0"
"""The thread that is still to be picked; nothing that can be typed."""
MODEL = Option("--model", "-m", "MODEL", "The model that answers.")
BUDGET = Option("--budget", None, "N", "Tokens the whole context may take.")
REPLAY = Option("--replay", None, "N", "Tokens of it for what is recalled now.")
NUMBER = Option("--number", "-n", "N", "How many at most (20); 0 for all.", counts=True)
SINCE = Option("--since", None, "DATE", "From this time on: 7d, friday, 2026-05-01.")
ACTOR = Option("--actor", None, "NAME", "Only what this actor wrote.")
TITLE = Option("--title", None, "TITLE", "Its title.")
MUTE = Option("--mute", None, None, "Keep it and find it, but never replay it.")

FIND = (
    Option("--tag", "-t", "TAG", "Only what carries this tag.", repeat=True),
    Option("--kind", None, "KIND", "Only question, answer, note or summary."),
    Option(
        "--thread", "-r", "THREAD", "Only within this thread.", also=("--cid", "--conversation")
    ),
    Option("--model", None, "MODEL", "Only what this model answered."),
    ACTOR,
    SINCE,
    Option("--until", None, "DATE", "Up to this time, that day included."),
    Option("--on", None, "DATE", "Only on this day, month or year."),
    Option("--pinned", None, None, "Only what is pinned."),
    NUMBER,
    Option("--all", "-a", None, "Search every project.", name="everywhere"),
    Option("--ids", None, None, "Print handles only."),
    Option("--exact", None, None, "The words just as typed."),
    Option("--sort", None, "ORDER", "By score, unless new or old first."),
    Option("--explain", None, None, "Say how the query was read and searched."),
    Option("--each", None, None, "One query a line on stdin."),
    Option("--like", None, "HANDLE", "What is like this entry."),
    Option("--save", None, "NEW", "Save the search: `find @NEW` is it from then on."),
    Option("--saved", None, None, "List the saved searches."),
    Option("--forget", None, "SEARCH", "Forget a saved search."),
)

ASK = (
    CONTINUE,
    Option(
        "--thread",
        "-r",
        "THREAD",
        "Go on with this thread, or begin it.",
        also=("--cid", "--conversation"),
    ),
    Option("--model", "-m", "MODEL", "The model that answers; several answer alike.", repeat=True),
    Option("--system", "-s", "TEXT", "The system text of the thread from now on."),
    Option("--file", "-f", "FILE", "Material: a file, an image or a handle.", repeat=True),
    Option("--extract", "-x", None, "Print the first fenced block of the answer alone."),
    Option("--extract-last", None, None, "Print the last fenced block alone.", also=("--xl",)),
    Option("--option", "-o", "KEY=VALUE", "An option of the model.", repeat=True),
    BUDGET,
    REPLAY,
    Option("--no-replay", None, None, "Recall nothing."),
    MUTE,
    Option("--no-log", "-n", None, "Keep nothing at all of this turn."),
    Option("--dry-run", None, None, "Show what would be sent, send nothing."),
    Option("--no-stream", None, None, "Print the answer when it is whole."),
    Option("--of", None, "HANDLE", "Ask this question again, with exactly what was sent then."),
    Option("--each", None, None, "One question a line on stdin."),
)

NOTE = (
    Option("--tag", "-t", "TAG", "Carry this tag.", repeat=True),
    Option("--pin", None, None, "Always replay it in this project."),
    MUTE,
    TITLE,
    Option("--file", "-f", "FILE", "Keep a file or an image.", repeat=True),
    Option("--edit", "-e", None, "Write it in the editor."),
    Option("--private", None, None, "Never send it to a model that is not local."),
    Option("--supersedes", None, "HANDLE", "It replaces this entry."),
    Option("--at", None, "TIME", "When it was written; now unless told."),
    Option("--ref", None, "NAME", "Its name at its source; the same one is kept once."),
    Option("--split", None, None, "One note for each paragraph."),
    Option("--each", None, None, "One note a line on stdin."),
)

CHAT = (
    CONTINUE,
    replace(THREAD, help="Go on with this thread; without a name, pick one.", alone=PICK),
    Option("--at", None, "HANDLE", "Open its thread at this turn; questions go on in a fork."),
    Option("--new", None, None, "Begin a new thread."),
    MODEL,
    Option("--vi", None, None, "Edit the prompt as vi does."),
)

CONTEXT = (
    CONTINUE,
    THREAD,
    MODEL,
    BUDGET,
    REPLAY,
    Option("--of", None, "HANDLE", "What was sent for this answer."),
    Option("--each", None, None, "One question a line on stdin."),
)

LOG = (NUMBER, SINCE, ACTOR, Option("--answer", None, None, "The text of the last answer alone."))

PIN = (
    Option("--for", None, "TIME", "Until then only: 30d, 2w, 3m.", name="duration"),
    Option("--thread", None, None, "In its thread."),
    Option("--everywhere", None, None, "In every project."),
)

YES = Option("--yes", "-y", None, "Do it without asking.")
ALL = Option("--all", "-a", None, "Archived ones too.", name="archived")

NAMES = Option("--names", None, None, "Only what may be typed for them, for TAB.", hidden=True)

MODELS = (
    Option("--usable", None, None, "Only those that answer now."),
    Option("--all", "-a", None, "Dated ones too, and those that go away.", name="everything"),
    Option("--why", None, None, "Why one of them answers: every rule, in order."),
    replace(MODEL, help="What this name means."),
    replace(THREAD, help="Which one goes on with this thread."),
    NAMES,
)

UNDO = (Option("--redo", None, None, "Bring back what was undone last."), YES)

PROJECT = (
    Option("--here", None, None, "`use`: in this folder and below, by a marker file."),
    Option("--repository", None, None, "`use`: in this git repository and its worktrees."),
    Option("--edit", "-e", None, "`brief`: write it in the editor."),
    Option("--back", None, None, "`archive`: take it in again."),
)

THREADS = (
    Option("--back", None, None, "`archive`: take it in again."),
    Option("--at", None, "HANDLE", "`fork`: the last entry that comes along."),
    YES,
)

EXPORT = (
    Option("--format", None, "FORMAT", "jsonl: every field of every entry.", name="form"),
    Option("--output", None, "PATH", "Where to; stdout unless told."),
)

MINUS = "What follows `--` is words: `ledgernote {0} -- --so` takes `--so` as typed."

PIPED = (
    "What is piped stands below the words or the file; a last `-` says so, and changes nothing.\n"
    "In a loop that reads a pipe itself: </dev/null.\n"
)

LOOKED_AT = "markdown|text|claude-code|codex"

_ROWS = (
    Command("chat", "", "Talk with a model; everything said is kept.", options=CHAT),
    Command(
        "ask",
        "[QUESTION…]",
        "Ask a model one question.",
        options=ASK,
        epilog=MINUS.format("ask"),
        dashed=True,
    ),
    Command(
        "note",
        "[TEXT…]",
        "Keep a note.",
        options=NOTE,
        epilog=PIPED + MINUS.format("note"),
        also=("a", "add"),
        dashed=True,
    ),
    Command(
        "find",
        "[QUERY…]",
        "Search notes and talk together.",
        options=FIND,
        epilog='words · "a phrase" · -not · one OR other · prefix* · tag:x · since:7d · @saved',
        also=("q", "search"),
        dashed=True,
    ),
    Command("show", "HANDLE…", "Show an entry or a whole thread."),
    Command("log", "", "List the latest entries, oldest first.", options=LOG, also=("logs",)),
    Command("tag", "TAG[,TAG] HANDLE…", "Put tags on entries."),
    Command("untag", "TAG[,TAG] HANDLE…", "Take tags off entries.", options=(YES,)),
    Command("tags", "", "List the tags."),
    Command("pin", "HANDLE…", "Always replay entries.", options=PIN),
    Command("unpin", "HANDLE…", "Replay entries when they matter."),
    Command("mute", "HANDLE…", "Keep and find entries, but never replay them."),
    Command("unmute", "HANDLE…", "Replay entries when they matter again."),
    Command("edit", "HANDLE", "Change the words of an entry.", options=(TITLE,)),
    Command("private", "HANDLE…", "Never send entries to a model that is not local."),
    Command("unprivate", "HANDLE…", "Take marks of privacy off.", options=(YES,)),
    Command("move", "HANDLE… PROJECT", "Put entries into another project.", options=(YES,)),
    Command("rm", "HANDLE…", "Hide entries everywhere; undo brings them back."),
    Command("undo", "", "Take back what you did last.", options=UNDO),
    Command("history", "HANDLE", "Show everything that happened to an entry."),
    Command("purge", "HANDLE…", "Erase the words of entries for good.", options=(YES,)),
    Command("projects", "", "List the projects.", options=(ALL,)),
    Command(
        "project",
        "new|use|rename|archive|brief NAME [WORDS…]",
        "Make a project, work in it, keep it in order.",
        options=PROJECT,
    ),
    Command(
        "threads",
        "",
        "List the threads of the project.",
        options=(ALL, NAMES),
        also=("conversations",),
    ),
    Command(
        "thread",
        "rename|move|fork|archive THREAD [NAME…]",
        "Keep a thread in order.",
        options=THREADS,
    ),
    Command(
        "context",
        "[QUESTION…]",
        "Show what would be sent, or was, and why.",
        options=CONTEXT,
        epilog=MINUS.format("context"),
        dashed=True,
    ),
    Command(
        "why",
        "HANDLE",
        "Show where an answer comes from.",
        options=(Option("--to", None, None, "The other way: what was made from it."),),
        also=("trace",),
    ),
    Command("import", "FORMAT|auto PATH", "Take in an export or a folder of notes."),
    Command(
        "source",
        "add|list|rm [PATH|NAME]",
        "Name folders that are looked at whenever the notebook opens.",
        options=(Option("--format", None, LOOKED_AT, "`add`: what its files are.", name="form"),),
        epilog="source add claude-code, source add codex: where those tools keep their transcripts",
    ),
    Command("pull", "", "Take in what is new in the sources."),
    Command("export", "", "Write the notebook out.", options=EXPORT),
    Command(
        "stats",
        "",
        "Count entries, tokens and cost.",
        options=(
            Option(
                "--by",
                None,
                "WHAT",
                "Only by project, thread, model, month or day; all of them.",
                repeat=True,
            ),
            Option("--since", None, "TIME", "Only what is newer."),
        ),
    ),
    Command("verify", "", "Check every hash of the ledger."),
    Command(
        "doctor",
        "",
        "Say what is wrong and how to mend it.",
        options=(
            Option("--rebuild", None, None, "Make the derived tables again."),
            Option("--index", None, None, "Index by meaning all that is not yet."),
        ),
    ),
    Command(
        "config",
        "get|set|path [NAME] [VALUE]",
        "Read and change settings.",
        dashed=True,
        epilog="consent.SOURCE.PROVIDER: always, never or ask; config get consent lists them",
    ),
    Command(
        "completion",
        "bash|zsh|fish",
        "Print the script that completes words in a shell.",
        epilog="""\
bash: source <(ledgernote completion bash)  in ~/.bashrc
zsh:  source <(ledgernote completion zsh)   in ~/.zshrc, or as _ledgernote in a folder of fpath
fish: ledgernote completion fish > ~/.config/fish/completions/ledgernote.fish""",
    ),
    Command(
        "models",
        "",
        "List the models.",
        options=MODELS,
    ),
    Command(
        "keys",
        "set|list|rm [PROVIDER]",
        "Keep keys of providers, list them, forget them.",
        epilog="The key is typed unseen or piped: op read … | ledgernote keys set openai",
    ),
)

COMMANDS: dict[str, Command] = {row.name: row for row in _ROWS}
"""Every command by its name, in the order of help; hidden names are in `also`."""

TOPICS = ("keeping",)
"""What `help` explains besides commands."""
