"""The slash commands: one table that help, completion and dispatch read."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.render.escape import padded
from ledgernote.render.wrap import wrapped
from ledgernote.repl import (
    back,
    carrying,
    clipping,
    finding,
    first,
    keeping,
    looking,
    moving,
    sums,
    tasks,
)
from ledgernote.repl.session import Desk, Session

Act = Callable[[Session, str, Desk], Session]


@frozen(kw_only=False)
class Row:
    """One command. The first four stand bare, so that the table reads as one."""

    name: str
    arguments: str
    """`[NAME]` may be left out, `NAME` may not, empty takes none."""
    help: str
    act: Act
    takes: tuple[str, ...] = ()
    """What Tab completes them to, `file` or one of `complete.LISTS`; the last one repeats."""
    options: tuple[finding.Option, ...] = ()
    fields: tuple[str, ...] = ()
    """Kinds, of `complete.LISTS`, that words name before a colon: `tag:rates`."""
    at: str = ""
    """What Tab completes a word behind `@` to, where that brings nothing along."""
    lines: bool = False
    """The words may have several lines."""
    also: tuple[str, ...] = ()
    """Hidden further names."""


def _help(session: Session, words: str, desk: Desk) -> Session:
    wanted = [COMMANDS[words.removeprefix("/")]] if words.removeprefix("/") in COMMANDS else _ROWS
    look = desk.look(session)
    for row in wanted:
        usage = f"/{row.name} {row.arguments}".rstrip()
        if (look.width or 80) >= 70:
            line = f"  {look.style('cyan', padded(usage, 24))} {row.help}"
            desk.out.data(wrapped(line, look.width, " " * 27))
        else:
            words_of = wrapped(f"      {row.help}", look.width, " " * 6)
            desk.out.data(f"  {look.style('cyan', usage)}\n{words_of}")
    if len(wanted) == 1:
        for option in wanted[0].options:
            desk.out.data(f"    {padded(option.usage, 22)} {option.help}")
    else:
        desk.out.data("")
        for keys, what in KEYS:
            desk.out.data(wrapped(f"  {keys}: {what}", look.width, " " * 4))
    return session


_ROWS = (
    Row("help", "[COMMAND]", "these lines", _help),
    Row("model", "[NAME]", "which model answers, or another", moving.model, takes=("model",)),
    Row(
        "key", "[PROVIDER]", "keep a key, typed unseen, and use it", first.key, takes=("provider",)
    ),
    Row("skip", "", "go on without a model", first.skip),
    Row("models", "", "the models that can be asked now", sums.models),
    Row("new", "[NAME]", "begin a thread", moving.new),
    Row("resume", "[THREAD]", "go on with a thread", moving.resume, takes=("thread",)),
    Row("threads", "", "the threads of the project, to go on with", moving.threads),
    Row("rename", "NAME", "call this thread otherwise", back.rename),
    Row("title", "", "let the model name this thread", tasks.title),
    Row("project", "[NAME]", "the projects, or work in one", moving.project, takes=("project",)),
    Row(
        "find",
        "QUERY [--OPTION…]",
        "search notes and talk",
        finding.find,
        options=finding.OPTIONS,
        fields=("tag", "project", "thread", "model"),
        at="search",
    ),
    Row("show", "HANDLE…", "entries whole, or a thread", looking.show, takes=("handle",)),
    Row("use", "HANDLE…", "bring along with the next question", moving.use, takes=("handle",)),
    Row(
        "note",
        "[TEXT|N #tag]",
        "keep words, the last answer, or a piece of it",
        keeping.note,
        lines=True,
    ),
    Row("copy", "[N]", "the last answer, or a piece of it, to the clipboard", clipping.copy),
    Row(
        "pin",
        "[HANDLE… --for 30d]",
        "always replay in this thread",
        keeping.pin,
        takes=("handle",),
    ),
    Row("unpin", "[HANDLE…]", "replay when it matters", keeping.unpin, takes=("handle",)),
    Row("pins", "", "what is always replayed here, and since when", sums.pins),
    Row("tag", "TAG[,TAG] [HANDLE…]", "put tags on", keeping.tag, takes=("tag", "handle")),
    Row("mute", "[HANDLE…]", "keep, find, never replay", keeping.mute, takes=("handle",)),
    Row("private", "[HANDLE…]", "never to a remote model", keeping.private, takes=("handle",)),
    Row("unprivate", "[HANDLE…]", "take that mark off again", keeping.unprivate, takes=("handle",)),
    Row("context", "[QUESTION]", "what would be sent, and why", looking.context, lines=True),
    Row("why", "[HANDLE]", "where an answer comes from", looking.why, takes=("handle",)),
    Row(
        "retry",
        "[MODEL]",
        "ask the last question again; both answers stay",
        back.retry,
        takes=("model",),
        also=("regenerate",),
    ),
    Row(
        "compare",
        "MODEL MODEL…",
        "ask the last question again, several models at once",
        back.compare,
        takes=("model",),
    ),
    Row("continue", "", "go on with an answer that was cut off", back.go_on),
    Row("undo", "[redo]", "take back what you did last, or bring it back", back.undo),
    Row(
        "rewind",
        "[N|HANDLE]",
        "back to before an earlier turn, in a fork",
        back.rewind,
        takes=("handle",),
    ),
    Row("edit", "[N|HANDLE]", "the same, its question in the prompt", back.edit, takes=("handle",)),
    Row("fork", "[NAME]", "a second line of talk from here", back.fork, also=("branch",)),
    Row("compact", "", "let the model sum the thread up; all of it stays", tasks.compact),
    Row("multi", "", "a question of several lines, until a dot", clipping.multi),
    Row("paste", "", "the clipboard, text or image, comes with the next question", clipping.paste),
    Row("budget", "[N]", "tokens a context may take: 16000, 200k", moving.budget),
    Row("tokens", "", "tokens and cost of this thread, by model", sums.tokens),
    Row("cost", "", "the same", sums.tokens),
    Row(
        "export",
        "[PATH]",
        "this thread into a file: Markdown or .jsonl",
        carrying.export,
        takes=("file",),
    ),
    Row(
        "import",
        "FORMAT PATH",
        "take in an export or notes",
        carrying.import_,
        takes=("format", "file"),
    ),
    Row("clear", "", "clear the screen, no data", moving.clear),
    Row("exit", "", "leave; Ctrl-D does too", moving.leave, also=("quit",)),
)

COMMANDS: dict[str, Row] = {row.name: row for row in _ROWS}

KNOWN: dict[str, Row] = {name: row for row in _ROWS for name in (row.name, *row.also)}
"""What may be typed; help and completion name the first of each alone."""

KEYS = (
    ("Enter", "sends; Alt-Enter, Ctrl-J or a trailing \\ make a new line"),
    ('"""', "begins a block and ends it; a paste is one message"),
    ("Tab", "completes commands, models, threads, tags, handles and files; again goes on"),
    ("Ctrl-C", "stops an answer, clears a draft; twice leaves"),
    ("Ctrl-R", "searches your questions, again widens it to the project, then to all"),
    ("Up and Down", "go through what was sent and cleared"),
    ("Ctrl-D", "leaves, on an empty line"),
    ("Ctrl-G, Ctrl-X Ctrl-E", "open the editor"),
    ("@handle @file @thread", "bring that thing along"),
    ("@model: question", "asks another model once"),
    ("!command", "runs it; what it prints can come along"),
)


def run(session: Session, name: str, words: str, desk: Desk) -> Session:
    """Do what a row says. Raises `UsageError` when its words do not fit."""
    row = KNOWN[name]
    if words and not row.arguments:
        raise UsageError(f"/{name} takes no words", f"/{name} alone: {row.help}.")
    if not words and row.arguments and not row.arguments.startswith("["):
        raise UsageError(f"/{name} needs {row.arguments}", f"/{name} {row.arguments}: {row.help}.")
    return row.act(session, words, desk)


def nearest(word: str) -> str:
    """The command most like *word*, with its slash; empty when none is."""
    close = difflib.get_close_matches(word.removeprefix("/"), COMMANDS, n=1, cutoff=0.6)
    begun = [name for name in COMMANDS if name.startswith(word.removeprefix("/"))]
    return f"/{(begun + close)[0]}" if begun or close else ""
