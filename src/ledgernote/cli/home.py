"""Bare `ledgernote` at a terminal: where you were, and one key to go on."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ledgernote.cli.call import Call, has_terminal
from ledgernote.cli.columns import two_columns
from ledgernote.domain.entries import Thread
from ledgernote.domain.errors import NoLedger
from ledgernote.domain.frozen import replace
from ledgernote.notebook.home import Home
from ledgernote.notebook.home import home as gather
from ledgernote.render.escape import one_line
from ledgernote.render.look import Look
from ledgernote.render.views import entry_line, thread_line
from ledgernote.render.wrap import wrapped

FIRST_STEPS = (
    ('ledgernote note "no cut before September"', "keep a thought"),
    ("some-command | ledgernote note -t macro", "keep what a program prints"),
    ("ledgernote find cut", "find it again"),
    ("ledgernote chat", "talk with a model that remembers it"),
    ('ledgernote ask "what did I think of cuts?"', "ask one question from the shell"),
    ("ledgernote import jsonl FILE", "bring in what you have"),
)

INDENT = 2
"""Columns before what stands under a title."""


def home(call: Call) -> int | None:
    """Show where you were; Enter goes on, `n` begins a new thread."""
    try:
        with call.notebook(looks=True) as notebook:
            found = gather(notebook, everywhere=not call.place.chosen)
            look = call.look(notebook)
            look = replace(look, width=(look.width or 80) - INDENT)
    except NoLedger:
        found = Home()
        look = None
    if found.empty or look is None:
        _first_steps(call)
        return None
    _show(call, found, look)
    last = found.threads[0] if found.threads else None
    if not has_terminal(call.out):
        return None
    goes_on = f"Enter goes on with {one_line(last.title, 40)} · " if last else ""
    keys = wrapped(f"{goes_on}n starts a new thread · q leaves", call.out.size()[0] - 1)
    call.out.piece(f"\n{keys} ", flush=True)
    key = _key()
    call.out.piece("\n", flush=True)
    return _talk(call, last, key)


def _first_steps(call: Call) -> None:
    width = call.out.size()[0]
    room = max(len(command) for command, _ in FIRST_STEPS)
    lines = [wrapped("The notebook is empty. Six ways to begin:", width), ""]
    lines += [*two_columns(FIRST_STEPS, width, room), ""]
    lines += [wrapped("`ledgernote --help` lists everything.", width)]
    call.out.data("\n".join(lines))


def _show(call: Call, found: Home, look: Look) -> None:
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("last threads", [thread_line(thread, look) for thread in found.threads]),
        ("cut off", [entry_line(entry, look) for entry in found.interrupted]),
        ("open questions", [entry_line(entry, look) for entry in found.open]),
        ("on this day", [entry_line(entry, look) for entry in found.day]),
        ("old pins", [entry_line(entry, look) for entry in found.pins]),
    )
    shown = [
        "\n".join((look.bold(title), *(_indented(line) for line in lines)))
        for title, lines in parts
        if lines
    ]
    nothing = wrapped("no thread yet; `ledgernote log` lists notes", call.out.size()[0])
    call.out.data("\n\n".join(shown) if shown else nothing)


def _indented(lines: str) -> str:
    return "\n".join(" " * INDENT + line for line in lines.split("\n"))


def _key() -> str:
    """One key, without Enter; empty at the end of input or on Ctrl-C."""
    import termios
    import tty

    terminal = os.open("/dev/tty", os.O_RDWR)
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        return os.read(terminal, 1).decode("ascii", "replace")
    except KeyboardInterrupt:
        return ""
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        os.close(terminal)


def _talk(call: Call, last: Thread | None, key: str) -> int | None:
    """Into the talk, when the key says so."""
    goes_on = key in {"\r", "\n"} and last is not None
    if not goes_on and key not in {"n", "N"}:
        return None
    from ledgernote.repl.loop import run

    project = last.project if goes_on and last else None
    with call.notebook(writes=True, project=project) as notebook:
        thread = last.handle if goes_on and last else None
        return run(notebook, thread=thread, goes_on=goes_on, fresh=not goes_on, out=call.out)
