"""Work on a ledger that one process at a time should do: to pull, to make vectors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ledgernote.ledger.ledger import Ledger


@contextmanager
def alone(ledger: Ledger, what: str, *, wait: bool) -> Iterator[bool]:
    """The right to do *what* here; False when another process has it and *wait* is not.

    It saves double work only: what is right is decided again in each transaction. So where the
    file cannot be made, everybody may.
    """
    import hashlib

    name = hashlib.sha256(os.fsencode(ledger.path.absolute())).hexdigest()[:16]
    try:
        descriptor = os.open(ledger.state / f"{what}-{name}", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        yield True
        return
    try:
        yield _locked(descriptor, wait=wait)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, *, wait: bool) -> bool:
    import fcntl  # most commands neither pull nor index

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
