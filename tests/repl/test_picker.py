"""Lists to pick from, at a real terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from repl.people import Person
from started import beside

from ledgernote.domain.entries import INBOX, Kind, Status
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
def test_forty_columns_show_where_ctrl_r_goes_on(person: SitDown) -> None:
    ann = person(columns=40, THREAD="rates")
    ann.sees("\n>")
    ann.types("\x12")

    screen = ann.sees("Ctrl-R: of this project")
    shown = screen.partition("questions of this")[2]
    assert all(len(line) < 40 for line in shown.splitlines())


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


@pytest.fixture
def threads(notebook: Notebook) -> Notebook:
    """Two threads; the answer in the first one was cut off."""
    with notebook.writing() as tx:
        rates = places.new_thread(tx, INBOX, "rates-thesis")
        question = New(kind=Kind.QUESTION, text=b"is it right?", project=INBOX, thread=rates)
        asked = keep(tx, question)
        half = New(
            kind=Kind.ANSWER,
            text=b"Half of it.\nThe June",
            project=INBOX,
            thread=rates,
            reply_to=asked,
            status=Status.INTERRUPTED,
        )
        keep(tx, half)
        gold = places.new_thread(tx, INBOX, "gold")
        keep(tx, New(kind=Kind.QUESTION, text=b"and gold?", project=INBOX, thread=gold))
    return notebook


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("command", ["/threads", "/resume"])
def test_a_thread_is_picked_by_a_few_letters(command: str, person: SitDown) -> None:
    ann = person(FRESH="1")
    ann.sees("\n>")
    ann.types(f"{command}\r")
    ann.sees("rates-thesis · ")
    ann.types("rtth")
    screen = ann.until(lambda seen: "gold" not in seen, "one thread alone")
    assert "the last answer was cut off" in screen
    assert "> is it right?" in screen
    ann.types("\r")

    ann.sees("inbox · rates-thesis · last here")
    ann.sees("\n  Half of it. The June")


@pytest.mark.usefixtures("threads")
def test_picking_nothing_changes_nothing(person: SitDown) -> None:
    ann = person(THREAD="gold")
    ann.sees("\n>")
    ann.types("/threads\r")
    ann.sees("rates-thesis · ")
    ann.types("\x1b")

    ann.until(lambda seen: "rates" not in seen, "the list going away")
    assert "inbox · gold · " in ann.sees("/threads\n>").splitlines()[-1]


@pytest.mark.usefixtures("threads")
def test_r_without_a_thread_picks_one_at_the_start(person: SitDown) -> None:
    ann = person(shell='exec "$(dirname $0)"/ledgernote --as ann chat -r')
    ann.sees("threads of inbox >")
    ann.types("gold\r")

    ann.sees("> and gold?")


def test_r_without_a_thread_needs_a_terminal(environ: dict[str, str]) -> None:
    with beside("chat", "-r", env=environ) as talk:
        _, err = talk.communicate(b"", timeout=60)

    assert talk.returncode == 2
    assert b"Name it: chat -r THREAD." in err


@pytest.mark.usefixtures("threads")
def test_a_dumb_terminal_gets_a_list_instead(person: SitDown) -> None:
    ann = person(FRESH="1", TERM="dumb")
    ann.sees("\n>")
    ann.types("/resume\r")

    ann.sees("/resume THREAD goes on with one")
