"""`show`, `log` and the lists: what comes out, in which form, and what is said beside it."""

from __future__ import annotations

import pytest
from shell import Run


def test_show_alone_in_a_pipe_is_the_text(run: Run) -> None:
    handle = run.note("plain *words*")

    assert run("show", handle).out == "plain *words*\n"


def test_show_of_several_tells_them_apart(run: Run) -> None:
    first, second = run.note("one", "-t", "x"), run.note("two")
    out = run("show", first, second).out

    assert f"{first}  note · you · " in out
    assert "tags: x\n\none\n\n" in out
    assert out.endswith("\n\ntwo\n")


@pytest.mark.parametrize("spelling", ["{0}", "@{0}", "{1}", "{2}", "@last", "@last.note"])
def test_every_name_of_an_entry_is_understood(run: Run, spelling: str) -> None:
    handle = run.note("words")
    id_ = run("show", handle, "--json").records[0]["id"]

    name = spelling.format(handle, handle[:4], id_)
    assert run("show", name, "--json").records[0]["handle"] == handle


def test_a_thread_is_shown_whole_by_handle_and_by_name(run: Run) -> None:
    run("ask", "what of rates?", "-r", "rates thesis")
    thread = run("threads", "--json").records[0]["handle"]

    by_name, by_handle = run("show", "rates thesis"), run("show", thread)

    assert by_name.out == by_handle.out
    assert "what of rates?" in by_name.out
    assert len(run("show", thread, "--json").records) == 2


def test_an_unknown_name_is_exit_4(run: Run) -> None:
    run.note("x")
    ran = run("show", "zzzzz")

    assert (ran.code, ran.out) == (4, "")
    assert "nothing is called 'zzzzz'" in ran.err


def test_an_ambiguous_prefix_lists_the_candidates(run: Run) -> None:
    handles = run("note", "--each", stdin="".join(f"n {i}\n" for i in range(60))).lines
    first = next(letter for letter in "0123456789abcdefghjkmnpqrstvwxyz"
                 if sum(h.startswith(letter) for h in handles) > 1)  # fmt: skip

    ran = run("show", first)

    assert ran.code == 4
    assert "could be any of" in ran.err


def test_log_is_oldest_first_and_of_all_projects(run: Run) -> None:
    run.note("one", "-p", "a")
    run.note("two", "-p", "b")

    assert [entry["text"] for entry in run("log", "--json").records] == ["one", "two"]
    assert [entry["text"] for entry in run("log", "--json", "-p", "a").records] == ["one"]
    env = {"LEDGERNOTE_PROJECT": "b"}
    assert [entry["text"] for entry in run("log", "--json", env=env).records] == ["two"]


def test_log_counts_and_says_when_there_is_more(run: Run) -> None:
    run("note", "--each", stdin="".join(f"n {i}\n" for i in range(25)))

    assert len(run("log").lines) == 20
    assert "20 shown; -n 0 for all" in run("log").err
    assert [entry["text"] for entry in run("log", "-2", "--json").records] == ["n 23", "n 24"]
    assert len(run("log", "-n", "0").lines) == 25
    assert run("log", "-n", "0").err == ""


def test_log_filters(run: Run) -> None:
    run.note("old", "--at", "2020-01-01")
    run.note("bob's", "--as", "bob")

    assert len(run("log", "--since", "7d").lines) == 1
    assert len(run("log", "--actor", "bob").lines) == 1
    assert run("log", "--actor", "eve").code == 1


def test_the_last_answer_alone(run: Run) -> None:
    run.note("rates are at 5.25")
    assert run("log", "--answer").code == 1
    answer = run("ask", "where are rates?").out

    assert run("log", "--answer").out == answer


def test_a_record_of_the_log_holds_the_whole_text(run: Run) -> None:
    long = "word " * 20_000
    run.note(stdin=long)

    assert run("log", "--json").records[0]["text"] == long


def test_lists(run: Run) -> None:
    run.note("x", "-t", "macro", "-p", "fed")
    run("ask", "what?", "-p", "fed")

    assert run("projects", "--json").records[0]["name"] == "fed"
    assert [one["name"] for one in run("projects", "--json").records] == ["fed", "inbox"]
    assert run("tags", "--json").records == [{"tag": "macro", "entries": 1}]
    assert run("tags").out == "macro\t1\n"
    assert run("tags", "-p", "inbox").out == ""
    assert len(run("threads", "-p", "fed").lines) == 1
    assert run("threads").code == 0


@pytest.mark.parametrize(
    "command", ["log", "show x", "find x", "tags", "projects", "verify", "export", "context x"]
)
def test_a_reading_command_makes_no_ledger(run: Run, command: str) -> None:
    ran = run(*command.split(), "-d", "./x")

    assert (ran.code, ran.out) == (5, "")
    assert "no ledger at ./x" in ran.err
    assert list(run.cwd.iterdir()) == []


def test_what_a_terminal_would_obey_is_shown_in_lists_as_text(run: Run) -> None:
    run.note(stdin="\x1b[31mred \u202e reversed\x07")

    assert "\\x1b[31mred \\u202e reversed\\x07" in run("log").out
