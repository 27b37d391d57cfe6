"""Saved searches: `find --save NAME`, `find @NAME`, listed, forgotten, undone."""

from __future__ import annotations

import unicodedata

import pytest
from shell import Run


@pytest.fixture
def filled(run: Run) -> Run:
    run("note", "--each", "-p", "fed", "-t", "rates", stdin="a cut in June\nno cut at all\nhike\n")
    run.note("cut the cake", "-p", "home")
    return run


def texts(run: Run, *argv: str) -> list[str]:
    return sorted(hit["text"] for hit in run("find", *argv, "--json").records)


def test_a_saved_search_finds_what_it_would_find_typed_wherever_one_is(filled: Run) -> None:
    saved = filled("find", "-p", "fed", "--save", "cuts", "-t", "rates", "cut", "-June")

    assert saved.err.startswith("saved: `ledgernote find @cuts`\n")
    assert len(saved.lines) == 1
    assert texts(filled, "@cuts") == ["no cut at all"]
    assert texts(filled, "-p", "home", "@cuts") == []
    assert (
        filled("find", "@cuts", "hike", "--exact").err
        == "nothing found in fed; -a for all projects\n"
    )


def test_words_beside_its_name_narrow_it_and_all_widens_it(filled: Run) -> None:
    filled("find", "-p", "fed", "--save", "cuts", "cut")

    assert texts(filled, "@cuts", "June") == ["a cut in June"]
    assert texts(filled, "@cuts", "-a") == ["a cut in June", "cut the cake", "no cut at all"]


def test_its_name_is_the_same_however_its_accents_are_typed(filled: Run) -> None:
    filled("find", "-p", "fed", "--save", "café", "cut")

    apart = unicodedata.normalize("NFD", "@café")

    assert texts(filled, apart, "June") == ["a cut in June"]
    assert filled("find", "--save", "café", apart).code == 2


def test_one_that_was_saved_for_all_projects_looks_in_all_and_may_hold_another(filled: Run) -> None:
    filled("find", "-a", "--save", "cuts", "cut")
    filled("find", "-p", "fed", "--save", "cakes", "@cuts cake")

    assert texts(filled, "@cuts") == ["a cut in June", "cut the cake", "no cut at all"]
    assert texts(filled, "@cakes", "-p", "home") == ["cut the cake"]


def test_they_are_listed_and_the_last_one_of_a_name_counts(filled: Run) -> None:
    filled("find", "-p", "fed", "--save", "cuts", "cut")
    filled("find", "-a", "--save", "@cuts", "tag:rates", "--since", "3 months ago")

    assert filled("find", "--saved").out == 'cuts\teverywhere\ttag:rates since:"3 months ago"\n'
    assert filled("find", "--saved", "--json").records == [
        {"name": "cuts", "query": 'tag:rates since:"3 months ago"', "project": None}
    ]
    assert len(texts(filled, "@cuts")) == 3


def test_undo_takes_a_save_back_and_brings_a_forgotten_one_back(filled: Run) -> None:
    for words in ("cut", "hike"):
        filled("find", "-p", "fed", "--save", "cuts", words)

    assert "taken back: 1 search saved" in filled("undo").err
    assert len(texts(filled, "@cuts")) == 2
    assert filled("find", "--forget", "cuts").code == 0
    assert filled("find", "--saved").code == 1
    filled("undo")
    assert len(texts(filled, "@cuts")) == 2
    assert filled("doctor", "--rebuild").code == 0
    assert len(filled("find", "--saved").lines) == 1


def test_one_that_is_words_stands_in_an_or_and_behind_a_minus(filled: Run) -> None:
    filled("find", "-a", "--save", "later", "June OR hike")
    filled("find", "-a", "--save", "home", "project:home")

    assert texts(filled, "-a", "@later OR cake") == ["a cut in June", "cut the cake", "hike"]
    assert texts(filled, "-a", "cut -@later") == ["cut the cake", "no cut at all"]
    assert texts(filled, "-a", "cut", "-@home") == ["a cut in June", "no cut at all"]


def test_one_that_says_more_is_a_word_in_an_or_and_behind_a_minus_and_stderr_says_so(
    filled: Run,
) -> None:
    filled("find", "-a", "--save", "both", "cut June")
    said = "@both is a word there: only one word, phrase, filter or OR can stand in"

    ran = filled("find", "-a", "@both OR cake", "--json")

    assert [hit["text"] for hit in ran.records] == ["cut the cake"]
    assert said in ran.err
    assert said in filled("find", "-a", "-@both").err
    assert said in filled("find", "-a", "--save", "nest", "@both OR cake").err
    assert said in filled("find", "-a", "@nest").err


def test_none_can_hold_itself_by_way_of_another(filled: Run) -> None:
    filled("find", "-a", "--save", "one", "cut OR @two")
    filled("find", "-a", "--save", "two", "June -@three")

    ran = filled("find", "-a", "--save", "three", "@one")

    assert (ran.code, ran.out) == (2, "")
    assert "@three would hold itself" in ran.err


@pytest.mark.parametrize("word", ["@nobody", "a@b", '"@cuts x"', "@cuts*", "@", "-@cuts"])
def test_what_names_no_saved_search_is_words(filled: Run, word: str) -> None:
    filled("find", "-p", "fed", "--save", "cuts", "cut")

    assert filled("find", "-p", "fed", "hike", word).code in {0, 1}
    assert "hike" not in texts(filled, "-p", "fed", word, "--exact") or word == "-@cuts"


def test_two_that_hold_each_other_come_to_an_end(filled: Run) -> None:
    filled("find", "-a", "--save", "one", "cut @two")
    filled("find", "--forget", "one", "--as", "bob")
    filled("find", "-a", "--save", "two", "June @one")

    assert filled("undo", "--as", "bob").code == 0

    assert filled("find", "@one", "--exact").code in {0, 1}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--save", "two words", "cut"), "no search can be called 'two words'"),
        (("--save", "cuts"), "there is no search to save"),
        (("--save", "cuts", "@cuts", "gold"), "@cuts would hold itself"),
        (("--save", "cuts", "gold OR @cuts"), "@cuts would hold itself"),
        (("--save", "cuts", "--thread", 'a "b', "cut"), "cannot be saved"),
        (("--save", "cuts", "--like", "@last"), "--like is not saved"),
        (("--save", "cuts", "--since", "whenever", "cut"), "'whenever' is no time"),
        (("--save", "cuts", "--each"), "--save keeps one query"),
        (("--saved", "cut"), "--saved and --forget take no query"),
    ],
)
def test_what_cannot_be_saved_is_told(filled: Run, argv: tuple[str, ...], said: str) -> None:
    ran = filled("find", "-p", "fed", *argv)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert filled("find", "--saved").code == 1


def test_what_is_not_saved_with_a_search_is_said(filled: Run) -> None:
    ran = filled("find", "-p", "fed", "--save", "cuts", "cut", "-n", "1", "--sort", "old")

    assert len(ran.lines) == 1
    assert "a saved search keeps no -n, --sort: give that beside @cuts" in ran.err
    assert len(texts(filled, "@cuts")) == 2


def test_the_name_of_one_that_was_forgotten_is_said_to_be_a_word(filled: Run) -> None:
    filled("note", "zinc cuts")
    filled("find", "--save", "cuts", "tag:rates")
    filled("find", "--forget", "cuts")

    found = filled("find", "@cuts")

    assert (found.code, len(found.lines)) == (0, 1)
    assert found.err.splitlines() == ["no search is saved as @cuts: it is a word there"]


def test_forgetting_what_is_not_saved_is_exit_4(filled: Run) -> None:
    assert filled("find", "--forget", "cuts").code == 4


def test_handles_of_hits_go_into_another_command(filled: Run) -> None:
    _, screen = filled.at_terminal(
        "ledgernote -p fed find cut --ids | xargs ledgernote tag fed;"
        "ledgernote -p fed find tag:fed --ids | wc -l"
    )

    assert screen.split()[-1] == "2"
