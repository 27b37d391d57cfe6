"""One call of the program: what holds for any command, and the door to the notebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from ledgernote.cli import where
from ledgernote.cli.argv import Globals
from ledgernote.cli.where import Place
from ledgernote.config import Settings, keys_path, load
from ledgernote.domain.entries import Entry
from ledgernote.domain.errors import LedgernoteError, NoLedger, NoSuchThing, UsageError
from ledgernote.render.look import Look
from ledgernote.render.output import Output

if TYPE_CHECKING:
    from ledgernote.notebook.notebook import Notebook


NOTHING = 1
"""The exit code when nothing was found, or there was nothing to do."""


class Call:
    """The settings, the project and the streams of one command."""

    def __init__(self, chosen: Globals, out: Output, environ: Mapping[str, str]) -> None:
        self.chosen = chosen
        self.out = out
        self.environ = environ

    @cached_property
    def settings(self) -> Settings:
        """Flags, environment and config file; what is wrong there is said. Raises `UsageError`."""
        found = load(self.environ, ledger=self.chosen.ledger, actor=self.chosen.actor)
        for stranger in found.strangers:
            self.out.say(f"{shown_path(found.config)}: {stranger}")
        keys = found.keys or keys_path()
        if is_open(keys) and self.out.is_heard:  # else the next one that is heard does both
            self._close(keys)
        return found

    def _close(self, keys: Path) -> None:
        """Nobody else reads *keys* from now on, and their owner hears that somebody could."""
        shown = shown_path(keys)
        try:
            keys.chmod(0o600)
        except OSError:
            self.out.warn(f"others may read {shown}, which holds keys: chmod 600 {shown}")
        else:
            self.out.warn(f"others could read {shown}, which holds keys; now only you can")

    @cached_property
    def place(self) -> Place:
        """The project to work in, and how it came to be chosen."""
        return where.find(self.chosen.project, self.settings, self.environ)

    def remember_place(self) -> None:
        """The next command at this terminal goes on in a project that was named here."""
        if "place" in self.__dict__ and self.place.how is where.How.NAMED:
            where.remember(self.place.project, self.settings)

    @contextmanager
    def notebook(
        self, *, writes: bool = False, project: str | None = None, looks: bool = False
    ) -> Iterator[Notebook]:
        """The notebook, open in *project* or where this call works.

        Only a command that *writes* makes the file; one that *looks* first takes in what is new
        in the sources. Raises a `LedgerError`.
        """
        from ledgernote.notebook.notebook import Notebook

        path = self.settings.ledger
        shown = shown_path(path)
        fresh = not os.path.lexists(path)
        if fresh and not writes:
            raise NoLedger(shown)
        notebook = Notebook.open(
            self.settings,
            project=project or self.place.project,
            create=writes,
            say=self.out.say,
        )
        if fresh:
            self.out.say(f"a new ledger: {shown}")
        try:
            if looks:
                self._look_at_sources(notebook)
            yield notebook
            # Last: an error in writing says the same.
            if notebook.ledger.notice:
                self.out.say(notebook.ledger.notice)
        finally:
            notebook.close()

    def _look_at_sources(self, notebook: Notebook) -> None:
        from ledgernote.notebook import opening

        opened = opening.look(notebook)
        for sentence in opened.news:
            self.out.say(sentence)
        for sentence in opened.troubles:
            self.out.detail(sentence)

    def look(self, notebook: Notebook, *, talk: bool = False) -> Look:
        """How views are to look to the reader of this call."""
        return self.out.look(now=notebook.clock(), me=notebook.actor, talk=talk)

    def moment(self, text: str) -> datetime:
        """The time that an option names. Raises `UsageError`."""
        from ledgernote.domain.times import parse_time  # its patterns cost a `note` 2 %

        span = parse_time(text, datetime.now().astimezone(), self.settings.day_starts)
        if span is None:
            raise UsageError(
                f"{text!r} is no time", "Try 2026-05-01, yesterday, 7d, 3 months ago, last friday."
            )
        return span.start

    def paged(self) -> AbstractContextManager[None]:
        """What is printed inside is paged where it outgrows a terminal."""
        command = self.settings.pager or self.environ.get("PAGER", "less")
        # A pager in the background is stopped until somebody brings it to the front.
        return self.out.paged(command if has_terminal(self.out) else "")

    def show(self, entries: list[Entry], view: Callable[[Entry, Look], str], look: Look) -> None:
        """Entries on stdout, one a line."""
        from ledgernote.render.records import entry_record

        for entry in entries:
            if self.out.json:
                self.out.record(entry_record(entry))
            else:
                self.out.data(view(entry, look))


def is_open(file: Path) -> bool:
    """Whether others than its owner may read or change it."""
    try:
        mode = file.stat().st_mode
        return S_ISREG(mode) and bool(mode & 0o077)
    except OSError:
        return False


def shown_path(path: Path) -> str:
    """A path as a person types it: short in their home, and a relative one told from a name."""
    text = str(path)
    home = os.path.expanduser("~").rstrip("/")  # noqa: PTH111
    if home and text.startswith(f"{home}/"):
        return f"~{text[len(home) :]}"
    return text if path.is_absolute() or text.startswith("..") else f"./{text}"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 entry`, `1,204 entries`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def read_file(name: str) -> bytes:
    """The bytes of a file that an option names. Raises `NoSuchThing` and `UsageError`."""
    if name.startswith(("http://", "https://")):
        raise UsageError(
            f"{name}: pages cannot be fetched yet",
            "Pipe it in: curl -sL ADDRESS | ledgernote note -",
        )
    try:
        return Path(name).expanduser().read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from None


def unreadable(name: str, error: OSError | ValueError) -> LedgernoteError:
    """Why a file that was named could not be read."""
    if isinstance(error, IsADirectoryError):
        return UsageError(f"{name} is a folder", "Name the files in it.")
    why = getattr(error, "strerror", None) or "no such name"
    return NoSuchThing(f"{name} cannot be read: {why}", "Check the path.")


def has_terminal(out: Output) -> bool:
    """Whether a person can be talked with: stdout is a terminal, /dev/tty opens and hears us."""
    if not out.tty:
        return False
    from ledgernote.render.front import in_front  # who only prints need not load it

    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    try:
        return in_front(terminal)
    finally:
        os.close(terminal)
