"""Going back at a real terminal: real keys, a real ledger, a scripted server."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from repl.people import Person
from scripted import Cut, Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Scope
from ledgernote.notebook.notebook import NewNote, Notebook

SitDown = Callable[..., Person]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def ann(person: SitDown, server: ScriptedServer) -> Person:
    """A person whose model is the scripted server."""
    key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
    found = person(**key, LEDGERNOTE_MODEL="openai/gpt-5")
    found.sees("\n>")
    return found


def of_kind(settings: Settings, kind: Kind) -> list[Entry]:
    book = Notebook.open(settings, create=False, say=lambda _: None)
    try:
        return [entry for entry in book.latest(0) if entry.kind is kind]
    finally:
        book.close()


def test_retry_asks_the_same_question_again_and_keeps_both_answers(
    ann: Person, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say("It goes up."), Say("It goes down."))
    ann.types("where do yields go?\r")
    ann.sees("It goes up.")
    ann.types("/retry\r")
    ann.sees("It goes down.")

    answers = of_kind(settings, Kind.ANSWER)
    assert len(of_kind(settings, Kind.QUESTION)) == 1
    assert len({one.reply_to for one in answers}) == 1
    first, second = (request["messages"] for request in server.requests)
    assert first == second
    ann.types(f"/show {answers[1].handle}\r")
    ann.sees(f"other answers: {answers[0].handle} openai/gpt-5")


def test_continue_goes_on_after_a_cut_answer(
    ann: Person, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Cut(after_pieces=2, text="One two three four."), Say("three four."))
    ann.types("count\r")
    ann.sees("half")
    ann.types("/continue\r")
    ann.sees("three four.")
    ann.sees(" out")  # it is kept by then

    assert [one.status for one in of_kind(settings, Kind.ANSWER)] == ["interrupted", "complete"]


def test_edit_puts_the_question_back_and_the_thread_stays(
    ann: Person, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say("Ships."), Say("Chips are up."))
    ann.types("what of ships?\r")
    ann.sees("Ships.")
    ann.types("/edit\r")
    ann.sees("> what of ships?")
    ann.types("\x7f" * 6 + "chips?\r")
    ann.sees("Chips are up.")

    asked = of_kind(settings, Kind.QUESTION)
    assert [one.text for one in asked] == ["what of ships?", "what of chips?"]
    assert asked[0].thread != asked[1].thread
    ann.types(f"/resume {asked[0].thread}\r")
    ann.sees("what of ships? · last here")


def test_undo_takes_the_turn_back_and_the_talk_goes_on(ann: Person, settings: Settings) -> None:
    ann.types("a mistake\r")
    ann.sees("answer 1")
    ann.types("/undo\r")
    ann.sees("/undo redo returns")
    ann.types("another one\r")
    ann.sees("answer 2")

    assert [one.text for one in of_kind(settings, Kind.QUESTION)] == ["another one"]


def test_several_lines_end_at_a_dot_and_are_one_question(ann: Person, settings: Settings) -> None:
    ann.types("/multi\rone\r\r/exit\r.\r")
    ann.sees("answer 1")

    assert of_kind(settings, Kind.QUESTION)[0].text == "one\n\n/exit"


def test_what_is_copied_reaches_the_terminal(ann: Person, server: ScriptedServer) -> None:
    server.script(Say("First.\n\nThe second."))
    ann.types("two?\r")
    ann.sees("The second.")
    ann.types("/copy 2\r")

    ann.chat.expect_exact(f"\x1b]52;c;{base64.b64encode(b'The second.').decode()}\x07")
    ann.chat.expect_exact("copied by")


def test_an_old_pin_is_pointed_out_on_opening(person: SitDown, notebook: Notebook) -> None:
    when = notebook.clock() - timedelta(days=87)
    pin = notebook.note(NewNote(text="no cut before Sept, 5.25", pin=Scope.PROJECT, at=when))

    screen = person().sees("\n>")

    assert f'old pin: {pin.handle} "no cut before Sept, 5.25", 87 days old' in screen
