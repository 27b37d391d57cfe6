"""Which project a command works in, when nobody names one.

A name given beats the nearest marker, a marker beats the repository's binding, and what was
named last at this terminal beats `inbox`. Owns the two small state files of that.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from ledgernote.config import Settings
from ledgernote.domain.errors import UsageError

MARKER = ".ledgernote"
REPOSITORIES, TERMINALS = "repositories.json", "terminals.json"
INBOX = "inbox"
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
REMEMBERED = 100
"""Terminals; older ones are forgotten."""


class How(Enum):
    """How a project came to be chosen."""

    NAMED = "named"
    MARKER = "marker"
    REPOSITORY = "repository"
    TERMINAL = "terminal"
    INBOX = "inbox"


class Place(NamedTuple):
    """A project, by name or by the line of a marker."""

    project: str
    how: How

    @property
    def chosen(self) -> bool:
        """Someone said so, here or for this folder; lists then show nothing else."""
        return self.how not in {How.TERMINAL, How.INBOX}


def find(named: str | None, settings: Settings, environ: Mapping[str, str]) -> Place:
    """The project to work in. Raises `UsageError` for a marker that names none."""
    if name := named or environ.get("LEDGERNOTE_PROJECT"):
        return Place(name, How.NAMED)
    folders = list(_folders())
    if name := _marked(folders):
        return Place(name, How.MARKER)
    if name := _bound(folders, settings.state):
        return Place(name, How.REPOSITORY)
    if name := _remembered(settings):
        return Place(name, How.TERMINAL)
    return Place(INBOX, How.INBOX)


def _folders() -> Iterator[Path]:
    """This folder and those above it; none when it was removed under us."""
    try:
        here = Path.cwd()
    except OSError:
        return
    yield here
    yield from here.parents


def _marked(folders: list[Path]) -> str | None:
    for folder in folders:
        path = folder / MARKER
        try:
            if not path.is_file():  # a pipe of that name would never end
                continue
            with path.open(encoding="utf-8", errors="replace") as file:
                line = file.readline(1000)
        except OSError:  # none here, a folder of that name, or not for us to read
            continue
        return _read_marker(path, line.strip())
    return None


def mark(line: str) -> Path:
    """Make this folder and those below it belong to a project. Raises `UsageError`."""
    path = Path.cwd() / MARKER
    try:
        path.write_text(f"{line}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "Try another folder."
        ) from None
    return path


def _read_marker(path: Path, line: str) -> str:
    """What a marker names: its line, or the name alone where it has no id.

    The name is needed where the ledger does not know the id yet: the project is made with both,
    so that two machines mean the same one. Raises `UsageError`.
    """
    from ledgernote.domain.text import clean_name

    id_, _, name = (part.strip() for part in line.partition("#"))
    if not (id_ or clean_name(name)) or (id_ and not UUID.fullmatch(id_)):
        raise UsageError(
            f"{path} names no project",
            "It holds one line, `ID  # name`, or `# name`; mend or remove it, or give -p NAME.",
        )
    return f"{id_}  # {name}" if id_ else name


# ---- repositories --------------------------------------------------------------------


def _bound(folders: list[Path], state: Path) -> str | None:
    """The project that this repository is bound to, whichever worktree or clone of it this is."""
    bindings = _read(state / REPOSITORIES)
    if not bindings:
        return None
    from ledgernote.cli import repository

    bound = (bindings.get(name) for name in repository.names(folders))
    return next((name for name in bound if isinstance(name, str)), None)


def bind(project: str, settings: Settings) -> str:
    """Bind the repository we are in to a project, `ID  # name`; gives what it is known by.

    Raises `UsageError` outside of one.
    """
    from ledgernote.cli import repository

    names = repository.names(_folders())
    if not names:
        raise UsageError("no git repository here", "--here marks this folder instead.")
    path = settings.state / REPOSITORIES
    _write(path, {**_read(path), **dict.fromkeys(names, project)})
    return names[-1]


# ---- terminals -----------------------------------------------------------------------


def _terminal(settings: Settings) -> str | None:
    """This terminal's name. The session is part of it: a device's name is given out again."""
    for descriptor in (0, 1, 2):
        try:
            name = os.ttyname(descriptor)
            return f"{settings.ledger.absolute()}|{name}|{os.getsid(0)}"
        except OSError:
            continue
    return None


def _remembered(settings: Settings) -> str | None:
    name = None
    if terminal := _terminal(settings):
        name = _read(settings.state / TERMINALS).get(terminal)
    return name if isinstance(name, str) else None


def remember(project: str, settings: Settings) -> bool:
    """Keep which project was named at this terminal, by name or `ID  # name`.

    False without a terminal.
    """
    terminal = _terminal(settings)
    if terminal is None:
        return False
    path = settings.state / TERMINALS
    known = _read(path)
    if known.get(terminal) != project:
        known.pop(terminal, None)
        _write(path, dict([*known.items(), (terminal, project)][-REMEMBERED:]))
    return True


def renamed(old: str, project: str, settings: Settings) -> None:
    """Terminals that remember a project by its former name know it by `ID  # name` from now on."""
    path = settings.state / TERMINALS
    known, ours = _read(path), f"{settings.ledger.absolute()}|"
    moved = {key: project for key, name in known.items() if name == old and key.startswith(ours)}
    if moved:
        _write(path, {**known, **moved})


def _read(path: Path) -> dict[str, object]:
    import json

    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, value: object) -> None:
    """Replace a small file; state may be lost without loss, so a failure is none."""
    import json

    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(value, file)
        fresh.replace(path)
