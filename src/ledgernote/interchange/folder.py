"""A folder of files at one moment: the stamp of each, and one digest of all.

Reads no file, so that looking at a large folder takes as long as asking for its sizes and times.
"""

from __future__ import annotations

import os
from array import array
from hashlib import blake2b
from pathlib import Path

from ledgernote.domain.frozen import frozen

NOTES = {
    "markdown": (".md", ".markdown", ".mdown"),
    "text": (".txt", ".text", ".log", ".rst", ".org", ".adoc", ".md"),
}
"""Formats of which a file is a note, and how the names of such files end."""
TRANSCRIPTS = {"claude-code": (".jsonl",), "codex": (".jsonl",)}
"""Formats of which a file is a talk that grows."""
ENDINGS = NOTES | TRANSCRIPTS


@frozen
class Folder:
    """The files that there are, as size, time of change (ns) and inode, three numbers each."""

    names: list[str]
    """Below the folder, with `/`."""
    numbers: list[int]
    unread: tuple[str, ...]
    """Folders in it that could not be looked into, `a/b/`, and links that lead nowhere now."""

    @property
    def digest(self) -> str:
        """The same as long as no file was changed, added or taken away."""
        names = "\0".join((*self.names, *self.unread))
        digest = blake2b(names.encode("utf-8", "surrogateescape"), digest_size=16)
        digest.update(array("Q", [one & 2**64 - 1 for one in self.numbers]).tobytes())
        return digest.hexdigest()

    def stamps(self) -> dict[str, str]:
        """Each file with its stamp."""
        numbers = iter(self.numbers)
        triples = zip(numbers, numbers, numbers, strict=True)
        return {
            name: f"{size} {changed} {inode}"
            for name, (size, changed, inode) in zip(self.names, triples, strict=True)
        }


def size_of(stamp: str) -> int:
    """The bytes of a file."""
    return int(stamp.split(maxsplit=1)[0])


def changed_at(stamp: str) -> int:
    """When it was last written to, in nanoseconds since 1970."""
    return int(stamp.split()[1])


def look(top: Path, endings: tuple[str, ...]) -> Folder:
    """The files of *top* whose names end so. Raises OSError when it cannot be looked into.

    Like `Place.members` it leaves out what starts with a dot and enters no linked folder, so that
    no link leads round in a circle.
    """
    names: list[str] = []
    numbers: list[int] = []
    unread: list[str] = []
    ahead = [("", str(top))]
    while ahead:
        below, path = ahead.pop()
        try:
            ahead += _look_into(below, path, endings, (names, numbers, unread))
        except OSError as error:
            if not below:
                raise
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                unread.append(below)
    return Folder(names=names, numbers=numbers, unread=tuple(unread))


def _look_into(
    below: str,
    path: str,
    endings: tuple[str, ...],
    found: tuple[list[str], list[int], list[str]],
) -> list[tuple[str, str]]:
    """Add the files of one folder to *found*; gives the folders in it."""
    name_them, number_them, unread = found[0].append, found[1].extend, found[2]
    folders = []
    # By its descriptor: the path of each file need not be walked again for its stamp.
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == ".":
                    continue
                if name.lower().endswith(endings):
                    try:
                        is_file, stat = entry.is_file(), entry.stat()
                    except OSError:  # taken away just now, or a link to nowhere
                        if entry.is_symlink():
                            unread.append(below + name)
                        continue
                    if is_file:
                        name_them(below + name)
                        number_them((stat.st_size, stat.st_mtime_ns, stat.st_ino))
                        continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append((f"{below}{name}/", f"{path}/{name}"))
    finally:
        os.close(descriptor)
    return folders
