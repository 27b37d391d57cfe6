"""`project`: making, choosing, renaming and archiving projects, and their briefs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ledgernote.cli import pipe, where
from ledgernote.cli.call import Call
from ledgernote.domain.entries import Project
from ledgernote.domain.errors import UsageError
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.notebook import housekeeping
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import visible
from ledgernote.render.records import project_record, uuid_text
from ledgernote.render.rescue import rescuing

USES = {
    "new": "project new NAME",
    "use": "project use NAME [--here|--repository]",
    "rename": "project rename NAME NEW",
    "archive": "project archive NAME [--back]",
    "brief": "project brief NAME [TEXT…|-e]",
}
OF = {"here": "use", "repository": "use", "edit": "brief", "back": "archive"}
"""The one action that an option goes with."""


class Asked(NamedTuple):
    """What `project` was asked to do."""

    name: str
    words: str
    here: bool
    repository: bool
    edit: bool
    back: bool


def project(
    call: Call,
    action: str,
    *words: str,
    here: bool = False,
    repository: bool = False,
    edit: bool = False,
    back: bool = False,
) -> None:
    """Make a project, work in it, keep it in order."""
    name, *rest = words or ("",)
    asked = Asked(name, " ".join(rest), here, repository, edit, back)
    misplaced = [one for one, belongs in OF.items() if getattr(asked, one) and belongs != action]
    wrong = {"rename": not rest, "brief": edit and bool(rest)}.get(action, bool(rest))
    if not name or misplaced or wrong or (here and repository):
        raise UsageError(f"usage: ledgernote {USES[action]}", "`ledgernote projects` lists them.")
    with call.notebook(writes=action == "new", project=where.INBOX) as notebook:
        ACTIONS[action](call, notebook, asked)


def _new(call: Call, notebook: Notebook, asked: Asked) -> None:
    made = housekeeping.new_project(notebook, asked.name)
    _tell(call, made, f"made; `ledgernote project use {made.name}` works in it")


def _use(call: Call, notebook: Notebook, asked: Asked) -> None:
    found = housekeeping.project(notebook, asked.name)
    line = _line(found)
    if asked.here:
        path = where.mark(line)
        _tell(call, found, f"is the project of this folder and those below, by {path}")
    elif asked.repository:
        bound = where.bind(line, call.settings)
        _tell(call, found, f"is the project of the repository {bound}")
    elif where.remember(line, call.settings):
        _tell(call, found, "is the project at this terminal")
    else:
        raise UsageError(
            "there is no terminal to remember it for",
            "--here marks this folder, --repository this git repository; or give -p NAME.",
        )


def _rename(call: Call, notebook: Notebook, asked: Asked) -> None:
    renamed = housekeeping.rename_project(notebook, asked.name, asked.words)
    where.renamed(asked.name, _line(renamed), call.settings)
    _tell(call, renamed, f"is what {asked.name} is called now")
    if asked.name in call.settings.projects:
        call.out.say(f"{call.settings.config} still has its settings as projects.{asked.name}")


def _archive(call: Call, notebook: Notebook, asked: Asked) -> None:
    found = housekeeping.archive_project(notebook, asked.name, archived=not asked.back)
    _tell(call, found, "listed again" if asked.back else "archived; find and replay still see it")


def _brief(call: Call, notebook: Notebook, asked: Asked) -> None:
    found = housekeeping.project(notebook, asked.name)
    held = bytearray(to_bytes(asked.words))
    with rescuing(call.out, lambda: [bytes(held)]):
        if pipe.is_given() and not held:
            pipe.read(call.out.say, held)
        elif asked.edit:
            from ledgernote.cli.editor import edit

            held += to_bytes(found.brief or "")
            edit(held, call.environ)
        elif not held:
            if call.out.json:
                call.out.record(project_record(found))
            else:
                call.out.data(visible(found.brief or "") if call.out.tty else found.brief or "")
            return
        changed = housekeeping.set_brief(notebook, asked.name, to_text(bytes(held)))
        held.clear()
    _tell(call, changed, "has its brief" if changed.brief else "has no brief any more")


def _line(project: Project) -> str:
    """A project as a marker names it: by its id, so that it may be renamed."""
    return f"{uuid_text(project.id)}  # {project.name}"


def _tell(call: Call, project: Project, done: str) -> None:
    if call.out.json:
        call.out.record(project_record(project))
    call.out.say(f"{project.name} {done}")


ACTIONS: dict[str, Callable[[Call, Notebook, Asked], None]] = {
    "new": _new,
    "use": _use,
    "rename": _rename,
    "archive": _archive,
    "brief": _brief,
}
