"""Which replica writes. One belongs to a machine, a device, an inode and a high-water mark.

The mark (rseq, hash) stands outside the ledger, in the state directory. A copy, a ledger
restored from yesterday, another machine, a lost mark: each starts a new replica at the
next write. That is cheap, and two files that write the same chain are not.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ledgernote.ledger.ids import new_id
from ledgernote.ledger.log import FIRST
from ledgernote.ledger.owner import machine, replace_file

SELECT_CURRENT = "SELECT id, machine, device, inode FROM replica WHERE current = 1"
SELECT_HEAD = """
    SELECT rseq, hash, hlc FROM event WHERE replica = ? ORDER BY rseq DESC LIMIT 1"""
SELECT_AT = "SELECT hash FROM event WHERE replica = ? AND rseq = ?"
RETIRE = "UPDATE replica SET current = 0"
ENROL = "INSERT INTO replica (id, machine, device, inode, current) VALUES (?, ?, ?, ?, 1)"


class Chain:
    """The end of this replica's chain; moves on with each event."""

    def __init__(self, replica: bytes, rseq: int, hash_: bytes, hlc: int) -> None:
        self.replica = replica
        self.rseq = rseq
        self.hash = hash_
        self.hlc = hlc


def _mark_file(state: Path, replica: bytes) -> Path:
    return state / "marks" / replica.hex()


def write_mark(state: Path, chain: Chain) -> None:
    """Raise the high-water mark. Before the commit: a mark may be ahead, never behind."""
    replace_file(_mark_file(state, chain.replica), f"{chain.rseq} {chain.hash.hex()}")


def _read_mark(state: Path, replica: bytes) -> tuple[int, bytes] | None:
    try:
        rseq, digest = _mark_file(state, replica).read_text(encoding="ascii").split()
        return int(rseq), bytes.fromhex(digest)
    except (OSError, ValueError):
        return None


def _stands(connection: sqlite3.Connection, state: Path, replica: bytes, rseq: int) -> bool:
    mark = _read_mark(state, replica)
    if mark is None or mark[0] > rseq:
        return False
    found = connection.execute(SELECT_AT, (replica, mark[0])).fetchone()
    return found is not None and found[0] == mark[1]


def open_chain(connection: sqlite3.Connection, path: Path, state: Path, milliseconds: int) -> Chain:
    """The chain to write on, inside a transaction; a new replica when in any doubt."""
    file = path.stat()
    here = (machine(state), file.st_dev, file.st_ino)
    current = connection.execute(SELECT_CURRENT).fetchone()
    if current is not None and tuple(current[1:]) == here:
        head = connection.execute(SELECT_HEAD, (current[0],)).fetchone()
        if head is not None and _stands(connection, state, current[0], head[0]):
            return Chain(current[0], *head)
    connection.execute(RETIRE)
    fresh = new_id(milliseconds)
    connection.execute(ENROL, (fresh, *here))
    return Chain(fresh, 0, FIRST, 0)
