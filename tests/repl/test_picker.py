"""Lists to pick from, at a real terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from repl.people import Person

from ledgernote.domain.entries import INBOX, Kind
from ledgernote.ledger import places
from ledgernote.ledger.keep import New, keep
from ledgernote.notebook.notebook import Notebook

SitDown = Callable[..., Person]


@pytest.fixture
def asked(notebook: Notebook) -> Notebook:
    """Questions of a thread, of its project, and of another one."""
    with notebook.writing() as tx:
        thread = places.new_thread(tx, INBOX, "rates")
        fed = places.need_project(tx, "fed")
        for project, words in ((fed, b"elsewhere: cut?"), (INBOX, b"outside: a Cut?")):
            keep(tx, New(kind=Kind.QUESTION, text=words, project=project))
        for words in (b"inside: when is the cut?", b"inside: 100% sure?\nReally?"):
            keep(tx, New(kind=Kind.QUESTION, text=words, project=INBOX, thread=thread))
    return notebook


@pytest.mark.usefixtures("asked")
def test_ctrl_r_widens_from_the_thread_to_all(person: SitDown) -> None:
    ann = person(THREAD="rates")
    ann.sees("\n>")
    ann.types("cut\x12")

    assert "outside" not in ann.sees("› inside: when is the cut?")
    ann.types("\x12")
    screen = ann.sees("outside: a Cut?")
    assert "of this project > cut" in screen
    assert "elsewhere" not in screen
    ann.types("\x12")
    assert "of all > cut" in ann.sees("elsewhere: cut?")


@pytest.mark.usefixtures("asked")
def test_what_is_picked_stands_in_the_prompt_whole(person: SitDown) -> None:
    ann = person(THREAD="rates")
    ann.sees("\n>")
    ann.types("\x12100%\r")

    ann.sees("> inside: 100% sure?\n  Really?")


@pytest.mark.usefixtures("asked")
def test_a_search_that_is_left_gives_the_draft_back(person: SitDown) -> None:
    ann = person(THREAD="rates")
    ann.sees("\n>")
    ann.types("my draft\x12 and more")
    ann.sees("nothing fits")
    ann.types("\x1b")

    assert "nothing fits" not in ann.sees("\n> my draft")


@pytest.mark.usefixtures("asked")
def test_keys_typed_ahead_of_a_search_act_as_typed(person: SitDown) -> None:
    ann = person(THREAD="rates")
    ann.sees("\n>")
    ann.types("\x12when\r!!\r")

    ann.sees("inside: when is the cut?!!")
    ann.sees("recalled")


def test_a_question_asked_in_another_terminal_is_an_up_away(person: SitDown) -> None:
    ann, bob = person(), person()
    ann.sees("\n>")
    bob.sees("\n>")
    bob.types("asked over there\r")
    bob.sees("recalled")
    ann.types("/budget\r")
    ann.sees("16k tokens")
    ann.types("\x1b[A\x1b[A")

    ann.sees("\n> asked over there")


def test_the_rest_of_an_older_question_is_suggested(person: SitDown, notebook: Notebook) -> None:
    with notebook.writing() as tx:
        keep(tx, New(kind=Kind.QUESTION, text=b"when is the cut?", project=INBOX))
    ann = person(FRESH="1")
    ann.sees("\n>")
    ann.types("whe")
    ann.sees("> when is the cut?")
    ann.types("\x05, then\r")  # the end of the line takes it

    ann.sees("> when is the cut?, then")
