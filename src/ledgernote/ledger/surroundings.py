"""Where the file stands: full disks, folders that others can look into, network and synced ones."""

from __future__ import annotations

import os
import stat
from pathlib import Path

NETWORK = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "drvfs"),
        *("fuse.sshfs", "fuse.rclone", "davfs"),
    )
)
"""Types of file systems whose locks do not hold, or not for all."""

SYNCED = ("Dropbox", "OneDrive", "Google Drive", "GoogleDrive", "iCloud", "Mobile Documents")
"""Names of folders that a program copies file by file, without the write-ahead log."""

MOUNTS = Path("/proc/self/mounts")

ROOM = 64 * 1024
"""Bytes below which a disk counts as full: SQLite's `-shm` takes 32 KB, a small note less."""


def is_full(folder: Path) -> bool:
    """Whether nothing more goes onto the disk that holds *folder*."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < ROOM or disk.f_files > 0 == disk.f_favail


def is_read_only(folder: Path) -> bool:
    """Whether the disk that holds *folder* is mounted so that nobody can write to it."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _file_system(path: Path) -> str:
    """The type of the file system that holds *path*; empty where the system does not say."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, found = -1, ""
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= best:
            best, found = len(point), kind
    return found


def worries(ledger: Path) -> list[str]:
    """What its owner should know about the place of a ledger, a sentence each."""
    folder = ledger.absolute().parent.resolve()
    found = []
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        found.append(f"others on this machine can look into {folder}: chmod 700 closes it")
    if (kind := _file_system(folder)) in NETWORK:
        found.append(
            f"{folder} is on a network file system ({kind}), whose locks may fail:"
            " keep the ledger on a local disk"
        )
    if synced := next((part for part in folder.parts if part.startswith(SYNCED)), None):
        found.append(
            f"{folder} is in {synced}, which copies the ledger without its newest notes:"
            " keep it elsewhere and copy exports"
        )
    return found
