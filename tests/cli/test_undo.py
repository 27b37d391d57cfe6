"""Undo, redo, history and purge at the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest
from shell import Run
from started import Terminal


def test_undo_goes_back_step_by_step_and_redo_returns(run: Run) -> None:
    handle = run.note("one", "-t", "a")
    run("tag", "b", handle)

    assert "1 tag put on" in run("undo").err
    assert run("show", handle, "--json").records[0]["tags"] == ["a"]
    assert "1 entry kept, 1 tag put on" in run("undo").err
    assert run("log").out == ""
    assert run("undo").code == 1

    assert [run("undo", "--redo").code for _ in range(3)] == [0, 0, 1]
    assert run("show", handle, "--json").records[0]["tags"] == ["a", "b"]


def test_a_turn_is_one_step(run: Run) -> None:
    run("ask", "what of oil?", stdin="material")

    assert run("undo").code == 0

    assert run("log").out == ""
    assert run("threads").out == ""


def test_nobody_undoes_what_another_did(run: Run) -> None:
    run.note("mine")
    theirs = run.note("theirs", "--as", "bot")

    run("undo")

    assert [one["handle"] for one in run("log", "--json").records] == [theirs]
    assert run("undo").code == 1


def test_what_somebody_else_built_on_stays_and_is_named(run: Run) -> None:
    handle = run.note("mine")
    run("tag", "seen", handle, "--as", "bot")

    ran = run("undo")

    assert f"{handle} stays" in ran.err
    assert run("show", handle).code == 0


def test_a_project_that_was_undone_can_be_made_again(run: Run) -> None:
    run("project", "new", "fed")
    run("undo")
    assert run("project", "use", "fed").code == 4

    handle = run.note("one", "-p", "fed")

    assert run("show", handle, "--json").records[0]["project"] == "fed"
    assert [one["name"] for one in run("projects", "--json").records] == ["fed", "inbox"]


def test_purge_asks_and_without_a_terminal_needs_a_yes(run: Run) -> None:
    handle = run.note("a secret word: xylophone")

    ran = run("purge", handle)
    assert (ran.code, "-y" in ran.err) == (2, True)
    assert "xylophone" in run("show", handle).out

    assert run("purge", handle, "-y").code == 0
    assert run("verify").code == 0


def test_purged_words_are_in_no_file_whatever_was_done_with_them(run: Run) -> None:
    handle = run.note("xylophone one", "--title", "xylophone two", "--ref", "xylophone three")
    run("edit", handle, stdin="xylophone four")
    run("ask", "of the xylophone?")
    run("rm", handle)

    question = str(run("log", "--json").records[0]["handle"])
    ran = run("purge", handle, question, "@last.answer", "-y")

    assert ran.code == 0
    files = [path for path in Path(run.ledger).parent.rglob("*") if path.is_file()]
    assert [str(path) for path in files if b"xylophone" in path.read_bytes()] == []
    assert run("doctor").code == 0


def test_purge_names_the_saved_searches_that_hold_words_of_it_which_stay(run: Run) -> None:
    handle = run.note("the zebrafinch sings of gold")
    run.note("gold")
    for name, words in (("birds", "zebrafinch gold"), ("metal", "gold"), ("none", "quagga")):
        run("find", "--save", name, words)

    ran = run("purge", handle, "-y")

    assert ran.err.splitlines()[-1].endswith("no purge erases those: @birds")
    assert b"zebrafinch" in Path(run.ledger).read_bytes()


def test_purge_names_the_answers_that_replayed_it(run: Run) -> None:
    handle = run.note("oil at 90 in March")
    answer = run("ask", "what of oil in March?", "--json").records[0]["answer"]

    ran = run("purge", handle, "-y", "--json")

    assert ran.records == [{"handle": handle, "answers": [answer]}]


@pytest.mark.parametrize(("key", "stays"), [("y", False), ("n", True)])
def test_purge_at_a_terminal_asks_and_does_as_told(key: str, stays: bool, run: Run) -> None:
    handle = run.note("words to erase")
    program = ["-m", "ledgernote", "purge", handle]
    child = Terminal(sys.executable, program, env=dict(run.env), timeout=30)

    child.expect_exact("[y/N]")
    child.send(f"{key}\r")
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == (2 if stays else 0)
    assert ("words to erase" in run("show", handle).out) == stays


def test_purge_cannot_be_undone(run: Run) -> None:
    handle = run.note("gone for good")
    run("purge", handle, "-y")

    run("undo")
    run("undo", "--redo")

    assert "gone for good" not in run("show", handle).out
    assert run("verify").code == 0


def test_history_tells_everything_in_words(run: Run) -> None:
    handle = run.note("one")
    run("tag", "b", handle)
    run("pin", handle)
    run("mute", handle)
    run("private", handle)

    told = [line.split("\t")[2] for line in run("history", handle).lines if "\t" in line]

    assert told == ["kept in inbox", "tagged #b", "pinned (project)", "muted", "made private"]


def test_what_came_in_again_since_is_not_brought_back_beside_it(run: Run) -> None:
    line = '{"kind": "note", "text": "an old chat", "source": "elsewhere", "ref": "1"}'
    (run.cwd / "old.jsonl").write_text(line)
    run("import", "jsonl", "old.jsonl")
    run("undo")
    run("import", "jsonl", "old.jsonl")

    ran = run("undo", "--redo")

    assert (ran.code, "come in again since" in ran.err) == (2, True)
    assert len(run("log", "--json").records) == 1
    assert run("undo").code == run("undo", "--redo").code == 0
    assert len(run("log", "--json").records) == 1


def test_undone_threads_are_not_counted(run: Run) -> None:
    run("ask", "what of oil?")
    run("undo")

    assert run("projects", "--json").records[0]["threads"] == 0


def test_all_that_an_undo_leaves_is_counted(run: Run) -> None:
    lines = [f'{{"kind": "note", "text": "note {n}"}}\n' for n in range(25)]
    (run.cwd / "old.jsonl").write_text("".join(lines))
    run("import", "jsonl", "old.jsonl")
    handles = [row["handle"] for row in run("log", "-n0", "--json").records]
    run("tag", "seen", *handles, "--as", "bob")

    told = run("undo").err.splitlines()

    assert sum("someone else has built on it" in line for line in told) == 20
    assert "and 5 more stay" in told
