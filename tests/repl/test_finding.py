"""`/find` does what `find` does: it likes, saves, sorts and counts as it is told to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from repl.people import Heard

from ledgernote.domain.errors import UsageError
from ledgernote.notebook.notebook import NewNote
from ledgernote.repl import slash
from ledgernote.repl.session import Session

Say = Callable[[str], str]


@pytest.fixture
def say(session: Session) -> Say:
    """Run one command line in the session; what it wrote."""

    def run(line: str) -> str:
        heard = Heard()
        name, _, words = line.removeprefix("/").partition(" ")
        slash.run(session, name, words, heard.desk())
        return heard.all

    return run


@pytest.fixture
def kept(session: Session) -> list[str]:
    texts = ("services ex-shelter turning", "shelter services again", "gold and oil", "oil alone")
    return [session.notebook.note(NewNote(text=text)).handle for text in texts]


def found(said: str, kept: list[str]) -> list[int]:
    """Which of the notes were shown, in that order."""
    return [at for _, at in sorted((said.find(one), at) for at, one in enumerate(kept)) if _ >= 0]


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("/find --like {0}", [1]),
        ("/find oil --like={2}", [3]),
        ("/find shelter --sort old", [0, 1]),
        ("/find --sort new shelter", [1, 0]),
        ("/find -n 1 --sort old oil", [2]),
        ("/find -n1 --sort old oil", [2]),
        ("/find --exact services -a", [1, 0]),
        ('/find "oil alone"', [3]),
        ("/find --kind note -oil --sort old", [0, 1]),
        ("/find --pinned oil", []),
        ('/find "--like" oil', [3, 2]),
        ("/find -- --like oil", [3, 2]),
    ],
)
def test_options_say_how_to_find(say: Say, kept: list[str], line: str, notes: list[int]) -> None:
    said = say(line.format(*kept))

    assert found(said, kept) == notes


def test_a_search_is_saved_listed_used_and_forgotten(say: Say, kept: list[str]) -> None:
    assert "saved: `/find @oil`" in say("/find --save oil oil -gold")

    assert found(say("/find @oil"), kept) == [3]
    assert "oil -gold" in say("/find --saved")
    assert "forgotten: @oil; /undo brings it back" in say("/find --forget oil")
    assert "no search is saved" in say("/find --saved")


def test_explain_says_how_it_was_read(say: Say, kept: list[str]) -> None:
    said = say("/find oil -gold --explain")

    assert "words: oil" in said
    assert "ranked: all" in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/find --lik k3f9a", "/find has no --lik"),
        ("/find --like", "--like needs a value"),
        ("/find oil -n many", "-n takes a whole number"),
        ("/find oil --sort odd", "nothing is sorted by"),
        ("/find oil --kind odd", "no entry is a"),
        ("/find --saved oil", "take no query"),
    ],
)
def test_what_is_no_option_or_value_is_said(say: Say, line: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        say(line)


def test_help_of_find_lists_its_options(say: Say) -> None:
    said = say("/help find")

    for option in ("-a", "-n N", "--exact", "--sort ORDER", "--like HANDLE", "--save NAME"):
        assert option in said
