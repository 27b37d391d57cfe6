"""Which git repository a folder is in, by what its worktrees and clones have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

ORIGIN = re.compile(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.MULTILINE)


def names(folders: Iterable[Path]) -> list[str]:
    """What the nearest repository goes by: its common directory, then its remote, if it has one.

    Empty outside of any. *folders* are the folder and those above it.
    """
    for folder in folders:
        if common := _common_directory(folder / ".git"):
            remote = _remote(common)
            return [str(common), *([remote] if remote else [])]
    return []


def _common_directory(git: Path) -> Path | None:
    """The one directory that all worktrees of a repository share."""
    if git.is_dir():
        return git.resolve()
    try:
        kind, _, target = git.read_text(encoding="utf-8").strip().partition(": ")
        own = (git.parent / target).resolve()
        common = own / "commondir"
        if kind != "gitdir" or not common.exists():
            return own if kind == "gitdir" else None
        return (own / common.read_text(encoding="utf-8").strip()).resolve()
    except (OSError, ValueError):
        return None


def _remote(common: Path) -> str | None:
    """The address of `origin`, written one way however it was cloned."""
    try:
        found = ORIGIN.search((common / "config").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    if found is None:
        return None
    plain = re.sub(r"^[a-z+]+://", "", found[1]).rpartition("@")[2]  # no scheme, no credentials
    return plain.replace(":", "/", 1).removesuffix("/").removesuffix(".git").lower()
