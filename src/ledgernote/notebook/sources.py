"""Folders that are looked at: named, listed, let go, and pulled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import clean_name
from ledgernote.interchange import folder as folders
from ledgernote.interchange import formats
from ledgernote.interchange.folder import ENDINGS, NOTES
from ledgernote.ledger import foreign, places, sources
from ledgernote.ledger.alone import alone
from ledgernote.ledger.sources import Source
from ledgernote.notebook import pulling
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.seeing import see
from ledgernote.notebook.transfer import ImportReceipt, Progress

KNOWN = {
    "claude-code": ("CLAUDE_CONFIG_DIR", ".claude", "projects"),
    "codex": ("CODEX_HOME", ".codex", "sessions"),
}
"""Tools whose transcripts lie where everybody's lie: variable, folder at home, folder in that."""


@frozen
class Pulled:
    """What became of one look at a source."""

    source: Source
    receipt: ImportReceipt
    problem: str = ""
    """Why it could not be looked at."""

    @property
    def is_news(self) -> bool:
        """Whether anything came, went or could not be taken in."""
        got = self.receipt
        return bool(
            got.entries or got.revised or got.renamed or got.hidden or got.shown or got.skipped
        )


@frozen
class Listed:
    """A source, and how it stands."""

    source: Source
    project: str
    files: int
    """Those that were taken in and are there still."""
    there: bool


def every(notebook: Notebook) -> list[Source]:
    """The sources by name."""
    return sources.every(notebook.ledger)


def named(notebook: Notebook, name: str) -> Source:
    """The source of that name or path. Raises `NoSuchThing`."""
    for source in every(notebook):
        if name == source.name or _whole(Path(name)) == source.path:
            return source
    raise NoSuchThing(f"{name} is no source", "`ledgernote source list` lists them.")


def _whole(path: Path) -> str:
    return str(path.expanduser().resolve())


def listed(notebook: Notebook, source: Source) -> Listed:
    """A source with what a list says of it."""
    return Listed(
        source=source,
        project=places.name_of(notebook.ledger, source.project),
        files=sources.count(notebook.ledger, source.name),
        there=Path(source.path).is_dir(),
    )


# ---- naming and letting go -----------------------------------------------------------


def place_of(name: str, environ: Mapping[str, str]) -> tuple[Path, str]:
    """The folder that a person means, and the format that says so: a tool's name means its own."""
    if name not in KNOWN:
        return Path(_whole(Path(name))), "auto"
    variable, at_home, below = KNOWN[name]
    top = environ.get(variable) or str(Path("~", at_home))
    return Path(_whole(Path(top, below))), name


def add(
    notebook: Notebook,
    path: Path,
    form: str = "auto",
    *,
    project: str | None = None,
    progress: Progress | None = None,
) -> Pulled:
    """Look at the folder *path* from now on, and take in what is in it.

    What is new goes into *project*, else into one named after the folder. Raises `UsageError`
    and `NoSuchThing`.
    """
    _demand_free(every(notebook), path)  # before a look into the folder, which may be slow
    format_ = _format(path, form)
    called = path.name if format_ in NOTES else format_
    with alone(notebook.ledger, "pull", wait=True), notebook.writing() as tx:
        others = sources.every(tx)  # two terminals may add at once
        _demand_free(others, path)
        name = _free_name(others, clean_name(called) or format_)
        source = Source(
            name=name,
            path=str(path),
            format=format_,
            project=places.need_project(tx, project or name),
            actor=notebook.actor,
        )
        sources.add(tx, source)
        step = tx.step
    return pull(notebook, source, step=step, progress=progress)


def _demand_free(others: Iterable[Source], path: Path) -> None:
    for source in others:
        other = Path(source.path)
        if path == other:
            raise UsageError(
                f"{path} is the source {source.name} already", "`ledgernote pull` looks at it."
            )
        if path in other.parents or other in path.parents:
            raise UsageError(
                f"{path} and the source {source.name}, {other}, lie in one another",
                f"Each file is taken in once. `ledgernote source rm {source.name}` lets go of it.",
            )


def _format(path: Path, form: str) -> str:
    if form not in {*ENDINGS, "auto"}:
        raise UsageError(
            f"{form} is no format of a folder that is looked at",
            f"Known: {', '.join(ENDINGS)}. `ledgernote import {form} PATH` takes others in once.",
        )
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is no folder", f"`ledgernote import auto {path}` takes it in.")
    try:
        fits = form in ENDINGS and not folders.look(path, ENDINGS[form]).names
    except FileNotFoundError:
        raise NoSuchThing(f"there is no {path}", "Check the path.") from None
    except OSError as error:
        raise NoSuchThing(f"{path} cannot be read: {error.strerror}", "Check its mode.") from None
    name = form if fits else formats.open_format(form, path, foreign.opened)[0]
    return name if name in ENDINGS else _format(path, name)


def _free_name(others: Iterable[Source], name: str) -> str:
    taken = {source.name for source in others}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def remove(notebook: Notebook, name: str) -> Listed:
    """Look at a source no longer; its entries stay. Gives it as it stood.

    Raises `NoSuchThing`.
    """
    # A pull that is under way would go on to keep its files as those of this source.
    with alone(notebook.ledger, "pull", wait=True):
        source = listed(notebook, named(notebook, name))
        with notebook.writing() as tx:
            sources.drop(tx, source.source.name)
    return source


# ---- pulling -------------------------------------------------------------------------


def pull(
    notebook: Notebook,
    source: Source,
    *,
    step: bytes | None = None,
    progress: Progress | None = None,
) -> Pulled:
    """Take in all that is new in a source. Raises a `LedgerError`."""
    with alone(notebook.ledger, "pull", wait=True):
        if source.name not in {one.name for one in every(notebook)}:
            gone = f"{source.name} is no source any more"
            return Pulled(source=source, receipt=ImportReceipt(source.format), problem=gone)
        seen = see(notebook, source, again=True)
        if isinstance(seen, str):
            return Pulled(source=source, receipt=ImportReceipt(source.format), problem=seen)
        receipt = ImportReceipt(source.format)
        if seen.found:
            receipt = pulling.take(notebook, source, seen, step=step, progress=progress)
    unread = ", ".join(one for one in seen.folder.unread if one.endswith("/"))
    problem = f"{source.name}: cannot look into {unread}; what lies there stays" if unread else ""
    return Pulled(source=source, receipt=receipt, problem=problem)
