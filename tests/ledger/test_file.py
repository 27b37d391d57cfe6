"""The file: who may open it, how it is guarded, what is said when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ledger.hands import NOON, note, open_ledger, writing
from ledgernote.domain.entries import INBOX, Kind
from ledgernote.domain.errors import (
    LedgerBusy,
    LedgerDamaged,
    LedgerFull,
    LedgerTooNew,
    NoLedger,
    NotALedger,
)
from ledgernote.ledger import connection, entries, faults, keep, lists
from ledgernote.ledger.ledger import Ledger


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_ledger_and_its_companions_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = Ledger.open(tmp_path / "new" / "x.db", state=tmp_path / "state", create=True)
        note(ledger)
    finally:
        os.umask(before)

    files = list((tmp_path / "new").iterdir())
    assert {path.name for path in files} == {"x.db", "x.db-wal", "x.db-shm"}
    assert {mode(path) for path in files} == {0o600}
    assert {mode(path) for path in (tmp_path / "new", tmp_path / "state")} == {0o700}
    assert {mode(path) for path in (tmp_path / "state" / "marks").iterdir()} == {0o600}


def test_every_connection_is_durable_and_erases_what_it_deletes(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)

    pragmas = ("journal_mode", "synchronous", "recursive_triggers", "secure_delete")
    found = [ledger.one(f"PRAGMA {pragma}")[0] for pragma in pragmas]

    assert found == ["wal", 2, 1, 1]


def test_a_reader_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(NoLedger, match="no ledger at"):
        Ledger.open(tmp_path / "x.db", state=tmp_path, create=False)

    assert list(tmp_path.iterdir()) == []


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    (tmp_path / "link.db").symlink_to(tmp_path / "ledger.db")

    with pytest.raises(NotALedger, match="symbolic link"):
        Ledger.open(tmp_path / "link.db", state=tmp_path, create=True)


def test_other_things_are_no_ledgers(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("These are my notes, all of them, in one long file. " * 99)
    (tmp_path / "folder").mkdir()
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE mine (x)")
    other.close()

    for name in ("text", "folder", "other.db"):
        with pytest.raises(NotALedger):
            Ledger.open(tmp_path / name, state=tmp_path / "s", create=True)
    assert "mine" in str(
        sqlite3.connect(tmp_path / "other.db").execute("SELECT name FROM sqlite_schema").fetchall()
    )


def test_a_newer_ledger_is_read_and_never_written(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    kept = note(ledger, "from today")
    ledger.close()
    raw = sqlite3.connect(tmp_path / "ledger.db")
    raw.execute("PRAGMA user_version = 99")
    raw.close()

    newer = Ledger.open(tmp_path / "ledger.db", state=tmp_path / "s", create=False)

    assert entries.by_ids(newer, [kept])[0].text == "from today"
    assert "newer ledgernote" in newer.notice
    with pytest.raises(LedgerTooNew):
        note(newer)
    with pytest.raises(LedgerTooNew):
        open_ledger(tmp_path)


def test_what_was_newer_by_the_time_of_the_lock_is_not_written(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    raw = sqlite3.connect(tmp_path / "ledger.db")
    raw.execute("PRAGMA user_version = 99")
    raw.close()

    with pytest.raises(LedgerTooNew):
        note(ledger)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_folder_that_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "closed cleanly")
    ledger.close()
    program = (
        "import sys; from pathlib import Path; from ledger.hands import *;"
        "from ledgernote.ledger import lists; from ledgernote.domain.errors import *\n"
        f"l = Ledger.open(Path({str(tmp_path / 'ledger.db')!r}), state=Path('/nowhere'),"
        " create=True)\n"
        "print(lists.latest(l, lists.Latest())[0].text)\n"
        "try: note(l)\nexcept LedgerReadOnly as e: print('read only')"
    )
    for path in (tmp_path, *tmp_path.parents):
        path.chmod(path.stat().st_mode | 0o055)
    (tmp_path / "ledger.db").chmod(0o644)

    somebody = ["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-c"]
    place = Path(__file__).parents[1]
    starts = "import ledgernote, ledger.hands"
    if subprocess.run([*somebody, starts], capture_output=True, cwd=place, check=False).returncode:
        pytest.skip("another user cannot start this Python")

    ran = subprocess.run(
        [*somebody, program], capture_output=True, text=True, check=False, cwd=place
    )

    assert ran.stdout.split("\n")[:2] == ["closed cleanly", "read only"], ran.stderr


def test_a_writer_waits_for_another_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    first = open_ledger(tmp_path)
    state = tmp_path / "s"
    second = Ledger.open(tmp_path / "ledger.db", state=state, create=True, say=said.append)
    lock = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN IMMEDIATE")
    threading.Timer(1.5, lambda: lock.execute("ROLLBACK")).start()

    note(second)

    assert said == ["waiting for another program that writes to the ledger …"]
    first.close()


def test_patience_has_an_end_with_a_sentence(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    lock = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    busy = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, timeout=0)

    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.patiently(lambda: busy.execute("BEGIN IMMEDIATE"), limit=0.2)

    assert isinstance(faults.translate(caught.value, ledger.path), LedgerBusy)


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    first = note(ledger, "kept before")
    ledger.rows("PRAGMA max_page_count = 1")  # SQLite then refuses to grow, as a full disk does

    with pytest.raises(LedgerFull, match="the disk is full"):
        note(ledger, "x" * 2_000_000)

    assert [entry.id for entry in lists.latest(ledger, lists.Latest())] == [first]


def test_a_damaged_page_is_said_in_one_sentence(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for number in range(50):
        note(ledger, f"note {number} " * 50)
    ledger.close()
    raw = bytearray((tmp_path / "ledger.db").read_bytes())
    raw[4096 * 20 : 4096 * 60] = b"\xff" * (4096 * 40)
    (tmp_path / "ledger.db").write_bytes(raw)

    with pytest.raises(LedgerDamaged):
        lists.latest(open_ledger(tmp_path), lists.Latest(number=0))


def test_many_first_runs_at_once_all_keep_their_note(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ledger.hands import *\n"
        "note(open_ledger(Path(sys.argv[1])), sys.argv[2])"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), str(number)],
            cwd=Path(__file__).parents[1],
        )
        for number in range(12)
    ]

    assert [process.wait() for process in running] == [0] * 12

    found = lists.latest(open_ledger(tmp_path), lists.Latest(number=0))
    assert {entry.text for entry in found} == {str(number) for number in range(12)}


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)

    def stopped() -> None:
        with writing(ledger, at=NOON) as tx:
            tx.append("project.new", tx.new_id(), words={"name": "half"}, fresh=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()

    assert ledger.one("SELECT count(*) FROM event")[0] == 0


def test_what_an_interrupt_left_open_is_taken_back_by_the_next_write(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    left = ledger.writing(by="ada", now=NOON)  # Ctrl-C comes before its `with` begins
    keep.keep(left.__enter__(), keep.New(kind=Kind.NOTE, text=b"half", project=INBOX))

    note(ledger, "whole")

    assert [one.text for one in lists.every(ledger)] == ["whole"]
