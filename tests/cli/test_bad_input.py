"""Whatever comes: one clear sentence, the documented exit code, nothing lost, no traceback."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shell import Ran, Run


def refused(ran: Ran, code: int, *said: str) -> None:
    assert ran.code == code, ran.err
    assert ran.out == ""
    for words in said:
        assert words in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "body",
    [
        b"a\0b",
        b"\xff\xfe\xfd",
        b"\xed\xa0\x80 half a pair",
        b"\x1b]0;owned\x07",
        "\u202egnp".encode(),
    ],
)
def test_any_bytes_are_kept_found_and_shown(run: Run, body: bytes) -> None:
    handle = run.note(stdin=b"marker " + body + b"\n")

    assert run("show", handle).stdout == b"marker " + body + b"\n"
    assert run("find", "marker").code == 0
    assert run("find", body.replace(b"\0", b"")).code in {0, 1}
    record = run("log", "--json")
    assert record.code == 0
    record.stdout.decode("utf-8", "strict")


def test_a_newer_ledger_is_read_but_not_written(run: Run, tmp_path: Path) -> None:
    run.note("of today")
    with sqlite3.connect(run.ledger) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {version + 7}")
    connection.close()

    assert run("log").code == 0
    assert "newer ledgernote" in run("log").err
    ran = run("note", "for later", env={"TMPDIR": str(tmp_path)})
    refused(ran, 5, "newer ledgernote", "Upgrade", "Your text is safe in")
    for refusal in (ran, run("tag", "x", "@last")):
        assert refusal.err.count("newer ledgernote") == 1
    assert run("show", "@last").out == "of today\n"


def test_a_damaged_ledger_names_a_way_that_is_not_the_command_that_failed(run: Run) -> None:
    run.note("of today")
    whole = run.ledger.read_bytes()
    run.ledger.write_bytes(whole[:12288] + b"\x07" * 12288 + whole[24576:])

    for command in ("verify", "doctor", "doctor --rebuild"):
        ran = run(*command.split())
        refused(ran, 5, "is damaged", "Restore a backup", ".recover")
        assert "`ledgernote" not in ran.err
    assert run("log").out.endswith("of today\n")


def test_a_file_that_is_no_ledger_stays_as_it_is(run: Run, tmp_path: Path) -> None:
    letter = run.cwd / "letter.txt"
    letter.write_text("Dear all, " * 200)
    other = run.cwd / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = letter.read_bytes(), other.read_bytes()

    for name in ("letter.txt", "other.db"):
        refused(run("log", "-d", name), 5, "not a ledger")
        refused(run("note", "x", "-d", name, env={"TMPDIR": str(tmp_path)}), 5, "not a ledger")
    assert (letter.read_bytes(), other.read_bytes()) == before


def test_a_folder_or_a_link_is_no_ledger(run: Run) -> None:
    run.note("x")
    (run.cwd / "link.db").symlink_to(run.ledger)
    (run.cwd / "nowhere.db").symlink_to(run.cwd / "missing")

    refused(run("log", "-d", "."), 5, "not a file")
    refused(run("log", "-d", "link.db"), 5, "symbolic link", str(run.ledger))
    refused(run("note", "x", "-d", "nowhere.db"), 5, "symbolic link")
    assert not (run.cwd / "missing").exists()


def test_an_empty_file_becomes_a_ledger_only_by_writing(run: Run) -> None:
    (run.cwd / "empty.db").touch()

    assert run("note", "x", "-d", "empty.db").code == 0
    assert run("show", "@last", "-d", "empty.db").out == "x\n"


def as_nobody(run: Run, *argv: str, **env: str) -> Ran:
    """Run as someone who may write nowhere here."""
    prefix = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("needs setpriv to become someone else")
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "ledgernote", *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**run.env, "PYTHONDONTWRITEBYTECODE": "1", **env},
        cwd="/",
        timeout=30,
        check=False,
    )
    return Ran(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


@pytest.fixture
def opened(run: Run, tmp_path: Path) -> Iterator[Run]:
    """A ledger that everyone may read and nobody but its owner write."""
    run.note("kept before")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in tmp_path.glob("ledger.db*"):
        path.chmod(0o444)
    if os.geteuid() != 0:
        tmp_path.chmod(0o555)
    try:
        probe = as_nobody(run, "--version")
        if probe.code:
            pytest.skip("another user cannot start this Python")
        yield run
    finally:
        tmp_path.chmod(0o755)


def test_a_folder_that_cannot_be_written_can_be_read(opened: Run) -> None:
    ran = as_nobody(opened, "log")

    assert ran.code == 0, ran.err
    assert "kept before" in ran.out


def test_what_cannot_be_written_there_is_saved_elsewhere(opened: Run) -> None:
    ran = as_nobody(opened, "note", "precious", TMPDIR="/tmp")

    refused(ran, 5, "can be read but not written")
    if os.geteuid() == 0:
        path = Path(ran.err.split("Your text is safe in ")[1].strip())
        assert path.read_text() == "precious"
        path.unlink()


def test_a_ledger_that_cannot_be_made_is_told(opened: Run, tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "new.db"
    ran = as_nobody(opened, "note", "x", "-d", str(path), TMPDIR="/tmp")

    refused(ran, 5, "cannot be made", "-d or LEDGERNOTE_LEDGER")
    if os.geteuid() == 0:
        Path(ran.err.split("Your text is safe in ")[1].strip()).unlink()


SMALL = """
set -e
mount -t tmpfs -o size=1m none {disk}
chmod 700 {disk}
export LEDGERNOTE_LEDGER={disk}/l.db DISK={disk}
ledgernote() {{ "{python}" -m ledgernote "$@"; }}
set +e
"""
FULL = """
ledgernote note first </dev/null
head -c 3000000 /dev/zero | tr '\\0' x > {big}
ledgernote note - < {big}; echo "code $?"
dd if=/dev/zero of=$DISK/filler bs=4k 2>/dev/null
ledgernote note a second one </dev/null; echo "code $?"
rm $DISK/filler
ledgernote note third </dev/null >/dev/null; echo "code $?"
ledgernote log
ledgernote verify; echo "code $?"
"""


OnSmallDisk = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def on_a_small_disk(run: Run, tmp_path: Path) -> OnSmallDisk:
    """Runs a script of bash where small disks can be mounted, and `ledgernote` is a command."""
    unshare = ["unshare", "-m", *(["-r"] if os.geteuid() else [])]
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        subprocess.run(
            [*unshare, "mount", "-t", "tmpfs", "none", str(disk)], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("cannot mount a small disk here")

    def on(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*unshare, "bash", "-c", SMALL.format(disk=disk, python=sys.executable) + script],
            capture_output=True,
            text=True,
            env={**run.env, "TMPDIR": str(tmp_path)},
            timeout=120,
            check=False,
        )

    return on


def test_a_full_disk_loses_nothing(on_a_small_disk: OnSmallDisk, tmp_path: Path) -> None:
    done = on_a_small_disk(FULL.format(big=tmp_path / "big"))

    codes = [line for line in done.stdout.splitlines() if line.startswith("code")]
    assert codes == ["code 5", "code 5", "code 0", "code 0"], done.stdout + done.stderr
    assert done.stderr.count("the disk is full") == 2
    assert "Traceback" not in done.stderr
    saved = [path.read_bytes() for path in sorted(tmp_path.glob("ledgernote-*.txt"))]
    assert sorted(map(len, saved)) == [len("a second one"), 3_000_000]
    assert [line.split("\t")[-1] for line in done.stdout.splitlines() if "\t" in line] == [
        *("first", "third"),
    ]


@pytest.mark.parametrize("reading", ["log", "find first", "show @last", "verify", "doctor"])
def test_a_full_disk_is_read(on_a_small_disk: OnSmallDisk, reading: str) -> None:
    fill = "dd if=/dev/zero of=$DISK/filler bs=4k 2>/dev/null"

    done = on_a_small_disk(f"ledgernote note first </dev/null; {fill}; ledgernote {reading}")

    assert done.returncode == 0, done.stderr
    assert "first" in done.stdout or "every hash" in done.stdout + done.stderr


def test_doctor_names_a_cure_that_can_help(on_a_small_disk: OnSmallDisk) -> None:
    locked = "mount -o remount,ro none $DISK"

    done = on_a_small_disk(f"ledgernote note first </dev/null; {locked}; ledgernote doctor")

    assert done.returncode == 0, done.stderr
    assert "can be read but not written" in done.stdout
    assert "mount its disk for writing" in done.stdout
    assert "chmod u+w" not in done.stdout
