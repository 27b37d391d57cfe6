"""Editing, moving, removing, privacy: every change can be seen and taken back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shell import Run


def entry(run: Run, handle: str) -> dict[str, object]:
    return run("show", handle, "--json").records[0]


def test_a_pipe_replaces_the_words_and_history_keeps_both(run: Run) -> None:
    handle = run.note("no cut before Sept")

    assert run("edit", handle, stdin="a cut in July\n").code == 0

    assert entry(run, handle)["text"] == "a cut in July"
    texts = [one["text"] for one in run("history", handle, "--json").records]
    assert texts == ["no cut before Sept", "a cut in July"]


def test_the_editor_gets_the_words_and_leaves_its_own(run: Run) -> None:
    handle = run.note("no cut before Sept", "-t", "rates")

    ran = run("edit", handle, env={"EDITOR": "sed -i s/Sept/July/"})

    assert f"{handle} changed" in ran.err
    assert entry(run, handle)["text"] == "no cut before July"
    assert entry(run, handle)["tags"] == ["rates"]


def test_an_editor_that_changes_nothing_makes_no_revision(run: Run) -> None:
    handle = run.note("as it was")

    ran = run("edit", handle, env={"EDITOR": "true"})

    assert "is as it was" in ran.err
    assert len(run("history", handle, "--json").records) == 1


def test_two_who_edit_at_once_both_stay(run: Run) -> None:
    handle = run.note("first")
    script = run.cwd / "editor"
    script.write_text(
        f"echo mine >$1\necho theirs | {sys.executable} -m ledgernote edit {handle}\n"
    )
    meanwhile = f"sh {script}"

    ran = run("edit", handle, env={"EDITOR": meanwhile})

    assert "someone else changed it too" in ran.err
    texts = [one["text"] for one in run("history", handle, "--json").records]
    assert texts == ["first", "theirs", "mine"]


def test_an_edit_to_nothing_is_refused_and_says_how_to_remove(run: Run) -> None:
    handle = run.note("words")

    ran = run("edit", handle, stdin="  \n")

    assert (ran.code, "ledgernote rm" in ran.err) == (2, True)
    assert entry(run, handle)["text"] == "words"


def test_what_was_removed_is_in_no_list_and_undo_brings_it_back(run: Run) -> None:
    handle = run.note("gone tomorrow")

    assert run("rm", handle).code == 0
    assert run("find", "tomorrow").code == 1
    assert run("log").out == ""
    assert run("show", handle).code == 4

    assert run("undo").code == 0
    assert run("find", "tomorrow", "--ids").lines == [handle]


def test_a_thread_is_removed_with_all_it_holds(run: Run) -> None:
    answer = run("ask", "what of oil?", "--json").records[0]

    assert run("rm", str(answer["thread"])).code == 0

    assert run("log").out == ""


def test_entries_move_to_a_project_that_is_there(run: Run) -> None:
    handle = run.note("one")

    ran = run("move", handle, "fed")
    assert (ran.code, "no project named 'fed'" in ran.err) == (4, True)

    run("project", "new", "fed")
    assert run("move", handle, "fed").code == 0
    assert entry(run, handle)["project"] == "fed"


def test_a_thread_moves_with_its_questions_and_answers(run: Run) -> None:
    answer = run("ask", "what of oil?", "--json").records[0]
    run("project", "new", "oil")

    assert run("move", str(answer["thread"]), "oil").code == 0

    assert {one["project"] for one in run("log", "--json").records} == {"oil"}
    assert [one["project"] for one in run("threads", "-p", "oil", "--json").records] == ["oil"]


@pytest.mark.parametrize(
    "change", ["move @last inbox", "unprivate project:secret", "undo", "thread move talk inbox"]
)
def test_what_would_reveal_needs_a_yes(run: Run, change: str) -> None:
    run("project", "new", "secret")
    run("ask", "-p", "secret", "-r", "talk", "who knows?")
    handle = run.note("between us", "-p", "secret")
    run("private", "project:secret")

    ran = run(*change.split(), "-p", "secret")
    assert (ran.code, "no longer private" in ran.err, "-y" in ran.err) == (2, True, True)
    assert entry(run, handle)["private"] is True

    assert run(*change.split(), "-p", "secret", "-y").code == 0


def test_moving_a_thread_looks_at_what_was_removed_in_it_too(run: Run) -> None:
    run("ask", "-p", "secret", "-r", "talk", "who knows?")
    run("private", "project:secret")
    run("rm", "-p", "secret", "talk")

    ran = run("move", "-p", "secret", "talk", "inbox")

    assert (ran.code, "no longer private" in ran.err) == (2, True)
    assert run("thread", "move", "talk", "inbox", "-p", "secret").code == 2


def test_what_is_removed_in_a_thread_becomes_private_with_it(run: Run) -> None:
    run("ask", "who knows?", "-r", "talk")
    handle = str(run("log", "--json").records[0]["handle"])
    run("rm", handle)

    run("private", "talk")

    told = [line.split("\t")[2] for line in run("history", handle).lines if "\t" in line]
    assert told == ["kept in inbox", "removed", "made private"]


def test_a_tag_can_be_private(run: Run) -> None:
    handle = run.note("between us", "-t", "legal")

    assert run("private", "tag:legal").code == 0
    assert entry(run, handle)["private"] is True

    assert run("untag", "legal", handle).code == 2
    assert run("untag", "legal", handle, "-y").code == 0
    assert entry(run, handle)["private"] is False


def test_a_mark_that_is_not_the_only_one_says_so(run: Run) -> None:
    handle = run.note("between us", "--private", "-t", "legal")
    run("private", "#legal")

    ran = run("unprivate", handle)

    assert (ran.code, "stays private" in ran.err) == (0, True)


@pytest.mark.parametrize("away", [("rm",), ("purge", "-y")])
def test_a_thread_whose_last_entry_is_an_empty_answer_is_listed(
    run: Run, away: tuple[str, ...]
) -> None:
    config = 'retries = 0\n[models."house/a"]\napi_base = "http://127.0.0.1:1/v1"\n'
    Path(run.env["LEDGERNOTE_CONFIG"]).write_text(config, encoding="utf-8")
    assert run("ask", "-m", "house/a", "where are rates?").code == 6
    question, answer = (entry["handle"] for entry in run("log", "--json").records)

    assert run(*away, str(question)).code == 0

    assert run("threads", "--json").records[0]["title"] == ""
    assert {record["handle"] for record in run("log", "--json").records} >= {answer}
    assert run("show", str(answer)).code == run("stats").code == run("context", "-c", "x").code == 0
