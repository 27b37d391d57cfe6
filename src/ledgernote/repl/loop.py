"""The door of `ledgernote chat`: where one is, the keyboard, then the talk itself.

prompt-toolkit loads behind this door, once the keyboard is ours: what is typed while it loads
is kept, and without a terminal it is not needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from ledgernote.domain.errors import UsageError
from ledgernote.notebook.answering import is_awaited, the_model, unset
from ledgernote.notebook.keys import ending
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Material
from ledgernote.render.output import Output, color_allowed
from ledgernote.repl import lines
from ledgernote.repl.awaited import Awaited
from ledgernote.repl.earlier import opened
from ledgernote.repl.session import Session, Start
from ledgernote.repl.terminal import held, keyboard


@ending()
def run(  # noqa: PLR0913  the options of `chat`, each by its name
    notebook: Notebook,
    *,
    thread: str | None = None,
    at: str | None = None,
    goes_on: bool = False,
    fresh: bool = False,
    model: str | None = None,
    pick: bool = False,
    vi: bool = False,
    material: tuple[Material, ...] = (),
    piped: Iterator[bytes] = iter(()),  # noqa: B008  empty stays empty
    out: Output | None = None,
) -> int:
    """Talk until it is over; the exit code. Without a terminal: one turn for each line *piped*.

    *thread*, *goes_on* and *fresh* say where: in that thread, in the one last used, in a new one;
    with none of them in the one last used too, but after idle hours that is asked first;
    with *pick* in one that is picked from a list. *at* is a handle: of the thread's turns those
    that come after that entry's are not there.
    Raises `NoSuchThing` for an unknown thread, entry or model.
    """
    out = out or Output(color=color_allowed(no_color=False, environ=os.environ))
    keys = keyboard() if out.tty else None
    about = (notebook.settings, notebook.project_name)
    awaited = Awaited(*about) if not model and is_awaited(*about) else None
    missing = unset(*about) if keys and not model and not awaited else ""
    session = Session(
        notebook=notebook,
        model=the_model(notebook, "offline" if missing or awaited else model, say=out.say),
        chosen=bool(model),
        awaited=awaited,
        unset=missing,
        material=material,
    )
    thread = thread or (_thread_of(notebook, at) if at else None)
    last = None if thread or fresh or pick else notebook.last_thread(newest=goes_on)
    name = thread or (last.handle if last else None)
    start = Start(session)
    if name:
        found = notebook.thread(name)
        start = opened(session, *found, at) if at else Start.of(session, *found)
    if keys is None:
        if start.told:
            out.say(start.told)
        return lines.run(start.session, out, piped)
    with held(keys.fileno(), sys.stdout.fileno()) as (mode, early):
        from ledgernote.repl.talk import Terminal, talk

        return talk(
            start, Terminal(out, keys, mode, early), vi=vi, idle=not (thread or goes_on), pick=pick
        )


def _thread_of(notebook: Notebook, name: str) -> str:
    """The thread of an entry. Raises `NoSuchThing`, and `UsageError` where it is in none."""
    entry = notebook.entry(name)
    if entry.thread is None:
        raise UsageError(
            f"{entry.handle} is in no thread",
            "`ledgernote show HANDLE` shows it; in a talk, /use HANDLE brings it along.",
        )
    return entry.thread
