"""Bare `ledgernote`: where you were, one key to go on; help where nobody looks."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta

import pexpect
import pytest
from shell import Run

from ledgernote.domain.entries import Scope
from ledgernote.notebook.home import home
from ledgernote.notebook.notebook import NewNote, Notebook


def spawn(run: Run, *argv: str) -> pexpect.spawn:
    return pexpect.spawn(
        sys.executable,
        ["-m", "ledgernote", *argv],
        env=dict(run.env),
        cwd=str(run.cwd),
        dimensions=(40, 100),
        timeout=30,
        encoding="utf-8",
    )


def test_nothing_yet_names_six_commands(run: Run) -> None:
    child = spawn(run)
    child.expect(pexpect.EOF)
    child.close()

    assert len([line for line in child.before.splitlines() if line.startswith("  ")]) == 6
    assert child.exitstatus == 0
    assert not run.ledger.exists()


def test_where_you_were_and_a_key_that_leaves(run: Run) -> None:
    run.note("old pin", "--pin", "--at", "2020-01-01")
    run("ask", "what of rates?", "-r", "thesis")
    child = spawn(run)

    child.expect("last threads.*thesis.*old pins.*old pin.*Enter goes on with thesis · n starts")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_in_a_pipe_it_is_help(run: Run) -> None:
    assert run().out.startswith("ledgernote: one local notebook")


def test_old_pins_are_those_that_deserve_another_look(notebook: Notebook) -> None:
    now = notebook.clock()
    notebook.note(NewNote(text="old", pin=Scope.PROJECT, at=now - timedelta(days=31)))
    notebook.note(NewNote(text="new", pin=Scope.PROJECT))

    found = home(notebook, everywhere=True)

    assert [pin.text for pin in found.pins] == ["old"]
    assert not found.empty


def test_an_empty_notebook_is_told_as_such(notebook: Notebook) -> None:
    assert home(notebook, everywhere=True).empty


@pytest.mark.parametrize("argv", [[], ["chat"]])
def test_nothing_waits_for_keys_in_the_background(run: Run, argv: list[str]) -> None:
    run("ask", "what of rates?", "-r", "thesis")
    # `timeout` puts what it runs into a group of its own, behind the shell.
    program = shlex.join([sys.executable, "-m", "ledgernote", *argv])
    child = pexpect.spawn(
        "bash",
        ["-c", f"timeout -s KILL 20 {program}; echo over $?"],
        env=dict(run.env),
        timeout=30,
        encoding="utf-8",
    )

    child.expect(r"over (\d+)")

    assert child.match[1] == ("2" if argv else "0"), child.before
    child.close(force=True)
