"""`thread`: renaming, moving, forking and archiving a thread."""

from __future__ import annotations

from functools import partial

from ledgernote.cli.call import Call
from ledgernote.cli.confirm import agreeing
from ledgernote.domain.entries import Thread
from ledgernote.domain.errors import UsageError
from ledgernote.notebook import housekeeping
from ledgernote.render.records import thread_record

USES = {
    "rename": "thread rename THREAD NAME",
    "move": "thread move THREAD PROJECT",
    "fork": "thread fork THREAD [NAME] [--at HANDLE]",
    "archive": "thread archive THREAD [--back]",
}


def thread(
    call: Call,
    action: str,
    *words: str,
    back: bool = False,
    at: str | None = None,
    yes: bool = False,
) -> None:
    """Keep a thread in order."""
    name, *rest = words or ("",)
    needed = {"rename": rest, "move": len(rest) == 1}.get(action, True)
    if not name or not needed or (action == "archive" and rest):
        raise UsageError(f"usage: ledgernote {USES[action]}", "`ledgernote threads` lists them.")
    _only(action, "--back", "archive", given=back)
    _only(action, "--at", "fork", given=at is not None)
    new = " ".join(rest)
    with call.notebook() as notebook:
        move = partial(housekeeping.move_thread, notebook, name, new)
        if action == "rename":
            _tell(call, housekeeping.rename_thread(notebook, name, new), "renamed: {title}")
        elif action == "move":
            _tell(call, agreeing(call, move, yes=yes), "moved to {project}")
        elif action == "archive":
            found = housekeeping.archive_thread(notebook, name, archived=not back)
            _tell(call, found, "listed again" if back else "archived; find and replay still see it")
        else:
            made = housekeeping.fork_thread(notebook, name, at=at, new=new or None)
            _tell(call, made, "begun: {title}; `ledgernote chat -r {handle}` goes on there")


def _only(action: str, option: str, belongs: str, *, given: bool) -> None:
    if given and action != belongs:
        raise UsageError(f"{option} goes with `thread {belongs}`", f"ledgernote {USES[belongs]}")


def _tell(call: Call, thread: Thread, done: str) -> None:
    if call.out.json:
        call.out.record(thread_record(thread))
    elif done.startswith("begun"):
        call.out.data(thread.handle)
    said = done.format(title=thread.title, project=thread.project, handle=thread.handle)
    call.out.say(f"{thread.handle} {said}")
