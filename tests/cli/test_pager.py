"""What outgrows the screen goes through a pager, with the manners of git's."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest
from shell import Run

MANY = "".join(f"debt {number}\n" for number in range(30))
HEIGHT = 12


@pytest.fixture
def filled(run: Run) -> Run:
    assert run("note", "--each", stdin=MANY).code == 0
    return run


def pager(run: Run, script: str) -> tuple[str, Path]:
    """A pager that a script carries out, and the file in which it may say what it saw."""
    path, seen = run.cwd / "pager", run.cwd / "seen"
    path.write_text(f"#!/bin/sh\n{script.replace('SEEN', str(seen))}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path), seen


@pytest.mark.parametrize("command", ["find debt", "log", "show @last @last @last @last @last"])
def test_what_outgrows_the_screen_goes_through_the_pager(filled: Run, command: str) -> None:
    program, seen = pager(filled, 'echo "LESS=$LESS" >SEEN; cat >>SEEN')

    code, screen = filled.at_terminal(f"ledgernote {command}", HEIGHT, PAGER=program)

    assert code == 0
    assert "debt" not in screen
    shown = seen.read_text(encoding="utf-8")
    assert shown.startswith("LESS=FRX\n")
    assert shown.count("debt") == (5 if "show" in command else 20)
    assert "\x1b[36m" in shown


def test_what_fits_the_screen_is_printed(filled: Run) -> None:
    program, seen = pager(filled, "cat >SEEN")

    _, screen = filled.at_terminal("ledgernote find debt -n 3", HEIGHT, PAGER=program)

    assert screen.count("debt") == 3
    assert not seen.exists()


def test_a_line_that_wraps_takes_as_many_rows_as_it_shows(run: Run) -> None:
    run.note("word " * 250)
    program, seen = pager(run, "cat >SEEN")

    run.at_terminal("ledgernote show @last", HEIGHT, PAGER=program, TERM="xterm")

    assert seen.exists()


def test_a_reader_who_leaves_early_is_told_the_rest_afterwards(filled: Run) -> None:
    filled("note", stdin="long lines of debt\n" * 6_000)
    program, _ = pager(filled, "head -n 1; sleep 0.1; echo left")

    code, screen = filled.at_terminal(
        "ledgernote find debt; ledgernote show @last", HEIGHT, PAGER=program
    )

    assert code == 0
    assert screen.index("left") < screen.index("20 ")
    assert "Broken" not in screen
    assert "Traceback" not in screen


@pytest.mark.parametrize("none", ["", "cat", "no-such-pager -R", "'"])
def test_without_a_pager_all_is_printed(filled: Run, none: str) -> None:
    code, screen = filled.at_terminal("ledgernote find debt", HEIGHT, PAGER=none)

    assert code == 0
    assert screen.count("debt") == 20


def test_json_and_pipes_are_never_paged(filled: Run) -> None:
    program, seen = pager(filled, "cat >SEEN")

    _, screen = filled.at_terminal(
        "ledgernote find debt --json; ledgernote log | cat", HEIGHT, PAGER=program
    )

    assert screen.count("debt") == 2 * 20 + 20
    assert not seen.exists()


def test_the_setting_beats_the_environment_and_is_a_command_for_the_shell(filled: Run) -> None:
    _, seen = pager(filled, "")
    filled("config", "set", "pager", f"grep -c debt | tee {seen}")

    filled.at_terminal("ledgernote find debt", HEIGHT, PAGER="false")

    assert seen.read_text(encoding="utf-8") == "20\n"


def test_nothing_is_paged_in_the_background(filled: Run) -> None:
    program, seen = pager(filled, "cat >SEEN")

    _, screen = filled.at_terminal("timeout 20 ledgernote find debt", HEIGHT, PAGER=program)

    assert screen.count("debt") == 20
    assert not seen.exists()


def test_less_shows_colours_takes_ctrl_c_and_leaves_the_text(filled: Run) -> None:
    child = filled.sits("find", "debt", rows=HEIGHT, columns=80)

    child.expect("\x1b\\[1mdebt\x1b\\[0m 29.*:")
    child.sendintr()
    # A key that comes while less is still busy with the interrupt is lost to it.
    shown = (child.send("G") and child.expect(["END", pexpect.TIMEOUT], 2) for _ in range(10))
    assert 0 in shown
    child.send("q")
    child.expect("20 .*for all")
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 0
