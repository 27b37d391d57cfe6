"""Which machine is this, whose draft is it, and does its owner live?

An owner is machine, boot, pid namespace, pid and process start. A zombie is dead; an
owner of another boot is dead; one of another namespace or machine is dead after a
minute without a heartbeat, which the caller measures.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

SILENCE = 60.0
"""Seconds without a heartbeat after which an owner that cannot be looked up is dead."""


def machine(state: Path) -> str:
    """A name for this machine that is neither its address nor its host name.

    Where the system has none, one is drawn and kept in the *state* directory.
    """
    import hashlib  # loads OpenSSL; only writers and drafts need to know

    for known in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with contextlib.suppress(OSError):
            return hashlib.sha256(b"ledgernote" + Path(known).read_bytes()).hexdigest()[:32]
    own = state / "machine"
    with contextlib.suppress(OSError):
        return own.read_text(encoding="ascii")
    name = os.urandom(16).hex()
    replace_file(own, name)
    return name


def make_folders(folder: Path) -> None:
    """Make *folder* and what is missing above it, for this user alone."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def replace_file(path: Path, text: str) -> None:
    """Replace a small private file; where that fails, the old one stands and nobody is told."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        make_folders(path.parent)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        fresh.replace(path)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _start_of(pid: int) -> str | None:
    """When the process began, as its system says it; None when it is gone or a zombie."""
    stat = _read(f"/proc/{pid}/stat")
    if stat:
        # The name in parentheses may hold anything, so fields count from its end.
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else fields[19]
    if Path("/proc/self/stat").exists():
        return None
    import subprocess  # macOS has no /proc; all others need not load it

    ran = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, start = ran.stdout.strip().partition(" ")
    return None if not start or state.startswith("Z") else start.strip()


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _boot() -> str:
    return _read("/proc/sys/kernel/random/boot_id")


def myself(state: Path) -> str:
    """This process, in the form that `is_alive` reads."""
    pid = os.getpid()
    return "|".join((machine(state), _boot(), _namespace(), str(pid), _start_of(pid) or ""))


def is_alive(owner: str, silent: float, state: Path) -> bool:
    """Whether *owner* still writes; *silent* is seconds since its last heartbeat."""
    host, boot, namespace, pid, start = owner.split("|", 4)
    if host != machine(state):
        return silent < SILENCE
    if boot != _boot():
        return False
    if namespace != _namespace():
        return silent < SILENCE
    return _start_of(int(pid)) == start
