"""The keys of all tests. None of them may ever stand in an output, a file or an exception."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MARK = "canary0123456789"
OPENAI = f"sk-proj-{MARK}abcdef"
ANTHROPIC = f"sk-ant-api03-{MARK}abcdef"

KEEPERS = ("keys.json", "config.toml")
"""Files that hold keys because somebody put them there: ours, and the commands of the settings."""


def sings(output: bytes) -> bool:
    """Whether a key stands in it."""
    return MARK.encode() in output


def nests(folder: Path) -> Iterator[Path]:
    """The files below *folder* in which a key stands, and should not."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in KEEPERS:
            with path.open("rb") as file:
                if any(map(sings, iter(lambda: file.read(1 << 26), b""))):
                    yield path
