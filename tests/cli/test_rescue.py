"""What was typed or piped and cannot be kept is never lost, whatever ends the command."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scripted import Say, ScriptedServer
from shell import Run


@contextmanager
def busy(run: Run) -> Iterator[None]:
    """Another program writes to the ledger for as long as this lasts."""
    run.note("older")
    other = sqlite3.connect(run.ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def saved(said: bytes) -> bytes:
    found = re.search(rb"(?:Your text|What was said) is safe in (\S+)", said)
    assert found, said
    return Path(os.fsdecode(found[1])).read_bytes()


def until_it_waits(program: subprocess.Popen[bytes]) -> None:
    assert program.stderr
    assert b"waiting for another program" in program.stderr.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_while_the_ledger_is_busy_saves_words_and_pipe(run: Run, number: int) -> None:
    with busy(run), run.begins("note", "precious", "words") as program:
        assert program.stdin
        program.stdin.write(b"and piped\n")
        program.stdin.close()
        program.stdin = None
        until_it_waits(program)
        program.send_signal(number)
        out, err = program.communicate(timeout=20)

    assert (program.returncode, out) == (130, b"")
    assert saved(err) == b"precious words\n\nand piped\n"


def test_an_interrupt_while_the_ledger_is_busy_saves_what_came_from_files(run: Run) -> None:
    (run.cwd / "a.txt").write_bytes(b"alpha")
    (run.cwd / "b.txt").write_bytes(b"beta")
    with busy(run), run.begins("note", "-f", "a.txt", "-f", "b.txt") as program:
        assert program.stdin
        program.stdin.close()
        program.stdin = None
        until_it_waits(program)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=20)

    assert program.returncode == 130
    assert saved(err) == b"alpha\n\nbeta"


@pytest.mark.parametrize("argv", [("note", "words"), ("note",), ("ask", "words"), ("ask",)])
def test_an_interrupt_half_way_through_a_slow_pipe_saves_the_half(
    run: Run, argv: tuple[str, ...]
) -> None:
    with run.begins(*argv) as program:
        assert program.stdin
        program.stdin.write(b"half of")
        program.stdin.flush()
        assert program.stderr
        assert b"reading piped text" in program.stderr.readline()
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=20)

    assert program.returncode == 130
    assert saved(err) == b"words\n\n" * (len(argv) - 1) + b"half of"


def test_an_interrupted_each_saves_the_line_it_could_not_keep_and_what_follows(run: Run) -> None:
    with busy(run), run.begins("note", "--each") as program:
        assert program.stdin
        program.stdin.write(b"one\ntwo\nthr")
        program.stdin.flush()
        until_it_waits(program)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=20)

    assert program.returncode == 130
    assert saved(err) == b"one\ntwo\nthr"


def test_each_goes_on_keeping_when_nobody_reads_its_handles(run: Run) -> None:
    program = f"seq 10 | {sys.executable} -m ledgernote note --each | head -n 1"
    subprocess.run(["bash", "-c", program], env=run.env, timeout=30, check=True)

    assert len(run("log", "--json").records) == 10


@pytest.mark.parametrize(
    ("editor", "said"),
    [("/no/such/editor", "cannot be started"), ("sh -c 'exit 3'", "the editor ended with 3")],
)
def test_an_editor_that_fails_leaves_the_text_in_a_file(run: Run, editor: str, said: str) -> None:
    ran = run("note", "-e", stdin="piped in\n", env={"EDITOR": editor})

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert saved(ran.stderr) == b"piped in\n"


def test_what_was_written_in_an_editor_that_then_failed_is_saved(run: Run) -> None:
    editor = "sh -c 'printf more >> \"$0\"; exit 1'"

    ran = run("note", "-e", "begun ", env={"EDITOR": editor})

    assert saved(ran.stderr) == b"begun more"
    assert len(list(Path(run.env["TMPDIR"]).iterdir())) == 1


def test_without_an_editor_or_terminal_the_piped_text_is_saved(run: Run) -> None:
    with run.begins("note", "-e", start_new_session=True) as program:
        _, err = program.communicate(b"piped in", timeout=20)

    assert program.returncode == 2
    assert saved(err) == b"piped in"


def test_ctrl_c_in_the_editor_is_the_editors(run: Run) -> None:
    editor = run.cwd / "editor"
    editor.write_text(
        "#!/bin/sh\ntrap 'printf heard >> \"$1\"; exit 0' INT\ntouch up\n"
        "sleep 9 >/dev/null 2>&1 & wait\n"
    )
    editor.chmod(0o755)
    run = Run(env={**run.env, "EDITOR": str(editor)}, cwd=run.cwd, ledger=run.ledger)

    with run.begins("note", "-e", "begun ", start_new_session=True) as program:
        assert program.stdin
        program.stdin.close()
        program.stdin = None
        wait_for((run.cwd / "up").exists)
        os.killpg(program.pid, signal.SIGINT)
        out, err = program.communicate(timeout=20)

    assert program.returncode == 0, err
    assert run("show", out.decode().strip()).out.strip() == "begun heard"


def wait_for(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_blanks_are_nobodys_words(run: Run) -> None:
    ran = run("note", stdin="  \n")

    assert (ran.code, "nothing to keep" in ran.err) == (2, True)
    assert "Your text is safe" not in ran.err
    assert not list(Path(run.env["TMPDIR"]).iterdir())


@pytest.mark.parametrize("argv", [("chat", "-m", "offline"), ("ask", "--each", "-m", "offline")])
def test_an_interrupt_saves_the_lines_that_nobody_has_asked(
    run: Run, argv: tuple[str, ...]
) -> None:
    with run.begins(*argv) as program:
        assert program.stdin
        assert program.stderr
        program.stdin.write(b"what of gold?\nand of sil")
        program.stdin.flush()
        for line in program.stderr:
            if b"offline" in line:  # who answered, and how
                break
        time.sleep(0.5)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=20)

    assert program.returncode == 130
    assert saved(err) == b"and of sil"


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("note", "--at", "banana"), 2),
        (("note", "--tagg", "x"), 2),
        (("note", "-t", ""), 2),
        (("-p", "", "note"), 2),
        (("note", "--each", "--at", "banana"), 2),
        (("ask", "-r", ""), 2),
        (("note", "-f", "/nonexist"), 4),
        (("ask", "--each", "-m", "nosuch"), 4),
        (("chat", "-m", "nosuch"), 4),
    ],
)
def test_what_is_piped_to_a_command_that_fails_is_saved(
    run: Run, argv: tuple[str, ...], code: int
) -> None:
    ran = run(*argv, stdin="a long\ntable\n")

    assert ran.code == code
    assert saved(ran.stderr) == b"a long\ntable\n"


@pytest.mark.parametrize("argv", [("notee",), ("find", "--bogus"), ("ask", "-n", "--budget", "x")])
def test_what_would_not_be_kept_anyway_goes_into_no_file(run: Run, argv: tuple[str, ...]) -> None:
    ran = run(*argv, stdin="a table\n")

    assert ran.code == 2
    assert not list(Path(run.env["TMPDIR"]).iterdir())


def test_a_pipe_without_end_delays_a_mistake_only_a_moment(run: Run) -> None:
    with run.begins("note", "--tagg", "x") as program:
        assert program.stdin
        program.stdin.write(b"so far")
        program.stdin.flush()
        program.wait(timeout=20)
        _, err = program.communicate()

    assert program.returncode == 2
    assert saved(err) == b"so far"


@pytest.mark.parametrize("argv", [("note",), ("note", "--each"), ("ask",), ("chat",)])
def test_what_is_piped_into_an_unusable_ledger_is_saved(run: Run, argv: tuple[str, ...]) -> None:
    run.ledger.write_bytes(b"no ledger at all " * 99)
    lines = b"".join(b"line %d\n" % number for number in range(20_000))

    ran = run(*argv, stdin=lines)

    assert ran.code == 5
    assert saved(ran.stderr).rstrip(b"\n") == lines.rstrip(b"\n")


def test_a_piped_talk_saves_what_the_ledger_takes_no_more(run: Run) -> None:
    with run.begins("chat", "-m", "offline") as program:
        assert program.stdin
        assert program.stderr
        program.stdin.write(b"what of gold?\n")
        program.stdin.flush()
        for line in program.stderr:
            if b"offline" in line:
                break
        time.sleep(0.5)
        with sqlite3.connect(run.ledger) as other:
            other.execute("PRAGMA user_version = 999")
        _, err = program.communicate(b"and silver?\nand tin?\n", timeout=20)

    assert program.returncode == 5
    assert saved(err) == b"and silver?\nand tin?\n"


@pytest.mark.parametrize("argv", [("ask",), ("ask", "--json"), ("chat",)])
def test_an_answer_that_the_ledger_takes_no_more_is_saved(run: Run, argv: tuple[str, ...]) -> None:
    with ScriptedServer() as server:
        server.script(Say("one " * 10 + "end", delay=0.05))
        env = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        online = Run(env={**run.env, **env}, cwd=run.cwd, ledger=run.ledger)
        with online.begins(*argv, "-m", "openai/own-model") as program:
            assert program.stdin
            program.stdin.write(b"what of gold?\n")
            program.stdin.close()
            program.stdin = None
            wait_for(lambda: bool(server.requests))
            with sqlite3.connect(run.ledger) as other:
                other.execute("PRAGMA user_version = 999")
            _, err = program.communicate(timeout=30)

    assert program.returncode == 5
    assert saved(err) == b"one " * 10 + b"end"
