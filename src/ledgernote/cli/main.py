"""The edge of the program: from argv to an exit code.

Imports the module of the one command invoked and nothing of the others: a note must be kept in
the time that a model's library takes to load its first file. Here, and nowhere else, errors
become sentences and exit codes.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from ledgernote.cli.argv import Globals, Invocation, command_of, read
from ledgernote.domain.errors import LedgernoteError, UsageError
from ledgernote.domain.text import to_text
from ledgernote.render.output import Output, color_allowed

INTERRUPTED = 130

PLACES = {
    **dict.fromkeys(("tag", "untag", "pin", "unpin", "mute", "unmute"), "label"),
    **dict.fromkeys(("edit", "private", "unprivate", "move", "rm"), "change"),
    **dict.fromkeys(("undo", "history", "purge"), "undo"),
    **dict.fromkeys(("projects", "threads", "tags"), "lists"),
    **dict.fromkeys(("import", "export"), "transfer"),
    "pull": "source",
    **dict.fromkeys(("verify", "doctor"), "trust"),
    "why": "answers",
}
"""The module that holds a command, where it is not called after it."""

KEEPING = ("note", "ask", "chat")
"""Commands that keep what is piped to them, unless they are told not to."""
NOT_KEEPING = frozenset(("-n", "--no-log", "--dry-run"))


def main() -> NoReturn:
    """Run the command line of this process and end it."""
    # Nothing that importing makes is garbage: looking for some costs a twentieth of a `note`.
    gc.disable()
    _hold_streams()
    _hear()
    argv = [to_text(os.fsencode(argument)) for argument in sys.argv[1:]]
    try:
        code = run(argv, os.environ)
    except SystemExit as left:  # nobody reads stdout any more
        code = int(left.code or 0)
    except KeyboardInterrupt:  # once more, while the first was answered
        code = INTERRUPTED
    _leave(code)


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Carry out one command line; gives the exit code."""
    out = _output(Globals(), environ)
    try:
        invocation = read(argv)
        out = _output(invocation.globals, environ)
        code = _carry_out(invocation, out, environ)
        out.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except LedgernoteError as error:
        _save_pipe(argv, out, error)
        out.error(str(error), error.hint)
        return error.exit_code
    except Exception as error:  # noqa: BLE001  what nobody foresaw ends here, with a sentence
        from ledgernote.cli.bug import told

        return told(error, out, environ)


def _save_pipe(argv: Sequence[str], out: Output, error: LedgernoteError) -> None:
    """What was piped to a command that keeps it, and failed before it had read all, is saved."""
    if command_of(argv) in KEEPING and NOT_KEEPING.isdisjoint(argv):
        from ledgernote.cli import pipe
        from ledgernote.render.rescue import save

        save(out, [pipe.rest()], error)


def _output(chosen: Globals, environ: Mapping[str, str]) -> Output:
    return Output(
        json=chosen.json,
        color=color_allowed(no_color=chosen.no_color, environ=environ),
        quiet=chosen.quiet,
        verbose=chosen.verbose,
    )


def _carry_out(invocation: Invocation, out: Output, environ: Mapping[str, str]) -> int:
    command = invocation.command
    chosen = invocation.globals
    if chosen.version:
        from importlib.metadata import version

        now = version("ledgernote")
        out.record({"version": now}) if chosen.json else out.data(f"ledgernote {now}")
        return 0
    if chosen.json and command is None and not chosen.help:
        raise UsageError("--json goes with a command", "Such as `ledgernote log --json`.")
    if chosen.help or (command is None and not out.tty):
        from ledgernote.cli.help import command_help, overview

        width = out.size()[0] if out.tty else None
        out.piece(command_help(command, width) if command else overview(width))
        return 0
    from ledgernote.cli.call import Call

    act = function_of(command or "home")
    call = Call(chosen, out, environ)
    # What stands by now stays until the end: the collector need not look at it again.
    gc.freeze()
    gc.enable()
    code = act(call, *invocation.words, **invocation.options) or 0
    call.remember_place()
    return code


def function_of(command: str) -> Callable[..., int | None]:
    """The function of a command, its module imported."""
    name = PLACES.get(command, command)
    # Python keeps the word for itself.
    function = "import_" if command == "import" else command
    found: Callable[..., int | None] = getattr(import_module(f"ledgernote.cli.{name}"), function)
    return found


def _hold_streams() -> None:
    """Open what came closed: a ledger opened as descriptor 1 would be written over."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _hear() -> None:
    """A closed terminal and a polite kill are as Ctrl-C: what was typed or said is kept first."""
    for one in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(one) is signal.SIG_DFL:  # nohup has set another
            signal.signal(one, signal.default_int_handler)


def _leave(code: int) -> NoReturn:
    """End the process; taking the interpreter apart first costs a tenth of a `note`."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            # Talk that nobody hears changes nothing of what was done.
            code = code if stream is sys.stderr else code or 3
    os._exit(code)
