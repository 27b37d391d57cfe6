"""`find --like HANDLE`: what is like an entry, without itself."""

from __future__ import annotations

import re

import pytest
from shell import Run

NOTES = [
    "the copper price fell as smelters in Chile cut their output",
    "smelters in Chile are paid more for copper concentrate",
    "output of copper fell again",
    "the bond market is waiting for the print of core inflation",
    "core inflation was a little lower than the market had thought",
]


@pytest.fixture
def filled(run: Run) -> Run:
    fillers = [f"the market did little on day {number}, waiting" for number in range(40)]
    assert run("note", "--each", stdin="\n".join([*fillers, *NOTES])).code == 0
    return run


def handle(run: Run, text: str) -> str:
    return run("find", text, "--ids", "-n", "1").out.strip()


def test_what_shares_the_telling_words_comes_first_and_never_itself(filled: Run) -> None:
    one = handle(filled, "smelters output")

    found = {hit["text"] for hit in filled("find", "--like", one, "--json", "-n", "2").records}

    assert found == {NOTES[1], NOTES[2]}
    assert one not in filled("find", "--like", one, "--ids", "-n", "0").lines


def test_words_and_filters_narrow_it(filled: Run) -> None:
    one = handle(filled, "smelters output")

    assert len(filled("find", "--like", one, "concentrate").lines) == 1
    assert filled("find", "--like", one, "--kind", "answer").code == 1


def test_explain_names_the_words_that_likeness_is_by(filled: Run) -> None:
    ran = filled("find", "--like", handle(filled, "smelters output"), "--explain")

    assert re.search(r"words: .*smelters", ran.err)
    assert "ranked: all that match by like" in ran.err


def test_what_replaces_it_is_not_like_it(filled: Run) -> None:
    one = handle(filled, "smelters output")
    newer = filled.note("copper and smelters, said anew", "--supersedes", one)
    newest = filled.note("copper and smelters once more", "--supersedes", newer)

    for name in (one, newer, newest):
        found = filled("find", "--like", name, "--ids", "-n", "0").lines
        assert found
        assert not {one, newer, newest} & set(found)


def test_an_entry_that_shares_no_word_has_nothing_like_it(filled: Run) -> None:
    alone = filled.note("zymurgy quixotic")

    ran = filled("find", "--like", alone)

    assert (ran.code, ran.out) == (1, "")
    assert "nothing found in inbox; -a for all projects" in ran.err
    assert filled("find", "--like", "zzzzz").code == 4


def test_an_entry_of_lines_and_marks_is_like_others_too(run: Run) -> None:
    run("note", "---- ____ copper :: ____ smelters ----")
    run("note", "copper smelters")

    found = run("find", "--like", "@last", "--ids")

    assert (found.code, len(found.lines)) == (0, 1)
