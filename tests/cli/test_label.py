"""Tags, pins and mutes: they change what they name, and say so."""

from __future__ import annotations

import pytest
from shell import Run


def entry(run: Run, handle: str) -> dict[str, object]:
    return run("show", handle, "--json").records[0]


def test_tags_go_on_and_off(run: Run) -> None:
    one, two = run.note("one"), run.note("two")

    ran = run("tag", "macro,#rates", one, two)
    assert (ran.code, ran.out) == (0, "")
    assert f"{one} tagged #macro #rates" in ran.err
    assert entry(run, two)["tags"] == ["macro", "rates"]

    run("untag", "macro", one)
    assert entry(run, one)["tags"] == ["rates"]


@pytest.mark.parametrize(
    ("options", "scope"),
    [((), "project"), (("--everywhere",), "everywhere"), (("--for", "30d"), "project")],
)
def test_pins(run: Run, options: tuple[str, ...], scope: str) -> None:
    handle = run.note("one")

    assert run("pin", handle, *options).code == 0
    assert entry(run, handle)["pinned"] == scope
    assert run("unpin", handle).code == 0
    assert entry(run, handle)["pinned"] is None


def test_a_pin_for_a_thread_needs_one(run: Run) -> None:
    handle = run.note("one")
    question = run("ask", "what?", "--json").records[0]["question"]

    assert run("pin", handle, "--thread").code == 2
    assert run("pin", question, "--thread").code == 0
    assert entry(run, question)["pinned"] == "thread"


def test_mutes(run: Run) -> None:
    handle = run.note("one")

    assert run("mute", "@last", "--json").records[0]["muted"] is True
    assert run("unmute", handle, "--json").records[0]["muted"] is False


def test_what_is_muted_is_found_still(run: Run) -> None:
    run("note", "--mute", "gilts kept quiet")

    found = [run("find", *query, "--ids").lines for query in (["quiet"], ["gilts", "is:muted"])]

    assert [len(handles) for handles in found] == [1, 1]


@pytest.mark.parametrize(
    ("line", "said"),
    [("untag fed", "has no tag fed"), ("unpin", "is not pinned"), ("unmute", "is not muted")],
)
def test_what_an_entry_never_had_is_not_said_to_be_taken_off(
    run: Run, line: str, said: str
) -> None:
    handle = run.note("one")

    ran = run(*line.split(), handle)

    assert (ran.code, ran.err) == (1, f"{handle} {said}\n")
    assert run("verify", "--json").records[0]["events"] == 2


def test_untag_says_of_each_tag_and_entry_what_became_of_it(run: Run) -> None:
    one, two = run.note("one", "-t", "macro"), run.note("two")

    ran = run("untag", "macro,fed", one, two)

    assert ran.code == 0
    assert ran.err.splitlines() == [
        f"{one} no longer #macro",
        f"{one} has no tag fed",
        f"{two} has no tag macro fed",
    ]


def test_a_tag_is_said_as_it_is_kept(run: Run) -> None:
    handle = run.note("one")

    assert run("tag", "#ma\x1bcro", handle).err == f"{handle} tagged #macro\n"
    assert run("untag", "ma\x1bcro", handle).code == 0


def test_an_unknown_name_among_several_changes_nothing(run: Run) -> None:
    handle = run.note("one")

    assert run("tag", "x", handle, "zzzzz").code == 4
    assert entry(run, handle)["tags"] == []


@pytest.mark.parametrize(
    "line",
    [
        "tag",
        "tag x",
        "tag , @last",
        "pin",
        "pin @last --for ever",
        "pin @last --for 0d",
        "pin @last --for=-3d",
        "mute",
    ],
)
def test_what_makes_no_sense_is_usage(run: Run, line: str) -> None:
    run.note("one")

    assert run(*line.split()).code == 2


def test_both_scopes_contradict_each_other(run: Run) -> None:
    run.note("one")

    assert run("pin", "@last", "--thread", "--everywhere").code == 2
