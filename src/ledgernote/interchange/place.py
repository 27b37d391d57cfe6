"""What stands at a path: a file, the files of a folder, or those of a zip, as streams.

Knows nothing of what is in them. A foreign database is opened by whoever made the place:
this package speaks no SQL.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.interchange.salvage import salvaged

HEAD = 64 * 1024
"""Bytes by which a file is recognised."""

UNREADABLE = (
    *(OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile),
    *(RuntimeError, NotImplementedError),  # zipfile's words for a password, an unknown method
)
"""What reading a damaged file may raise."""

Row = Sequence[object]


class Database(Protocol):
    """A foreign database, to be read. Its methods raise ValueError where it is damaged."""

    def has(self, table: str) -> bool:
        """Whether there is such a table."""

    def rows(
        self,
        table: str,
        columns: Sequence[str],
        where: tuple[str, object] | None = None,
        order: Sequence[str] = (),
    ) -> Iterator[Row]:
        """Those columns of all rows, or of those where one column has a value.

        A column that is not there is NULL.
        """


Opener = Callable[[Path], AbstractContextManager[Database]]


@frozen
class Member:
    """One file."""

    name: str
    """Below the path that was given, with `/`."""
    open: Callable[[], BinaryIO]
    modified: datetime | None

    @property
    def stem(self) -> str:
        """The last part of the name without its ending."""
        return self.name.rpartition("/")[2].rpartition(".")[0] or self.name

    def head(self) -> bytes:
        """Its first bytes; none where it cannot be read."""
        try:
            with self.open() as file:
                return file.read(HEAD)
        except UNREADABLE:
            return b""

    def read(self) -> bytes:
        """All of it. Raises one of `UNREADABLE`."""
        with self.open() as file:
            return file.read()


class Place:
    """A path that was given, and how a database there is opened."""

    def __init__(self, path: Path, database: Opener, only: Sequence[str] | None = None) -> None:
        """*only* are names of files in a folder, which then are all there is of it.

        Raises `NoSuchThing` where nothing is, `UsageError` where it is no file or folder.
        """
        self.path, self._database, self._only = path, database, only
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            raise NoSuchThing(f"there is no {path}", "Check the path.") from error
        self.is_folder = stat.S_ISDIR(mode)
        if not self.is_folder and not stat.S_ISREG(mode):
            raise UsageError(f"{path} is no file", "Name a file, a folder or a zip.")
        is_zip = not self.is_folder and _head(path, 4) in {b"PK\x03\x04", b"PK\x05\x06"}
        self.is_zip, self.is_file = is_zip, not self.is_folder and not is_zip

    @property
    def name(self) -> str:
        """What the folder or zip is called, or the folder that the file lies in."""
        whole = self.path.resolve()
        return whole.parent.name if self.is_file else whole.stem if self.is_zip else whole.name

    def members(self, *endings: str) -> Iterator[Member]:
        """Its files whose names end so, by name; what starts with a dot is left out."""
        found: Iterator[Member]
        if self._only is not None:
            found = (_file(self.path / name, name) for name in self._only)
        elif self.is_folder:
            found = _in_folder(self.path)
        elif self.is_zip:
            found = _in_zip(self.path)
        else:
            yield _file(self.path, self.path.name)
            return
        for member in found:
            if not endings or member.name.lower().endswith(endings):
                yield member

    def heads(self, *endings: str, limit: int = 20) -> Iterator[bytes]:
        """How the first of those files begin."""
        for count, member in enumerate(self.members(*endings)):
            if count == limit:
                return
            yield member.head()

    def database(self) -> AbstractContextManager[Database]:
        """The database that the file is."""
        return self._database(self.path)


def _head(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _file(path: Path, name: str) -> Member:
    try:
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        modified = None
    return Member(name=name, open=lambda: path.open("rb"), modified=modified)


def _in_folder(top: Path) -> Iterator[Member]:
    for folder, below, files in os.walk(top):
        below[:] = sorted(one for one in below if not one.startswith("."))
        for file in sorted(files):
            path = Path(folder, file)
            # Links to nowhere and pipes, which would be waited for, are left out.
            if not file.startswith(".") and path.is_file():
                yield _file(path, path.relative_to(top).as_posix())


def _in_zip(path: Path) -> Iterator[Member]:
    """The files of a zip; when its list is damaged, those that can be found without it."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        for name, open_ in salvaged(path):
            yield Member(name=name, open=open_, modified=None)
        return
    with archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if not info.is_dir() and not info.filename.rpartition("/")[2].startswith("."):
                yield Member(
                    name=info.filename,
                    open=partial(_opened, path, info),
                    modified=_zipped_at(info),
                )


def _opened(path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    # Its own handle: a member may be read after the walk over the list has ended.
    return cast(BinaryIO, zipfile.ZipFile(path).open(info))


def _zipped_at(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None
